import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sealbreak_desktop import text
from sealbreak_desktop.state import wording
from sealbreak_desktop.state.decoding import read_event
from sealbreak_desktop.state.events import Event
from sealbreak_desktop.state.kinds import KINDS
from sealbreak_desktop.state.notification import notification_for
from support.desktop.scripted_server import golden
from support.paths import ROOT

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
OPEN_STATES = json.loads((ROOT / "tests/contract/open-states.json").read_text())


def an_event(name: str = "opened-through-gmail", subject: str = "Offer 12") -> Event:
    raw = golden(name)
    raw["message"]["subject"] = subject
    return read_event(raw)


@pytest.mark.parametrize(
    ("name", "title", "body"),
    [
        (
            "opened-through-gmail",
            "Your mail to Ann, 'Offer 12', was opened",
            "Opened, through Gmail",
        ),
        (
            "opened-by-someone-of-3",
            "Your mail to 3 people, 'Offer 12', was opened",
            "Opened through Gmail, by someone of 3",
        ),
        (
            "clicked",
            "A link in your mail to Ann, 'Offer 12', was followed",
            "Followed a link in Firefox on Linux, in Germany",
        ),
        ("corrected", "That was Barracuda's scanner, not a reader", "About 'Offer 12' to Ann"),
    ],
)
def test_each_event_has_its_words(name: str, title: str, body: str) -> None:
    event = an_event(name)
    assert (wording.title(event), wording.body(event)) == (title, body)


@pytest.mark.parametrize("kind", KINDS)
def test_no_title_says_that_the_addressee_did_something(kind: str) -> None:
    event = replace(an_event(), kind=kind)
    words = wording.title(event).replace("mail to Ann, ", "")
    assert "Ann" not in words


def test_a_name_cannot_put_itself_in_the_place_of_the_subject() -> None:
    raw = golden("opened-through-gmail")
    raw["message"]["recipients"][0]["name"] = "{subject} {}"
    assert wording.title(read_event(raw)) == "Your mail to {subject} {}, 'Offer 12', was opened"


def test_a_mail_without_addressees_was_sent_to_someone() -> None:
    raw = golden("opened-through-gmail")
    raw["message"]["recipients"] = []
    assert wording.title(read_event(raw)) == "Your mail to someone, 'Offer 12', was opened"


def test_a_repeat_says_how_often() -> None:
    event = an_event()
    assert wording.title(event, earlier=2) == "Your mail to Ann, 'Offer 12', was opened again"
    assert wording.body(event, earlier=2) == "Opened, through Gmail\n3 times in all"


def test_the_copy_of_one_recipient_names_that_one() -> None:
    raw = golden("opened-by-someone-of-3", copy=2)
    for number, recipient in enumerate(raw["message"]["recipients"], 1):
        recipient["copy"] = number
    assert wording.who(read_event(raw)) == "Ben"


def test_a_subject_from_right_to_left_is_kept_apart() -> None:
    assert (
        wording.title(an_event(subject="שלום"))
        == "Your mail to Ann, '\u2068שלום\u2069', was opened"
    )


def test_the_hostile_golden_file_fits_a_title() -> None:
    event = read_event(golden("hostile-subject"))
    assert (
        wording.title(event) == "Your mail to Ann, '<b>Don't</b> panic R&D <3 --help', was opened"
    )


def test_no_title_is_longer_than_the_limit() -> None:
    raw = golden("clicked")
    raw["message"]["subject"] = raw["message"]["recipients"][0]["name"] = "ש" * 10_000
    assert len(wording.title(read_event(raw), earlier=1)) <= text.TITLE_LIMIT


def test_many_events_become_one_summary() -> None:
    events = [an_event(subject=f"Offer {number}") for number in range(5)] + [an_event("clicked")]
    assert wording.summary(events) == (
        "While you were away: 5 opens, 1 link followed",
        "In 'Offer 0', 'Offer 1', 'Offer 2' and 3 more",
    )


def test_a_menu_line_says_who_what_and_when() -> None:
    assert wording.menu_line(an_event(), NOW) == "To Ann – Offer 12 – 09:30"
    assert wording.menu_line(an_event("clicked"), NOW) == "To Ann, link – Offer 12 – 09:30"
    assert wording.menu_line(an_event("corrected"), NOW) == "Not a reader – Offer 12 – 09:30"


@pytest.mark.parametrize(
    ("actor", "via", "name"),
    [
        ("machine", "barracuda", "Not a reader"),
        ("machine", "apple-mpp", OPEN_STATES["unknowable"]),
        ("unknown", "", "Perhaps a reader"),
        ("sender", "gmail-proxy", "You"),
        ("human", "direct", "To Ann"),
    ],
)
def test_the_menu_says_of_a_correction_only_what_is_known(actor: str, via: str, name: str) -> None:
    raw = golden("corrected")
    raw["verdict"] |= {"actor": actor, "via": via}
    assert wording.menu_line(read_event(raw), NOW) == f"{name} – Offer 12 – 09:30"


def test_a_menu_line_fits_the_menu() -> None:
    assert len(wording.menu_line(an_event(subject="x" * 500), NOW)) <= text.LABEL_LIMIT


def test_a_reminder_names_the_number_of_several_people() -> None:
    people = golden("opened-by-someone-of-3")["message"]
    event = read_event(golden("reminder", message=people))
    assert notification_for(event).title == (
        "No open recorded for your mail to 3 people, 'Offer 12'"
    )


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("hot", "To Ann, hot – Offer 12 – 09:30"),
        ("reminder", "To Ben, not opened – Offer 12 – 09:30"),
        ("digest", "5 opens, 1 link followed, in 3 mails – 09:30"),
    ],
)
def test_the_menu_names_hot_reminder_and_digest(name: str, line: str) -> None:
    assert wording.menu_line(read_event(golden(name)), NOW) == line


def test_a_summary_counts_every_kind_and_skips_events_without_a_mail() -> None:
    events = [
        read_event(golden(name, number=n))
        for n, name in enumerate(("hot", "reminder", "digest"), 1)
    ]
    title, body = wording.summary(events)
    assert title == "While you were away: 1 hot mail, 1 mail not opened, 1 digest"
    assert body == "In 'Offer 12'"
