"""The loop of the main thread when there is no icon, and the end when the system asks for it.

Clicks on pop-ups arrive in a GLib loop on Linux, so that is preferred there.
"""

import contextlib
import signal
import socket
import sys
import threading
from collections.abc import Callable
from typing import Any, Protocol


class MainLoop(Protocol):
    def run(self) -> None: ...
    def stop(self) -> None:
        """From any thread; also before `run`."""


class PlainLoop:
    def __init__(self) -> None:
        self._stopped = threading.Event()

    def run(self) -> None:
        self._stopped.wait()

    def stop(self) -> None:
        self._stopped.set()


class GLibLoop:
    def __init__(self) -> None:
        self._glib = _glib()
        self._loop = self._glib.MainLoop.new(None, False)

    def run(self) -> None:
        self._loop.run()

    def stop(self) -> None:
        self._glib.idle_add(self._loop.quit)


def loop_without_icon() -> MainLoop:
    with contextlib.suppress(ImportError):
        return GLibLoop()
    return PlainLoop()


def on_signals(call: Callable[[], None]) -> None:
    """`call` when the system or the terminal asks for the end. From any thread.

    Python's own handlers do not run while the main thread waits in a loop of the system.
    """
    try:
        glib = _glib()
    except ImportError:
        _call_in_thread(call)
        return

    def handle() -> bool:
        call()
        return True

    for number in _signals():
        signal.signal(number, lambda *_: call())
        glib.unix_signal_add(glib.PRIORITY_HIGH, number, handle)


def take_signals() -> None:
    """Again, after a library has taken one for itself. In the main thread."""
    for number in _signals():
        signal.signal(number, _ignore)


def _call_in_thread(call: Callable[[], None]) -> None:
    """Python writes the number of a signal to the socket at once, whatever its threads do."""
    reader, writer = socket.socketpair()
    writer.setblocking(False)

    def read(_kept: socket.socket = writer) -> None:
        while reader.recv(1):
            call()

    signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
    take_signals()
    threading.Thread(target=read, name="signals", daemon=True).start()


def _ignore(*_: object) -> None:
    """The thread has been told already."""


def _signals() -> tuple[int, ...]:
    if sys.platform == "win32":
        # Ctrl+Break; also when the console is closed. No other process can send SIGTERM there.
        return (signal.SIGINT, signal.SIGBREAK)
    return (signal.SIGINT, signal.SIGTERM)


def _glib() -> Any:
    if sys.platform != "linux":
        raise ImportError
    from gi.repository import GLib

    return GLib
