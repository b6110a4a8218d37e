from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from screen.scripted_server import golden
from sealbreak_desktop.events import read_event
from sealbreak_desktop.icons import Look
from sealbreak_desktop.menu import MUTE_ENDS, Choice, Row, status_line, view_of
from sealbreak_desktop.state import Link, Received, State, step

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ONLINE = State(link=Link.ONLINE, account="Ann")


def after_an_open(state: State = ONLINE) -> State:
    return step(state, Received(read_event(golden("opened-through-gmail"))), NOW)[0]


def rows(state: State, **more: Any) -> dict[str, Row]:
    view = view_of(state, NOW, autostart=False)
    return {row.label: row for row in view.rows if row.visible}


def shape(state: State) -> list[object]:
    return [(row.checked is None, len(row.rows)) for row in view_of(state, NOW, False).rows]


def test_the_shape_of_the_menu_never_changes() -> None:
    muted = replace(after_an_open(), muted_until=NOW + timedelta(hours=1))
    states = [State(), ONLINE, after_an_open(), muted, State(link=Link.SIGNED_OUT)]
    assert len({str(shape(state)) for state in states}) == 1


def test_an_event_leads_to_its_message() -> None:
    row = rows(after_an_open())["Ann – Offer 12 – 09:30"]
    assert (row.choice, row.argument) == (Choice.OPEN_EVENT, "mfzwizltor2xs5dp")


def test_an_empty_history_says_so() -> None:
    assert not rows(ONLINE)["Nothing yet"].enabled


def test_mark_all_read_counts_what_it_would_mark() -> None:
    assert rows(after_an_open())["Mark all read (1)"].enabled
    assert not rows(ONLINE)["Mark all read"].enabled


def test_a_mute_shows_its_end() -> None:
    muted = rows(replace(ONLINE, muted_until=NOW + timedelta(minutes=30)))["Muted until 12:30"]
    assert muted.rows[-1].label == "Unmute (ends 12:30)"


@pytest.mark.parametrize(
    ("choice", "end"),
    [
        (Choice.MUTE_HALF_HOUR, NOW + timedelta(minutes=30)),
        (Choice.MUTE_HOUR, NOW + timedelta(hours=1)),
        (Choice.MUTE_TODAY, datetime(2026, 11, 24, tzinfo=UTC)),
    ],
)
def test_a_mute_ends_when_it_says(choice: Choice, end: datetime) -> None:
    assert MUTE_ENDS[choice](NOW) == end


def test_who_is_signed_out_cannot_sign_out() -> None:
    signed_out = rows(State(link=Link.SIGNED_OUT, problem="pair it"))
    assert not signed_out["Sign out"].enabled
    assert signed_out["Quit"].enabled


@pytest.mark.parametrize(
    ("state", "line"),
    [
        (ONLINE, "Online as Ann"),
        (replace(ONLINE, muted_until=NOW + timedelta(hours=1)), "Online as Ann, muted until 13:00"),
        (State(), "Connecting…"),
        (State(link=Link.OFFLINE, problem="No answer"), "Offline: No answer"),
        (State(link=Link.SIGNED_OUT, problem="pair it"), "Signed out: pair it"),
    ],
)
def test_the_status_is_one_line(state: State, line: str) -> None:
    assert status_line(state, NOW) == line


def test_the_view_has_look_badge_and_tooltip() -> None:
    view = view_of(after_an_open(), NOW, None)
    assert (view.look, view.badge) == (Look.ONLINE, "1")
    assert view.tooltip == "Sealbreak – Online as Ann – 1 unread"


def test_connect_now_is_there_when_it_helps() -> None:
    assert "Connect now" in rows(State(link=Link.OFFLINE))
    assert "Connect now" not in rows(ONLINE)


def test_open_at_login_is_hidden_where_it_cannot_be_done() -> None:
    labels = [row.label for row in view_of(ONLINE, NOW, None).rows if row.visible]
    assert "Open at login" not in labels
