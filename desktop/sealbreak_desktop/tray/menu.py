"""What the tray shows: state -> icon, tooltip and the rows of the menu.

The menu always has the same rows in the same order, so that it can be updated while it is open.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum

from sealbreak_desktop.state.events import Event
from sealbreak_desktop.state.state import MENU_EVENTS, Link, State
from sealbreak_desktop.state.wording import (
    MUTE_MAIL,
    OPEN_IN_GMAIL,
    UNMUTE_MAIL,
    menu_line,
    only_person,
    open_label,
)
from sealbreak_desktop.text import format_time, isolate, sanitise
from sealbreak_desktop.tray.drawing import Appearance, appearance_of, badge_of


class Choice(Enum):
    """What a click on a row does."""

    NOTHING = "nothing"
    OPEN_EVENT = "open event"
    OPEN_GMAIL = "open in gmail"
    OPEN_HISTORY = "open history"
    SETTINGS = "settings"
    MUTE_MAIL = "mute mail"
    UNMUTE_MAIL = "unmute mail"
    MUTE_PERSON = "mute person"
    UNMUTE_PERSON = "unmute person"
    MARK_READ = "mark read"
    CONNECT_NOW = "connect now"
    MUTE_HALF_HOUR = "mute half an hour"
    MUTE_HOUR = "mute an hour"
    MUTE_TODAY = "mute today"
    UNMUTE = "unmute"
    AUTOSTART = "autostart"
    SIGN_OUT = "sign out"
    QUIT = "quit"


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    choice: Choice = Choice.NOTHING
    event: Event | None = None
    """The event that the choice is about."""
    enabled: bool = True
    visible: bool = True
    checked: bool | None = None
    """`None`: the row has no tick."""
    rows: tuple["Row", ...] = ()


SEPARATOR = Row("-")
NOT_SYNCED = "Your other devices will follow when the server is back"


@dataclass(frozen=True, slots=True)
class View:
    appearance: Appearance
    badge: str
    tooltip: str
    rows: tuple[Row, ...]


def view_of(state: State, now: datetime, autostart: bool) -> View:
    """`autostart`: whether the tray starts at login."""
    status = status_line(state, now)
    unread = len(state.unread)
    return View(
        appearance=appearance_of(state.link, state.is_muted(now)),
        badge=badge_of(unread),
        tooltip=f"Sealbreak – {status}" + (f" – {unread} unread" if unread else ""),
        rows=_rows(state, status, now, autostart),
    )


def status_line(state: State, now: datetime) -> str:
    if state.link is Link.ONLINE:
        muted = f", muted until {_end(state, now)}" if state.is_muted(now) else ""
        return sanitise(f"Online as {state.account or 'you'}", 40) + muted
    if state.problem:
        return sanitise(f"{state.link.value}: {state.problem}", 90)
    return f"{state.link.value}…" if state.link is Link.CONNECTING else state.link.value


def _end(state: State, now: datetime) -> str:
    return format_time(state.muted_until, now) if state.muted_until else ""


def _rows(state: State, status: str, now: datetime, autostart: bool) -> tuple[Row, ...]:
    signed_in = state.link is not Link.SIGNED_OUT
    unread = len(state.unread)
    return (
        Row(status, enabled=False),
        Row("Connect now", Choice.CONNECT_NOW, visible=state.link is Link.OFFLINE),
        SEPARATOR,
        *_events(state, now),
        SEPARATOR,
        Row("Open history", Choice.OPEN_HISTORY, enabled=signed_in),
        Row(_mark_read(unread), Choice.MARK_READ, enabled=unread > 0),
        _mute(state, now),
        SEPARATOR,
        Row("Settings", Choice.SETTINGS, enabled=signed_in),
        Row(
            "Open at login",
            Choice.AUTOSTART,
            checked=autostart,
        ),
        Row("Sign out", Choice.SIGN_OUT, enabled=signed_in),
        Row("Quit", Choice.QUIT),
    )


def _mark_read(unread: int) -> str:
    return f"Mark all read ({unread})" if unread else "Mark all read"


def _events(state: State, now: datetime) -> tuple[Row, ...]:
    shown = [_event(event, state, now) for event in state.recent]
    hidden = Row("", visible=False, rows=_about(None, state))
    return (
        Row("Nothing yet", enabled=False, visible=not shown),
        *(shown + [hidden] * MENU_EVENTS)[:MENU_EVENTS],
    )


def _event(event: Event, state: State, now: datetime) -> Row:
    return Row(menu_line(event, now), rows=_about(event, state))


def _about(event: Event | None, state: State) -> tuple[Row, ...]:
    """What the user can do about an event."""
    mail = event is not None and bool(event.message)
    mail_muted = event is not None and event.message in state.muted_messages
    person = only_person(event) if event else None
    muted = person is not None and person.address.lower() in state.muted_people
    name = isolate(sanitise(person.name or person.address, 28)) if person else ""
    return (
        # Always visible: pystray creates no submenu when all rows are hidden.
        Row(open_label(event), Choice.OPEN_EVENT, event),
        Row(
            OPEN_IN_GMAIL,
            Choice.OPEN_GMAIL,
            event,
            visible=event is not None and event.gmail is not None,
        ),
        Row(
            UNMUTE_MAIL if mail_muted else MUTE_MAIL,
            Choice.UNMUTE_MAIL if mail_muted else Choice.MUTE_MAIL,
            event,
            visible=mail,
        ),
        Row(
            f"{'Unmute' if muted else 'Mute'} {name}",
            Choice.UNMUTE_PERSON if muted else Choice.MUTE_PERSON,
            event,
            visible=person is not None and bool(person.address),
        ),
    )


def _mute(state: State, now: datetime) -> Row:
    muted = state.is_muted(now)
    end = _end(state, now)
    return Row(
        f"Muted until {end}" if muted else "Mute",
        rows=(
            Row("For 30 minutes", Choice.MUTE_HALF_HOUR),
            Row("For 1 hour", Choice.MUTE_HOUR),
            Row("Until tomorrow", Choice.MUTE_TODAY),
            Row(f"Unmute (ends {end})" if muted else "Unmute", Choice.UNMUTE, enabled=muted),
            Row(NOT_SYNCED, enabled=False, visible=state.mute_pending and _is_away(state)),
        ),
    )


def _is_away(state: State) -> bool:
    return state.link in (Link.OFFLINE, Link.CONNECTING)


def _after(now: datetime, minutes: int) -> datetime:
    """In UTC, where a change of summer time makes no hour longer."""
    return now.astimezone(UTC) + timedelta(minutes=minutes)


def _next_midnight(now: datetime) -> datetime:
    """Midnight in the time zone of `now`."""
    tomorrow = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    return tomorrow.astimezone(UTC)


MUTE_ENDS: dict[Choice, Callable[[datetime], datetime]] = {
    Choice.MUTE_HALF_HOUR: lambda now: _after(now, 30),
    Choice.MUTE_HOUR: lambda now: _after(now, 60),
    Choice.MUTE_TODAY: _next_midnight,
}
