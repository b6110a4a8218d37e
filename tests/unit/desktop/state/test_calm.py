"""Alerts that stay calm: what the server asks for, what is folded, what devices share."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sealbreak_desktop import text
from sealbreak_desktop.files.history import History
from sealbreak_desktop.state.effects import (
    Effect,
    KeepMute,
    KeepReadUpTo,
    Show,
    TellRead,
    TellSnooze,
)
from sealbreak_desktop.state.events import (
    Erased,
    Event,
    Hello,
    ReadUpTo,
    Wishes,
    read_event,
    read_frame,
)
from sealbreak_desktop.state.notification import SUMMARY_KEY, alert_for
from sealbreak_desktop.state.state import (
    FOLD,
    ClockTicked,
    Connected,
    Forgotten,
    Input,
    Link,
    MarkRead,
    Mute,
    MuteTold,
    Received,
    State,
    Unmute,
    step,
)
from support.desktop.scripted_server import golden

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ONLINE = State(link=Link.ONLINE, account="Ann")


def an_event(number: int, name: str = "opened-through-gmail", **changes: Any) -> Event:
    return read_event(golden(name, number=number, **changes))


def play(state: State, *inputs: Input, now: datetime = NOW) -> tuple[State, list[Effect]]:
    effects: list[Effect] = []
    for one in inputs:
        state, more = step(state, one, now)
        effects += more
    return state, effects


def shown(effects: list[Effect]) -> list[str]:
    return [effect.alert.title for effect in effects if isinstance(effect, Show)]


@pytest.mark.parametrize(
    ("name", "title", "body"),
    [
        ("hot", "'Offer 12' is hot", "Opened 3 times within an hour"),
        ("revived", "'Offer 12' is revived", "Opened again after 21 quiet days"),
        (
            "reminder",
            "Ben has not opened 'Offer 12'",
            "Not opened for 3 days: earlier mails to this address were opened in Gmail",
        ),
        (
            "digest",
            "What happened since the last digest",
            "5 opens, 1 link followed, in 3 mails",
        ),
    ],
)
def test_each_new_kind_pops_up_in_plain_words(name: str, title: str, body: str) -> None:
    event = read_event(golden(name))
    assert (alert_for(event).title, alert_for(event, 2).body) == (title, body)
    assert shown(play(ONLINE, Received(event))[1]) == [title]


def test_nobody_of_several_has_opened_it() -> None:
    people = golden("opened-by-someone-of-3")["message"]
    event = read_event(golden("reminder", message=people))
    assert alert_for(event).title == "Nobody of 3 has opened 'Offer 12'"


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("hot", "Ann, hot – Offer 12 – 09:30"),
        ("reminder", "Ben, not opened – Offer 12 – 09:30"),
        ("digest", "5 opens, 1 link followed, in 3 mails – 09:30"),
    ],
)
def test_the_menu_names_the_new_kinds(name: str, line: str) -> None:
    assert text.menu_line(read_event(golden(name)), NOW) == line


def test_hot_takes_the_place_of_the_open_and_a_reminder_does_not() -> None:
    opened, hot, reminder = (an_event(1), an_event(2, "hot"), an_event(3, "reminder"))
    assert opened.key == hot.key != reminder.key


def test_a_quiet_event_is_in_menu_and_badge_without_a_pop_up() -> None:
    state, effects = play(ONLINE, Received(an_event(1, "opened-quietly")))
    assert shown(effects) == []
    assert [event.number for event in state.recent] == [1]
    assert state.unread == ((1, state.recent[0].message),)


def test_quiet_events_add_nothing_to_a_summary() -> None:
    state = replace(ONLINE, replay_until=4)
    events = [Received(an_event(n, "opened-quietly")) for n in (1, 2, 3)]
    _, effects = play(state, *events, Received(an_event(4)))
    assert shown(effects) == ["Ann opened 'Offer 12'"]


def test_several_in_a_row_are_folded_into_one() -> None:
    events = [Received(an_event(n)) for n in range(1, 6)]
    _, effects = play(ONLINE, *events)
    assert shown(effects)[3:] == ["Just now: 4 opens", "Just now: 5 opens"]
    keys = [effect.alert.key for effect in effects if isinstance(effect, Show)]
    assert keys[3:] == [SUMMARY_KEY, SUMMARY_KEY]


def test_after_a_pause_each_is_told_by_itself_again() -> None:
    state, _ = play(ONLINE, *(Received(an_event(n)) for n in range(1, 5)))
    _, effects = play(state, Received(an_event(5)), now=NOW + FOLD)
    assert shown(effects) == ["Ann opened 'Offer 12'"]


def test_a_summary_counts_the_new_kinds_and_lists_no_nameless_mail() -> None:
    events = [an_event(n, name) for n, name in enumerate(("hot", "reminder", "digest"), 1)]
    title, body = text.summary(events)
    assert title == "While you were away: 1 hot mail, 1 mail not opened, 1 digest"
    assert body == "In 'Offer 12'"


def test_mark_all_read_goes_to_the_other_devices() -> None:
    state, effects = play(ONLINE, Received(an_event(3)), MarkRead())
    assert (state.unread, state.read_up_to) == ((), 3)
    assert [KeepReadUpTo(3), TellRead(3)] == effects[-2:]


def test_what_another_device_has_read_leaves_the_badge() -> None:
    state, effects = play(ONLINE, Received(an_event(1)), Received(an_event(2)), ReadUpTo(1))
    assert [number for number, _ in state.unread] == [2]
    assert effects[-1] == KeepReadUpTo(1)


def test_an_event_that_was_read_before_it_came_is_not_unread() -> None:
    state, _ = play(ONLINE, ReadUpTo(5), Received(an_event(5)), Received(an_event(6)))
    assert [number for number, _ in state.unread] == [6]


def test_a_greeting_brings_what_was_read_meanwhile() -> None:
    state, _ = play(ONLINE, Received(an_event(1)), Connected(1, "Ann", read=1))
    assert (state.unread, state.read_up_to) == ((), 1)


def test_what_the_server_did_not_hear_is_told_at_the_next_greeting() -> None:
    state = replace(ONLINE, seen=9, read_up_to=9)
    _, effects = play(state, Connected(9, "Ann", read=2))
    assert TellRead(9) in effects
    _, effects = play(state, Connected(9, "Ann", read=9))
    assert not [effect for effect in effects if isinstance(effect, TellRead)]


def test_a_server_that_begins_again_has_nothing_read() -> None:
    state = replace(ONLINE, seen=9, read_up_to=9)
    state, effects = play(state, Connected(2, "Ann"))
    assert state.read_up_to == 0
    assert not [effect for effect in effects if isinstance(effect, TellRead)]


def test_a_snooze_goes_to_the_other_devices() -> None:
    until = NOW + timedelta(hours=1)
    _, effects = play(ONLINE, Mute(until), Unmute())
    assert effects == [
        KeepMute(until, waits=True),
        TellSnooze(until),
        KeepMute(None, waits=True),
        TellSnooze(None),
    ]


def test_the_wire_says_what_was_read() -> None:
    assert read_frame('{"type": "read", "up_to": 7}') == ReadUpTo(7)
    hello = '{"type": "hello", "account": {"name": "Ann"}, "last": 9, "read": 7}'
    assert read_frame(hello) == Hello(9, "Ann", 7)


@pytest.fixture
def history(tmp_path: Path) -> Any:
    opened = History(tmp_path / "history.sqlite3")
    yield opened
    opened.close()


def keep(history: History) -> Callable[[int], None]:
    def one(number: int) -> None:
        raw = golden("opened-through-gmail", number=number)
        history.record(read_event(raw), raw, unread=True)

    return one


def test_what_was_read_elsewhere_stays_read_after_a_restart(history: History) -> None:
    for number in (1, 2, 3):
        keep(history)(number)
    history.mark_read_up_to(2)
    kept = history.snapshot(10)
    assert ([number for number, _ in kept.unread], kept.read_up_to) == ([3], 2)


def test_what_is_muted_elsewhere_is_muted_here() -> None:
    until = NOW + timedelta(hours=1)
    state, effects = play(ONLINE, Wishes(until, frozenset({"ann@example.com"})))
    assert (state.muted_until, state.muted_people) == (
        until,
        frozenset({"ann@example.com"}),
    )
    assert effects == [KeepMute(until, waits=False)]


def test_what_was_chosen_here_stands_until_the_server_knows_it() -> None:
    until = NOW + timedelta(hours=1)
    state, _ = play(ONLINE, Mute(until), Wishes(None))
    assert state.muted_until == until
    state, _ = play(state, MuteTold(until), Wishes(None))
    assert state.muted_until is None


def test_the_last_mute_chosen_offline_is_told_at_the_next_greeting() -> None:
    first, last = NOW + timedelta(hours=1), NOW + timedelta(hours=2)
    state, effects = play(replace(ONLINE, link=Link.OFFLINE), Mute(first), Mute(last))
    assert not [effect for effect in effects if isinstance(effect, TellSnooze)]
    state, effects = play(state, Connected(0, "Ann", wishes=Wishes(None)))
    assert (effects, state.muted_until) == ([TellSnooze(last)], last)


def test_an_older_mute_that_is_told_late_leaves_the_newer_one_waiting() -> None:
    first, last = NOW + timedelta(hours=1), NOW + timedelta(hours=2)
    state, _ = play(ONLINE, Mute(first), Mute(last), MuteTold(first))
    assert (state.muted_until, state.mute_waits) == (last, True)


def test_a_mute_that_is_over_is_not_told_any_more() -> None:
    waiting = replace(ONLINE, muted_until=NOW - timedelta(minutes=1), mute_waits=True)
    until = NOW + timedelta(hours=1)
    state, effects = play(waiting, Connected(0, "Ann", wishes=Wishes(until)))
    assert effects == [KeepMute(until, waits=False)]
    assert (state.muted_until, state.mute_waits) == (until, False)


def test_a_mute_that_could_not_be_told_is_tried_again() -> None:
    until = NOW + timedelta(hours=1)
    state, _ = play(ONLINE, Mute(until))
    assert play(state, ClockTicked())[1] == [TellSnooze(until)]
    assert play(play(state, MuteTold(until))[0], ClockTicked())[1] == []


def test_a_clock_that_was_set_back_folds_nothing() -> None:
    state, _ = play(ONLINE, *(Received(an_event(n)) for n in range(1, 5)))
    _, effects = play(state, Received(an_event(5)), now=NOW - timedelta(hours=1))
    assert shown(effects) == ["Ann opened 'Offer 12'"]


def test_what_is_erased_is_not_told_any_more() -> None:
    state, _ = play(replace(ONLINE, replay_until=3), Received(an_event(1)), Received(an_event(2)))
    left = Forgotten(Erased(1, ((1, 1),), erasures=4), recent=(), unread=())
    state, effects = play(state, left, Received(an_event(3, "clicked")))
    assert shown(effects) == ["Ann opened 'Offer 12'", "Ann followed a link in 'Offer 12'"]
    assert state.erasures == 4
