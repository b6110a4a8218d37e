"""What follows from several hits: told, counted and listed alike."""

from collections.abc import Iterator

import pytest
from sealbreak_server.storage.tables import Message, Total, Verdict
from support.server.classification import (
    DATACENTER,
    GMAIL,
    OTHER_RESIDENTIAL,
    RESIDENTIAL,
    RESIDENTIAL_V6,
)
from support.worlds.compare import Comparison
from support.worlds.ground import Ground, ground
from support.worlds.play import Play
from support.worlds.world import (
    SENT,
    Change,
    Come,
    Look,
    Mail,
    OptOut,
    Person,
    Register,
    Step,
    Visitor,
    World,
)

READER = Visitor("firefox", RESIDENTIAL, "page")
OUTSIDER = Visitor("firefox", OTHER_RESIDENTIAL, "page")
SCANNER = Visitor("chrome", OTHER_RESIDENTIAL, "page")
TOOL = Visitor("long", OTHER_RESIDENTIAL, "none")
PROXY = Visitor("gip", GMAIL, "none")
ANN, BEN, EVE = (Person(f"{name}@example.com", "to", 1 + n) for n, name in enumerate("abc"))
MAIL = Mail(SENT, "full", (ANN,), 3)
REPLY = Mail(SENT + 1800, "full", (ANN,), 3)
HIDDEN = 3
HOUR, DAY = 3600.0, 86400.0


@pytest.fixture(scope="module")
def database() -> Iterator[Ground]:
    with ground() as made:
        yield made


def load(seconds: float, visitor: Visitor = READER, mail: int = 0, copy: int = 1) -> Come:
    return Come(SENT + seconds, mail, visitor, 0, copy)


def click(seconds: float, visitor: Visitor = READER, link: int = 1, copy: int = 1) -> Come:
    return Come(SENT + seconds, 0, visitor, link, copy)


def played(database: Ground, *steps: Step, mails: tuple[Mail, ...] = (MAIL,)) -> Play:
    """Each step in a transaction of its own, in the order given."""
    first = [Register(mail.sent_at, at) for at, mail in enumerate(mails)]
    play = Play(database, World(mails, (*first, *steps)))
    assert Comparison(play).run(together=False) == []
    return play


def kinds(play: Play) -> list[str]:
    return [event["kind"] for event in play.events()]


def test_a_scanners_load_stays_a_scanners_when_a_reader_comes_later(database: Ground) -> None:
    play = played(database, click(1000, SCANNER, HIDDEN), load(1055, SCANNER), load(1340))
    assert [one.verdict and one.verdict.actor for one in play.hits(0)] == [
        "machine", "machine", "human",
    ]  # fmt: skip
    assert kinds(play) == ["opened"]


def test_a_mail_shown_with_a_newer_one_stays_unclear(database: Ground) -> None:
    seen: list[Step] = [load(9000, PROXY, 1), load(9000.5, PROXY)]
    play = played(database, *seen, click(9016.5, SCANNER, HIDDEN), mails=(MAIL, REPLY))
    assert [event["message"]["id"] for event in play.events()] == [play.ids[1]]
    assert play.row(0)["unclear"] == 1


def test_the_senders_own_look_stays_one(database: Ground) -> None:
    play = played(database, Look(SENT + 985, 0), load(1000, PROXY), click(1290, SCANNER, HIDDEN))
    assert (play.row(0)["own"], kinds(play)) == (1, [])


def test_a_look_matters_to_the_neighbours_of_what_was_looked_at(database: Ground) -> None:
    cloud = Visitor("chrome", DATACENTER, "page")
    played(database, click(HOUR, cloud), click(HOUR + 60), Look(SENT + HOUR + 64, 0))


def test_the_senders_look_two_days_later_leaves_the_last_open(database: Ground) -> None:
    later: list[Step] = [Look(SENT + 2 * DAY, 0), load(2 * DAY + 1, PROXY)]
    assert played(database, load(HOUR), *later).last(0) == {1: SENT + HOUR}


def test_another_level_leaves_the_last_open(database: Ground) -> None:
    play = played(database, load(HOUR), load(2 * HOUR), Change(SENT + 2 * HOUR + 10, 0, "count"))
    assert play.last(0) == {1: SENT + 2 * HOUR}


def test_a_late_hit_leaves_the_last_activity(database: Ground) -> None:
    play = played(database, click(2 * HOUR), click(HOUR))
    assert Message.get_by_id(play.ids[0]).last_event_at == SENT + 2 * HOUR


def test_late_evidence_against_the_first_open_has_the_real_one_told(database: Ground) -> None:
    """The scanner's click was spooled, and comes two hours after its load."""
    loads = [load(1000, SCANNER), load(1000 + 2 * HOUR, PROXY)]
    play = played(database, *loads, click(990, SCANNER, HIDDEN))
    assert kinds(play) == ["opened", "corrected", "opened"]


def test_when_one_of_three_opts_out_the_others_count_on(database: Ground) -> None:
    steps: list[Step] = [OptOut(SENT + 60, 0, 1), *(load(HOUR, copy=copy) for copy in (1, 2, 3))]
    play = played(database, *steps, mails=(Mail(SENT, "full", (ANN, BEN, EVE), 3),))
    assert play.row(0)["opens"] == 2
    names = {row.name for row in Total.select().where(Total.account == play.account)}
    assert {"knowable", "opened"} <= names


def test_the_two_ip_versions_of_a_line_are_one_visitor(database: Ground) -> None:
    both = load(HOUR + 60, READER._replace(address=RESIDENTIAL_V6))
    play = played(database, load(HOUR), both)
    assert (play.row(0)["opens"], kinds(play)) == (1, ["opened"])


def test_readers_in_two_countries_are_two_opens(database: Ground) -> None:
    play = played(database, load(HOUR), load(HOUR + 100, OUTSIDER))
    assert (play.row(0)["opens"], kinds(play)) == (2, ["opened", "hot"])


def test_a_crowd_between_two_clicks_makes_them_no_second_one(database: Ground) -> None:
    crowd = [load(HOUR + 0.1 * at, TOOL) for at in range(1, 32)]
    play = played(database, click(HOUR), *crowd, click(HOUR + 4))
    assert (play.row(0)["clicks"], kinds(play)) == (1, ["clicked"])


def test_opens_of_other_copies_do_not_hide_another_network(database: Ground) -> None:
    crowd = [load(2 * HOUR + 400 * at, copy=2) for at in range(40)]
    mails = (Mail(SENT, "full", (ANN, BEN), 3),)
    play = played(database, load(HOUR), *crowd, load(8 * HOUR, OUTSIDER), mails=mails)
    (hot,) = [e for e in play.events() if e["kind"] == "hot" and e["copy"] == 1]
    assert hot["verdict"]["sentence"] == "Opened from 2 networks within a day, perhaps forwarded"


def test_hits_before_the_registration_are_all_classified(database: Ground) -> None:
    early = tuple(load(HOUR + at) for at in range(1100))
    play = Play(database, World((MAIL,), (*early, Register(SENT + DAY, 0))))
    play.run()
    assert Verdict.select().where(Verdict.message == play.ids[0]).count() == 1100
    assert play.row(0)["opens"] == 1


def test_late_clicks_at_the_edges_of_ten_seconds(database: Ground) -> None:
    """Also where the click that begins is further back than the edge."""
    for clicks in ([0, 9.9, 19.8], [0, 20, 30], [0, 10]):
        for order in (clicks, clicks[::-1]):
            played(database, *(click(HOUR + seconds) for seconds in order))


def test_a_click_is_told_once_when_a_late_load_has_it_classified_again(database: Ground) -> None:
    steps = [click(HOUR + 9.9), click(HOUR), load(HOUR - 25, PROXY)]
    assert kinds(played(database, *steps)).count("clicked") == 1


def test_a_late_registration_of_a_newer_mail_explains_the_load_of_the_older(
    database: Ground,
) -> None:
    loads: list[Step] = [load(9000, PROXY), load(9000.5, PROXY, 1)]
    steps = (Register(SENT, 0), *loads, Register(SENT + DAY, 1))
    play = Play(database, World((MAIL, REPLY), steps))
    assert Comparison(play).run(together=False) == []
    assert play.row(0)["unclear"] == 1
