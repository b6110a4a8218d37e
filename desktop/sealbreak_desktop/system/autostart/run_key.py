"""Start at login on Windows: a value of the key Run in the user's part of the registry.

https://learn.microsoft.com/windows/win32/setupapi/run-and-runonce-registry-keys
"""

import errno
import subprocess
import sys
from pathlib import Path
from typing import Any

from sealbreak_desktop.files.paths import Paths
from sealbreak_desktop.system.autostart.entry import entry_name, windowed_command
from sealbreak_desktop.text import utf16_units

RUN = r"Software\Microsoft\Windows\CurrentVersion\Run"
APPROVED = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"
"""Where the task manager notes what its user switches off: the first byte is odd then."""
COMMAND_LIMIT = 260
"""Characters, for Windows: UTF-16 units. It starts no longer command."""


class RunKey:
    def __init__(self, paths: Paths) -> None:
        self._override = paths.override
        self._name = entry_name(paths.override)

    @property
    def place(self) -> str:
        return rf"HKCU\{RUN}\{self._name}"

    @property
    def state(self) -> bool:
        approved = self._value(APPROVED)
        is_off = isinstance(approved, bytes) and len(approved) > 0 and approved[0] % 2 == 1
        return self._value(RUN) is not None and not is_off

    @property
    def missing_program(self) -> str:
        program = _program(str(self._value(RUN) or ""))
        return "" if not program or Path(program).exists() else program

    def set(self, on: bool) -> None:
        self._delete(APPROVED)
        if on:
            self._write(self._command())
        else:
            self._delete(RUN)

    def refresh(self) -> None:
        if self.state and self._value(RUN) != (command := self._command()):
            self._write(command)

    def _command(self) -> str:
        state = ["--state", str(self._override)] if self._override else []
        command = subprocess.list2cmdline([*windowed_command(), *state])
        if utf16_units(command) > COMMAND_LIMIT:
            raise OSError(
                errno.ENAMETOOLONG,
                f"Windows starts no command of more than {COMMAND_LIMIT} letters",
            )
        return command

    def _value(self, path: str) -> Any:
        """`None` when it is not there."""
        if sys.platform == "win32":
            import winreg

            try:
                with winreg.OpenKey(winreg.HKEY_CURRENT_USER, path) as key:
                    return winreg.QueryValueEx(key, self._name)[0]
            except FileNotFoundError:
                pass
        return None

    def _write(self, command: str) -> None:
        if sys.platform == "win32":
            import winreg

            with winreg.CreateKeyEx(winreg.HKEY_CURRENT_USER, RUN, 0, winreg.KEY_SET_VALUE) as key:
                winreg.SetValueEx(key, self._name, 0, winreg.REG_SZ, command)

    def _delete(self, path: str) -> None:
        if sys.platform == "win32":
            import winreg

            try:
                with winreg.OpenKey(winreg.HKEY_CURRENT_USER, path, 0, winreg.KEY_SET_VALUE) as key:
                    winreg.DeleteValue(key, self._name)
            except FileNotFoundError:
                pass


def _program(command: str) -> str:
    """The first word of a command line that `list2cmdline` has written."""
    if command.startswith('"'):
        return command[1:].partition('"')[0]
    return command.partition(" ")[0]
