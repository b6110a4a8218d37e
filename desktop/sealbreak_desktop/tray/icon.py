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
from sealbreak_desktop.system.environment import NO_PYGOBJECT, connect_to_bus
from sealbreak_desktop.system.packages import Package, installing
from sealbreak_desktop.text import fit_utf16
from sealbreak_desktop.tray import drawing
from sealbreak_desktop.tray.gtk_menu import is_gtk, with_updated_menu
from sealbreak_desktop.tray.menu import SEPARATOR, Choice, Row, View

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
        pystray = _pystray()
        icon_class = with_updated_menu(pystray.Icon) if is_gtk(pystray.Icon) else pystray.Icon
        self.backend = pystray.Icon.__module__.rpartition("._")[2]
        self._icon: Any = icon_class(
            "sealbreak", _image(view), _tooltip(view), self._menu(pystray, view.rows, ())
        )

    def run(self) -> None:
        """The main loop, until `stop`."""
        self._icon.run(self._setup)

    def _setup(self, icon: Any) -> None:
        icon.visible = True

    def stop(self) -> None:
        self._icon.stop()

    def show(self, view: View) -> None:
        _in_ui(lambda: self._show(view))

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


def _in_ui(call: Callable[[], None]) -> None:
    """macOS ends a program that changes its menu from another thread."""
    if sys.platform == "darwin":
        from PyObjCTools import AppHelper

        AppHelper.callAfter(call)
    else:
        call()


def _pystray() -> Any:
    if sys.platform == "linux":
        _need_session_bus()
    try:
        import pystray
    except Exception as error:  # Xlib's own without a display, ImportError without a backend
        log.info("no tray: %s", type(error).__name__)
        raise TrayUnavailableError("there is no display for a tray icon") from None
    if pystray.Icon.__module__.endswith("_xorg"):
        raise TrayUnavailableError(
            "a library for tray icons is missing", advice=installing(Package.INDICATOR)
        )
    return pystray


def _need_session_bus() -> None:
    """Without one, pystray fails to start and leaves a thread that keeps the process alive."""
    if os.environ.get("PYSTRAY_BACKEND") == "dummy":
        return
    bus, reason = connect_to_bus("session")
    if bus is None:
        raise TrayUnavailableError(
            reason, advice=system_gi.advice() if reason == NO_PYGOBJECT else ""
        )
