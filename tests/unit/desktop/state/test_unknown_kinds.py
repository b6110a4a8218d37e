"""An event of a kind that this version does not know is shown by the server's own sentence."""

from dataclasses import replace
from pathlib import Path

import pytest
from sealbreak_desktop.cli.history import as_text
from sealbreak_desktop.files.history import History
from sealbreak_desktop.state import wording
from sealbreak_desktop.state.decoding import read_event
from sealbreak_desktop.state.events import Event
from sealbreak_desktop.state.inputs import Received
from sealbreak_desktop.state.notification import notification_for
from support.desktop.machine import NOW, ONLINE, an_event, play, titles
from support.desktop.scripted_server import golden

SENTENCE = "Forwarded by Ann to two people"


def made_up(number: int = 8) -> Event:
    """A kind that exists nowhere."""
    event = an_event(number, kind="forwarded")
    return replace(event, verdict=replace(event.verdict, sentence=SENTENCE))


GOLDEN = read_event(golden("unknown-kind"))
UNKNOWN = pytest.mark.parametrize(
    ("event", "sentence"),
    [(GOLDEN, "Opened, through Gmail"), (made_up(), SENTENCE)],
    ids=["golden file", "made up"],
)


@UNKNOWN
def test_it_pops_up_with_its_sentence(event: Event, sentence: str) -> None:
    _, effects = play(ONLINE, Received(event))
    assert titles(effects) == [sentence]
    assert notification_for(event).body == "About 'Offer 12' to Ann"


@UNKNOWN
def test_it_is_in_the_menu_and_unread(event: Event, sentence: str) -> None:
    state, _ = play(ONLINE, Received(event))
    assert (state.recent, state.unread) == ((event,), ((event.number, event.message),))
    assert wording.menu_line(event, NOW) == f"{sentence} – Offer 12 – 09:30"


@UNKNOWN
def test_a_summary_counts_it_and_quotes_its_sentence(event: Event, sentence: str) -> None:
    title, body = wording.summary([an_event(1), event])
    assert title == "While you were away: 1 open, 1 other event"
    assert body == f"In 'Offer 12'\n{sentence}"


@UNKNOWN
def test_it_is_listed_in_the_terminal(event: Event, sentence: str) -> None:
    first, second = as_text([(event, {})], NOW)
    assert first == "2026-11-23 09:30  event       Offer 12 – to Ann"
    assert second.strip() == sentence


def test_a_quiet_one_does_not_pop_up() -> None:
    state, effects = play(ONLINE, Received(replace(made_up(), quiet=True)))
    assert titles(effects) == []
    assert len(state.recent) == len(state.unread) == 1


def test_its_actor_does_not_hide_it() -> None:
    event = made_up()
    by_machine = replace(event, verdict=replace(event.verdict, actor="machine"))
    assert titles(play(ONLINE, Received(by_machine))[1]) == [SENTENCE]


def test_it_does_not_replace_the_pop_up_of_an_open() -> None:
    assert made_up().key != an_event(1).key


def test_without_a_sentence_it_is_still_announced() -> None:
    event = made_up()
    silent = replace(event, verdict=replace(event.verdict, sentence=""))
    words = "An event that this version of Sealbreak does not know"
    assert titles(play(ONLINE, Received(silent))[1]) == [words]


def test_without_a_message_its_line_is_its_sentence() -> None:
    assert wording.menu_line(replace(made_up(), message=""), NOW) == f"{SENTENCE} – 09:30"


def test_it_is_in_the_history_and_in_its_menu_after_a_restart(tmp_path: Path) -> None:
    history = History(tmp_path / "history.sqlite3")
    raw = golden("unknown-kind")
    raw["verdict"]["actor"] = "machine"
    history.record(read_event(raw), raw, unread=True)
    assert [event.number for event, _ in history.newest(10)] == [7]
    assert [event.number for event in history.snapshot(10).recent] == [7]
    history.close()


def test_a_hostile_kind_cannot_steer_the_terminal() -> None:
    lines = as_text([(replace(made_up(), kind="\x1b[2J\x07"), {})], NOW)
    assert "\x1b" not in "".join(lines)
