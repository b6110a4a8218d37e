"""Start at login. Off until the user switches it on.

Each state folder has an entry of its own: a second tray, started with `SEALBREAK_STATE`, must not
replace the one that the user sees.
"""

import sys
from typing import Protocol

from sealbreak_desktop.files.paths import Paths


class Autostart(Protocol):
    @property
    def place(self) -> str:
        """Where the entry is, in words for the user."""

    @property
    def state(self) -> bool:
        """Whether the tray starts at login. False too when the system's settings switch it off."""

    @property
    def missing_program(self) -> str:
        """What the entry would start, if it is not there."""

    def set(self, on: bool) -> None:
        """Raises `OSError`."""

    def refresh(self) -> None:
        """Update the entry, as the program may have moved. On a full disk the old entry stays."""


def autostart_for(paths: Paths) -> Autostart:
    if sys.platform == "win32":
        from sealbreak_desktop.system.autostart.run_key import RunKey

        return RunKey(paths)
    if sys.platform == "darwin":
        from sealbreak_desktop.system.autostart.launch_agent import LaunchAgent

        return LaunchAgent(paths)
    from sealbreak_desktop.system.autostart.desktop_entry import DesktopEntry

    return DesktopEntry(paths)
