"""The tray app: the icon in the main thread, everything else in an asyncio thread."""

import asyncio
import contextlib
import logging
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from sealbreak_desktop.background import Background
from sealbreak_desktop.errors import TrayUnavailableError
from sealbreak_desktop.files.logs import log_fault, log_to
from sealbreak_desktop.files.paths import Paths, private_folder
from sealbreak_desktop.notifications.notifier import notifiers_for
from sealbreak_desktop.state.events import Event
from sealbreak_desktop.state.notification import Action, Notification
from sealbreak_desktop.state.state import State
from sealbreak_desktop.system import environment, instance
from sealbreak_desktop.system.autostart import autostart_for
from sealbreak_desktop.system.clock import now
from sealbreak_desktop.system.main_loop import MainLoop, loop_without_icon, on_signals
from sealbreak_desktop.system.sleep import SleepWatch
from sealbreak_desktop.tray import drawing
from sealbreak_desktop.tray.icon import Tray
from sealbreak_desktop.tray.menu import Choice, view_of

PANEL_TIMEOUT = 3.0
"""Seconds for a panel to appear. At login it may start after us."""
SHUTDOWN_TIMEOUT = 3.0
"""Seconds for the asyncio thread to end."""
CHOICES = {
    Action.OPEN: Choice.OPEN_EVENT,
    Action.GMAIL: Choice.OPEN_GMAIL,
    Action.MUTE: Choice.MUTE_MAIL,
}
NO_ICON = "No tray icon: {}. Events are still recorded: `sealbreak history` prints them."

log = logging.getLogger(__name__)


class App:
    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        self._autostart = autostart_for(paths)
        self._warned: set[str] = set()
        self._loop = asyncio.new_event_loop()
        self._notifier = notifiers_for(_icon_file(paths), self._on_action, self._warn)
        self._background = Background(paths, self._notifier, self._publish, self._warn)
        self._work: asyncio.Task[None] | None = None
        self._ending = threading.Event()
        self._tray = self._make_tray()
        self._main: MainLoop = self._tray or loop_without_icon()

    def run(self, running: instance.Instance) -> None:
        """Until the user quits, or SIGTERM or SIGINT."""
        on_signals(self._end)
        sleep = SleepWatch(lambda: self._in_background(self._background.reconnect))
        with contextlib.suppress(OSError, ValueError):
            self._autostart.refresh()
        running.listen(self._on_command)
        thread = threading.Thread(target=self._run_background, name="background", daemon=True)
        thread.start()
        self._check_panel()
        self._run_main()
        self._stop_background()
        thread.join(SHUTDOWN_TIMEOUT)
        self._notifier.close()
        sleep.close()

    def _make_tray(self) -> Tray | None:
        try:
            return Tray(view_of(State(), now(), self._autostart.state), self._on_choice)
        except TrayUnavailableError as error:
            self._warn(" ".join(filter(None, (NO_ICON.format(error.title), error.advice))))
            return None

    def _run_main(self) -> None:
        try:
            self._main.run()
        except Exception as error:  # the history goes on without an icon
            log.error("the tray ended: %s", type(error).__name__)
        if not self._ending.is_set():
            self._main = loop_without_icon()
            self._main.run()

    def _run_background(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._work = self._loop.create_task(self._background.run())
        with contextlib.suppress(asyncio.CancelledError):
            self._loop.run_until_complete(self._work)
        self._loop.close()

    def _stop_background(self) -> None:
        def cancel() -> None:
            if self._work is not None:
                self._work.cancel()

        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(cancel)

    def _end(self) -> None:
        log.info("ending")
        self._ending.set()
        self._main.stop()

    def _warn(self, words: str) -> None:
        """To the terminal and the log, each text once."""
        if words not in self._warned:
            self._warned.add(words)
            log.warning("%s", words)
            with contextlib.suppress(OSError):  # a file on a full disk, or a closed terminal
                print(f"sealbreak: {words}", file=sys.stderr, flush=True)

    def _check_panel(self) -> None:
        def check() -> None:
            if not self._ending.wait(PANEL_TIMEOUT) and not environment.has_tray_host():
                self._warn(NO_ICON.format("no panel shows tray icons here"))

        if self._tray is not None:
            threading.Thread(target=check, name="panel", daemon=True).start()

    # From the asyncio thread.

    def _publish(self, state: State) -> None:
        if self._tray is None:
            return
        try:
            self._tray.show(view_of(state, now(), self._autostart.state))
        except Exception as error:  # the history goes on without an icon
            log_fault(error)

    # From the main thread, and from the one that listens to later starts.

    def _on_choice(self, choice: Choice, event: Event | None = None) -> None:
        if choice is Choice.QUIT:
            self._end()
        elif choice is Choice.AUTOSTART:
            self._switch_autostart()
        else:
            self._in_background(lambda: self._background.choose(choice, event))

    def _switch_autostart(self) -> None:
        try:
            self._autostart.set(not self._autostart.state)
        except OSError as error:
            self._warn(f"Open at login could not be changed: {error.strerror}")
        self._in_background(lambda: self._publish(self._background.state))

    def _on_action(self, action: Action, notification: Notification) -> None:
        self._on_choice(CHOICES[action], notification.event)

    def _on_command(self, command: str) -> None:
        if command == instance.RELOAD:
            self._in_background(self._background.reload)
        elif command == instance.SHOW:
            self._on_choice(Choice.OPEN_HISTORY)

    def _in_background(self, call: Callable[[], None]) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended already
            self._loop.call_soon_threadsafe(call)


def run_tray(paths: Paths) -> bool:
    """False when another tray runs, which then shows the history."""
    running = instance.acquire(paths.lock)
    if running is None:
        instance.send_command(paths.lock, instance.SHOW)
        return False
    log_to(paths.log_file)
    try:
        App(paths).run(running)
    finally:
        running.close()
    return True


def _icon_file(paths: Paths) -> Path:
    """Notification servers need a file."""
    file = private_folder(paths.state) / "icon.png"
    with contextlib.suppress(OSError):  # notifications then have no icon
        image = drawing.icon(drawing.Appearance.ONLINE)
        image.save(file)
        if sys.platform == "win32":
            image.save(file.with_suffix(".ico"))
    return file
