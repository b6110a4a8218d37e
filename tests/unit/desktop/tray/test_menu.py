from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sealbreak_desktop.state.decoding import read_event
from sealbreak_desktop.state.inputs import Received
from sealbreak_desktop.state.machine.step import step
from sealbreak_desktop.state.state import Link, State
from sealbreak_desktop.tray.drawing import Appearance
from sealbreak_desktop.tray.menu import MUTE_ENDS, Choice, Row, status_line, view_of
from support.desktop.scripted_server import golden

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LINE = "To Ann – Offer 12 – 09:30"
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
    state = after_an_open()
    row = rows(state)["To Ann – Offer 12 – 09:30"].rows[0]
    assert (row.label, row.choice, row.event) == (
        "Open message",
        Choice.OPEN_EVENT,
        state.recent[0],
    )


def test_an_empty_history_says_so() -> None:
    assert not rows(ONLINE)["Nothing yet"].enabled


def test_mark_all_read_shows_the_number_of_unread_events() -> None:
    assert rows(after_an_open())["Mark all read (1)"].enabled
    assert not rows(ONLINE)["Mark all read"].enabled


def test_a_mute_shows_its_end() -> None:
    muted = rows(replace(ONLINE, muted_until=NOW + timedelta(minutes=30)))["Muted until 12:30"]
    assert muted.rows[3].label == "Unmute (ends 12:30)"


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


@pytest.mark.parametrize(
    ("choice", "start", "end"),
    [
        (Choice.MUTE_HOUR, (2026, 3, 29, 1, 30), "2026-03-29T01:30"),
        (Choice.MUTE_HALF_HOUR, (2026, 10, 25, 2, 45), "2026-10-25T01:15"),
        (Choice.MUTE_TODAY, (2026, 10, 24, 20, 0), "2026-10-24T22:00"),
        (Choice.MUTE_TODAY, (2026, 10, 25, 1, 0), "2026-10-25T23:00"),
    ],
)
def test_a_mute_ends_when_it_says_also_at_a_change_of_summer_time(
    choice: Choice, start: tuple[int, ...], end: str
) -> None:
    year, month, day, hour, minute = start
    chosen = datetime(year, month, day, hour, minute, tzinfo=ZoneInfo("Europe/Berlin"))
    assert MUTE_ENDS[choice](chosen) == datetime.fromisoformat(f"{end}:00Z")


def test_sign_out_is_disabled_when_signed_out() -> None:
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


def test_the_view_has_appearance_badge_and_tooltip() -> None:
    view = view_of(after_an_open(), NOW, autostart=False)
    assert (view.appearance, view.badge) == (Appearance.ONLINE, "1")
    assert view.tooltip == "Sealbreak – Online as Ann – 1 unread"


def test_connect_now_is_there_when_it_helps() -> None:
    assert "Connect now" in rows(State(link=Link.OFFLINE))
    assert "Connect now" not in rows(ONLINE)


@pytest.mark.parametrize("autostart", [True, False])
def test_open_at_login_has_a_tick_when_it_is_so(autostart: bool) -> None:
    shown = {row.label: row.checked for row in view_of(ONLINE, NOW, autostart).rows}
    assert shown["Open at login"] is autostart


def test_a_mute_not_yet_on_other_devices_has_a_hint() -> None:
    waiting = replace(ONLINE, muted_until=NOW + timedelta(hours=1), mute_pending=True)
    hint = "Your other devices will follow when the server is back"
    assert not rows(waiting)["Muted until 13:00"].rows[-1].visible
    offline = rows(replace(waiting, link=Link.OFFLINE))["Muted until 13:00"].rows[-1]
    assert (offline.label, offline.visible, offline.enabled) == (hint, True, False)


def test_a_muted_mail_or_person_can_be_unmuted() -> None:
    state = after_an_open()
    person = frozenset({state.recent[0].recipients[0].address})
    muted = replace(state, muted_people=person, muted_messages=frozenset({state.recent[0].message}))
    labels = [[row.label for row in rows(one)[LINE].rows if row.visible] for one in (state, muted)]
    assert labels == [
        ["Open message", "Mute this mail", "Mute Ann"],
        ["Open message", "Unmute this mail", "Unmute Ann"],
    ]


def test_a_digest_leads_to_its_page_and_cannot_be_muted() -> None:
    digest = read_event(golden("digest", path="/history/digest/2026-11-23"))
    (row,) = [one for one in rows(step(ONLINE, Received(digest), NOW)[0]).values() if one.rows][:1]
    assert [one.label for one in row.rows if one.visible] == ["Open digest"]


def test_an_event_leads_to_gmail_when_it_says_where() -> None:
    sent = read_event(golden("opened-with-gmail-link"))
    submenu = rows(step(ONLINE, Received(sent), NOW)[0])[LINE].rows
    shown = [(row.label, row.choice, row.event) for row in submenu if row.visible]
    assert shown[1] == ("Open in Gmail", Choice.OPEN_GMAIL, sent)
