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
    EraseMail,
    ErasePerson,
    Look,
    Mail,
    OptOut,
    Person,
    Register,
    Resend,
    Settle,
    Step,
    Visitor,
    Withdraw,
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
    assert Comparison(play).run(together=False, everything=True) == []
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
    steps: list[Step] = [
        OptOut(SENT + 60, 0, 1),
        *(load(HOUR + copy, copy=copy) for copy in (1, 2, 3)),
    ]
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
    assert Comparison(play).run(together=False, everything=True) == []
    assert play.row(0)["unclear"] == 1


CLOUD = Visitor("chrome", DATACENTER, "page")
TWO = Mail(SENT, "full", (ANN, BEN), 3)


def test_a_late_load_shows_that_the_program_in_the_cloud_showed_the_mail(
    database: Ground,
) -> None:
    """So the click that another program made beside it changes nothing."""
    beside = click(3848.6, Visitor("tbird", RESIDENTIAL, "image"), 3)
    play = played(database, beside, load(3828.6, CLOUD), load(3728.6, CLOUD))
    assert play.row(0)["unclear"] == 0


def test_a_withdrawn_mail_counts_for_no_person(database: Ground) -> None:
    steps: list[Step] = [load(317), Withdraw(SENT + HOUR, 0, withdrawn=True)]
    played(database, *steps, mails=(MAIL, REPLY))


def test_what_was_told_is_corrected_at_level_count_too(database: Ground) -> None:
    tbird = Visitor("tbird", RESIDENTIAL, "image")
    steps: list[Step] = [
        click(HOUR, tbird, 1),
        click(HOUR + 10, tbird, 2),
        Settle(SENT + HOUR + 11),
    ]
    level = Change(SENT + HOUR + 12, 0, "count")
    play = played(database, *steps, level, click(HOUR + 20, tbird, HIDDEN))
    assert "corrected" in kinds(play)


def test_another_sending_has_loads_of_the_older_mail_classified_again(database: Ground) -> None:
    """The mail is the newer one first, and then the older one."""
    hits: list[Step] = [
        load(2 * DAY, PROXY),
        load(2 * DAY + 1, PROXY, 1),
        Settle(SENT + 2 * DAY + 60),
    ]
    for again in (SENT - 60, SENT + 2 * DAY - 5):
        played(database, *hits, Resend(SENT + 3 * DAY, 1, again), mails=(MAIL, REPLY))


def test_a_mail_that_turns_out_to_be_older_waits_for_loads_of_the_newer(database: Ground) -> None:
    older: list[Step] = [Register(SENT, 0), load(9001.5, PROXY), Register(SENT + 1800, 1)]
    play = Play(database, World((MAIL, REPLY), (*older, load(9000, PROXY, 1))))
    assert Comparison(play).run(together=False, everything=True) == []
    assert play.row(0)["unclear"] == 1


def test_erasing_a_copy_changes_no_verdict_on_the_others(database: Ground) -> None:
    """The scanner of the other copy was known by the hidden link that it followed in this one."""
    bot = Visitor("chrome", OTHER_RESIDENTIAL, "bot")
    near = [click(HOUR, bot, HIDDEN), load(HOUR + 3, Visitor("chrome", DATACENTER, "bot"), copy=2)]
    play = played(database, *near, ErasePerson(SENT + DAY, ANN.address), mails=(TWO,))
    before = play.state()
    play.put_again_and_reclassify()
    assert play.state() == before
    assert play.row(0)["machines"] == 1


def test_erasing_a_mail_changes_no_verdict_on_the_older_one(database: Ground) -> None:
    seen: list[Step] = [load(9000, PROXY, 1), load(9000.5, PROXY), EraseMail(SENT + DAY, 1)]
    play = played(database, *seen, mails=(MAIL, REPLY))
    before = play.state()
    play.put_again_and_reclassify()
    assert play.state() == before
    assert play.row(0)["unclear"] == 1


def test_an_opt_out_from_a_mail_changes_no_verdict_on_the_older_one(database: Ground) -> None:
    seen: list[Step] = [load(9000, PROXY, 1), load(9000.5, PROXY), OptOut(SENT + DAY, 1, 1)]
    play = played(database, *seen, mails=(MAIL, REPLY))
    before = play.state()
    play.put_again_and_reclassify()
    assert play.state() == before


def test_an_opt_out_leaves_what_its_load_explains(database: Ground) -> None:
    """Gmail showed both mails at once, and the older one's verdict was still waiting."""
    seen: list[Step] = [load(9000, PROXY), load(9001.5, PROXY, 1), OptOut(SENT + 9002, 1, 1)]
    play = played(database, *seen, mails=(MAIL, REPLY))
    assert play.row(0)["opens"] == 0
    assert play.row(0)["unclear"] == 1


def test_a_visit_goes_on_when_the_address_of_its_first_load_is_gone(database: Ground) -> None:
    """The readers of the other copy were erased meanwhile, and what was known with them."""
    erased = ErasePerson(SENT + HOUR + 50, BEN.address)
    steps: list[Step] = [load(HOUR), load(HOUR + 10, copy=2), erased, load(HOUR + 100)]
    play = played(database, *steps, mails=(TWO,))
    assert play.row(0)["opens"] == 1


def test_at_level_count_no_verdict_shows_a_device_even_without_evidence(database: Ground) -> None:
    """So two clicks by one program are one, though only one of them was told apart by then."""
    steps: list[Step] = [load(HOUR, copy=2), click(HOUR + 300.5), OptOut(SENT + HOUR + 400, 0, 2)]
    level = Change(SENT + HOUR + 500, 0, "count")
    play = played(database, *steps, level, click(HOUR + 300), mails=(TWO,))
    assert play.row(0)["clicks"] == 1


def test_a_readers_click_is_no_echo_of_another_readers(database: Ground) -> None:
    """Their copies differ, so neither program can have the link from the other."""
    other = Visitor("chrome", OTHER_RESIDENTIAL, "bot")
    play = played(database, click(HOUR), click(HOUR + 12, other, copy=2), mails=(TWO,))
    assert play.row(0)["machines"] == 0
    echoed = played(database, click(HOUR), click(HOUR + 12, other), mails=(TWO,))
    assert echoed.row(0)["machines"] == 1


def test_a_conversation_with_many_looks_stays_as_it_is(database: Ground) -> None:
    """More loads than are classified at once, each explained by one of the newer mail."""
    times = [9000 + 400.0 * at for at in range(210)]
    looks = [come for at in times for come in (load(at, PROXY, 1), load(at + 0.5, PROXY))]
    first = (Register(SENT, 0), Register(SENT + 1800, 1))
    play = Play(database, World((MAIL, REPLY), (*first, *looks)))
    play.run()
    before = play.state()
    assert play.row(0)["unclear"] == 210
    play.put_again_and_reclassify()
    assert play.state() == before
