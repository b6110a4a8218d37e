"""The icon with its menu: the only importer of pystray.

The import is delayed until an icon is needed, as it fails without a display.
"""

import logging
import os
import sys
from collections.abc import Callable
from typing import Any

from sealbreak_desktop.errors import TrayUnavailableError
from sealbreak_desktop.state.events import Event
from sealbreak_desktop.system import system_gi
from sealbreak_desktop.system.app_kit import call_between_menus, call_in_main_thread
from sealbreak_desktop.system.environment import NO_PYGOBJECT, connect_to_bus
from sealbreak_desktop.system.main_loop import take_signals
from sealbreak_desktop.system.packages import Package, installing
from sealbreak_desktop.text import fit_utf16
from sealbreak_desktop.tray import drawing
from sealbreak_desktop.tray.gtk_menu import is_gtk, with_updated_menu
from sealbreak_desktop.tray.menu import SEPARATOR, Choice, Row, View
from sealbreak_desktop.tray.windows_icon import is_windows, with_posted_calls

TOOLTIP_LIMIT = 127
"""UTF-16 units. Windows accepts no more."""

log = logging.getLogger(__name__)
OnChoice = Callable[[Choice, Event | None], None]


class Tray:
    """Create and run it in the main thread. `show` and `stop` may be called from any thread."""

    def __init__(self, view: View, on_choice: OnChoice) -> None:
        """Raises `TrayUnavailableError`."""
        self._view = view
        self._on_choice = on_choice
        self._is_stopped = False
        pystray = _pystray()
        icon_class = _fitted(pystray.Icon)
        self.backend = pystray.Icon.__module__.rpartition("._")[2]
        self._icon: Any = icon_class(
            "sealbreak", _image(view), _tooltip(view), self._menu(pystray, view.rows, ())
        )

    def run(self) -> None:
        """The main loop, until `stop`."""
        self._icon.run(self._setup)

    def _setup(self, _: Any) -> None:
        """In a thread of pystray's, when the main loop runs."""
        self._in_ui(self._appear)

    def _appear(self) -> None:
        if sys.platform == "darwin":
            take_signals()  # pystray ends the process at SIGINT
        self._icon.visible = True
        if self._is_stopped:  # pystray takes no stop before its loop runs
            self._icon.stop()

    def stop(self) -> None:
        self._is_stopped = True
        if sys.platform == "darwin":
            call_in_main_thread(self._icon.stop)
        else:
            self._icon.stop()

    def show(self, view: View) -> None:
        self._in_ui(lambda: self._show(view))

    def _in_ui(self, call: Callable[[], None]) -> None:
        """In the icon's thread, and while no menu is open, where the system needs that."""
        if sys.platform == "darwin":
            call_between_menus(call)
        elif sys.platform == "win32":
            self._icon.post(call)
        else:
            call()

    def _show(self, view: View) -> None:
        before, self._view = self._view, view
        if (view.appearance, view.badge) != (before.appearance, before.badge):
            self._icon.icon = _image(view)
        self._icon.title = _tooltip(view)
        if view.rows != before.rows:
            self._icon.update_menu()

    def _menu(self, pystray: Any, rows: tuple[Row, ...], path: tuple[int, ...]) -> Any:
        slots = (self._item(pystray, row, (*path, slot)) for slot, row in enumerate(rows))
        return pystray.Menu(*slots)

    def _item(self, pystray: Any, row: Row, path: tuple[int, ...]) -> Any:
        """An item that reads the current row at its place."""
        if row is SEPARATOR:
            return pystray.Menu.SEPARATOR
        action = self._menu(pystray, row.rows, path) if row.rows else lambda: self._chosen(path)
        return pystray.MenuItem(
            lambda _: _label(self._row(path).label),
            action,
            checked=None if row.checked is None else lambda _: self._row(path).checked,
            visible=lambda _: self._row(path).visible,
            enabled=lambda _: self._row(path).enabled,
        )

    def _row(self, path: tuple[int, ...]) -> Row:
        row = Row("", rows=self._view.rows)
        for slot in path:
            row = row.rows[slot]
        return row

    def _chosen(self, path: tuple[int, ...]) -> None:
        row = self._row(path)
        if row.enabled and row.visible:
            self._on_choice(row.choice, row.event)


def _image(view: View) -> Any:
    return drawing.icon(view.appearance, view.badge)


def _tooltip(view: View) -> str:
    return fit_utf16(view.tooltip, TOOLTIP_LIMIT)


def _label(text: str) -> str:
    return text.replace("&", "&&") if sys.platform == "win32" else text


def _fitted(icon_class: type) -> type:
    if is_gtk(icon_class):
        return with_updated_menu(icon_class)
    return with_posted_calls(icon_class) if is_windows(icon_class) else icon_class


def _pystray() -> Any:
    if sys.platform == "linux":
        _need_session_bus()
    try:
        import pystray
    except Exception as error:  # Xlib's own without a display, ImportError without a backend
        log.info("no tray: %s", type(error).__name__)
        raise TrayUnavailableError(_reason(error)) from None
    if pystray.Icon.__module__.endswith("_xorg"):
        raise TrayUnavailableError(
            "a library for tray icons is missing", advice=installing(Package.INDICATOR)
        )
    return pystray


def _reason(error: Exception) -> str:
    if sys.platform == "linux":
        return "there is no display for a tray icon"
    return f"pystray cannot be used ({type(error).__name__})"


def _need_session_bus() -> None:
    """Without one, pystray fails to start and leaves a thread that keeps the process alive."""
    if os.environ.get("PYSTRAY_BACKEND") == "dummy":
        return
    bus, reason = connect_to_bus("session")
    if bus is None:
        raise TrayUnavailableError(
            reason, advice=system_gi.advice() if reason == NO_PYGOBJECT else ""
        )
