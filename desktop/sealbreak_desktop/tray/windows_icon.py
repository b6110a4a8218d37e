"""Calls in the thread of the icon, for pystray's backend on Windows.

pystray makes a new menu at every change and destroys the old one. A menu that the user has open
would vanish, and a click in it would find other rows. So calls wait until it is closed.
"""

import logging
import queue
import sys
from collections.abc import Callable
from typing import Any

RUN = 0x8000 + 1
"""A window message of our own, behind WM_APP: those below belong to the system and to pystray."""

log = logging.getLogger(__name__)


def is_windows(icon_class: type) -> bool:
    return icon_class.__module__.endswith("._win32")


def with_posted_calls(base: type) -> type:
    """A subclass of pystray's icon for Windows that has `post`."""
    return type("PostedCallsIcon", (_PostedCalls, base), {})


class _PostedCalls:
    _hwnd: Any
    _message_handlers: dict[int, Callable[[int, int], Any]]

    def __init__(self, *arguments: Any, **named: Any) -> None:
        self._calls: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._menu_is_open = False
        super().__init__(*arguments, **named)
        self._message_handlers[RUN] = self._run_calls

    def post(self, call: Callable[[], None]) -> None:
        """From any thread. Without a window yet, the next post after it is there runs it too."""
        self._calls.put(call)
        if self._hwnd:
            _win32(self).PostMessage(self._hwnd, RUN, 0, 0)

    def _on_notify(self, wparam: int, lparam: int) -> Any:
        """Shows the menu after a click, and waits until the user has chosen."""
        self._menu_is_open = True
        try:
            return super()._on_notify(wparam, lparam)  # type: ignore[misc]
        finally:
            self._menu_is_open = False
            self._run_calls(0, 0)

    def _run_calls(self, _wparam: int, _lparam: int) -> int:
        while not self._menu_is_open:
            try:
                call = self._calls.get_nowait()
            except queue.Empty:
                break
            try:
                call()
            except Exception as error:  # the other calls still run
                log.error("the tray icon could not be changed: %s", type(error).__name__)
        return 0


def _win32(icon: object) -> Any:
    """pystray's module of system calls."""
    module = next(one for one in type(icon).__mro__ if is_windows(one)).__module__
    return sys.modules[module].win32
