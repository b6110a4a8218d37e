"""Start at login on macOS: a property list among the user's launch agents.

launchd reads it at the next login. What the user forbids in the system's settings (Login Items) is
kept by the system and cannot be read here.
"""

import os
import plistlib
from typing import Any
from xml.parsers.expat import ExpatError

from sealbreak_desktop.files.paths import Paths, write_private
from sealbreak_desktop.system.autostart.entry import command, entry_name


class LaunchAgent:
    def __init__(self, paths: Paths) -> None:
        self._override = paths.override
        self._label = entry_name(paths.override)
        self._file = paths.autostart / f"{self._label}.plist"

    @property
    def place(self) -> str:
        return str(self._file)

    @property
    def state(self) -> bool:
        keys = self._keys()
        return bool(keys) and not keys.get("Disabled", False)

    @property
    def missing_program(self) -> str:
        program = str(next(iter(self._keys().get("ProgramArguments", ())), ""))
        return "" if not program or os.access(program, os.X_OK) else program

    def set(self, on: bool) -> None:
        if on:
            write_private(self._file, plistlib.dumps(self._entry()).decode())
        else:
            self._file.unlink(missing_ok=True)

    def refresh(self) -> None:
        if self.state and self._keys() != self._entry():
            self.set(True)

    def _keys(self) -> dict[str, Any]:
        """Empty when the file is not there, cannot be read, or is no property list."""
        try:
            read = plistlib.loads(self._file.read_bytes())
        except (OSError, plistlib.InvalidFileException, ExpatError, ValueError):
            return {}
        return read if isinstance(read, dict) else {}

    def _entry(self) -> dict[str, Any]:
        folder = {"SEALBREAK_STATE": str(self._override)} if self._override else {}
        return {
            "Label": self._label,
            "ProgramArguments": command(),
            "EnvironmentVariables": folder,
            "RunAtLoad": True,
            "LimitLoadToSessionType": "Aqua",  # not in a session over SSH
            "ProcessType": "Interactive",
        }
