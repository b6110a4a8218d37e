"""The calls of Windows that pystray's icon is made of: one window, its messages and its menus.

pystray's own module runs on it, loaded as on Windows. A call from a wrong thread, to a menu that is
open or gone, or with a text that is too long is an error here.
"""

import ctypes
import importlib
import itertools
import queue
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

QUIT, WM_RBUTTONUP, WM_NOTIFY = 0x12, 0x205, 0x400 + 11
TIP_UNITS = 127
MODULES = ("pystray._win32", "pystray._util.win32")


class FakeUser32:
    def __init__(self) -> None:
        self.tip = ""
        self.icon_is_shown = False
        self.menus: dict[int, list[str]] = {}
        """Their labels."""
        self.choose: Callable[[list[str]], int] = lambda _: 0
        """The user, in front of an open menu: the number of an item, or 0."""
        self._messages: queue.Queue[tuple[int, int, int, int]] = queue.Queue()
        self._numbers = itertools.count(1)
        self._window_thread: threading.Thread | None = None
        self._procedure: Any = None
        self._open: set[int] = set()

    def click(self) -> None:
        """With the right button, on the icon."""
        self._messages.put((1, WM_NOTIFY, 0, WM_RBUTTONUP))

    def call(self, name: str, *arguments: Any) -> Any:
        return getattr(self, name, lambda *_: 1)(*arguments)

    def dispatch_waiting(self) -> None:
        """What an open menu does while it waits for the user."""
        while not self._messages.empty():
            self._dispatch(self._messages.get())

    def RegisterClassExW(self, description: Any) -> int:
        self._procedure = description.lpfnWndProc
        return 1

    def CreateWindowExW(self, *_: Any) -> int:
        self._window_thread = threading.current_thread()
        return next(self._numbers)

    def PostMessageW(self, hwnd: int, message: int, wparam: int, lparam: int) -> int:
        """From any thread."""
        assert hwnd, "a message for no window is lost in a menu's loop"
        self._messages.put((hwnd, message, wparam, lparam))
        return 1

    def PostQuitMessage(self, _: int) -> None:
        self._messages.put((0, QUIT, 0, 0))

    def GetMessageW(self, pointer: Any, *_: Any) -> int:
        self._waiting = self._messages.get()
        return 0 if self._waiting[1] == QUIT else 1

    def DispatchMessageW(self, _: Any) -> None:
        self._dispatch(self._waiting)

    def Shell_NotifyIconW(self, code: int, data: Any) -> int:
        self._in_window_thread()
        if data.uFlags & 4:
            assert len(data.szTip.encode("utf-16-le")) // 2 <= TIP_UNITS
            self.tip = data.szTip
        self.icon_is_shown = {0: True, 2: False}.get(code, self.icon_is_shown)
        return 1

    def CreatePopupMenu(self) -> int:
        number = next(self._numbers)
        self.menus[number] = []
        return number

    def InsertMenuItemW(self, menu: int, at: int, _: bool, item: Any) -> int:
        assert at == len(self.menus[menu])
        self.menus[menu].append(item._obj.dwTypeData or "-")
        return 1

    def DestroyMenu(self, menu: int) -> int:
        assert menu not in self._open, "the user looks at it"
        del self.menus[menu]
        return 1

    def TrackPopupMenuEx(self, menu: int, *_: Any) -> int:
        self._in_window_thread()
        self._open.add(menu)
        chosen = self.choose(self.menus[menu])
        self._open.remove(menu)
        return chosen

    def _dispatch(self, message: tuple[int, int, int, int]) -> None:
        self._in_window_thread()
        self._procedure(*message)

    def _in_window_thread(self) -> None:
        assert threading.current_thread() is self._window_thread


class _Function:
    argtypes: Any = None
    errcheck: Any = None

    def __init__(self, system: FakeUser32, name: str) -> None:
        self._system = system
        self._name = name

    def __call__(self, *arguments: Any) -> Any:
        if self.argtypes is not None and len(self.argtypes) != len(arguments):
            raise TypeError(f"{self._name} takes {len(self.argtypes)} arguments")
        return self._system.call(self._name, *arguments)


class _Library:
    def __init__(self, system: FakeUser32) -> None:
        self._system = system
        self._functions: dict[str, _Function] = {}

    def __getattr__(self, name: str) -> _Function:
        return self._functions.setdefault(name, _Function(self._system, name))


@contextmanager
def windows_icon(system: FakeUser32) -> Iterator[Any]:
    """pystray's class for Windows."""
    library = _Library(system)
    _forget_modules()
    names = {
        "WinDLL": lambda _: library,
        "WINFUNCTYPE": ctypes.CFUNCTYPE,
        "HRESULT": ctypes.c_long,
        "WinError": OSError,
    }
    with patch.multiple(ctypes, create=True, **names):
        yield importlib.import_module("pystray._win32").Icon
    _forget_modules()


def _forget_modules() -> None:
    """They keep the calls of the system that they were loaded on."""
    for name in MODULES:
        if sys.modules.pop(name, None) is not None:
            package, _, last = name.rpartition(".")
            vars(sys.modules[package]).pop(last, None)
