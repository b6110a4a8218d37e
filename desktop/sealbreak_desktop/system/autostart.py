"""Start at login, by the XDG autostart specification. Off until the user switches it on.

Each state folder has an entry of its own: a second tray, started with `SEALBREAK_STATE`, must not
replace the one that the user sees.
"""

import hashlib
import os
import sys
from pathlib import Path

from sealbreak_desktop.files.paths import Paths, write_private

NAME = "sealbreak"
SWITCHED_OFF = {("Hidden", "true"), ("X-GNOME-Autostart-enabled", "false")}
"""What the settings of a desktop write into an entry that its user switches off there."""
_RESERVED = set(" \t\n\"'\\><~|&;$*?#()`")


class Autostart:
    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        self.file = paths.autostart / f"{_entry_name(paths.override)}.desktop"

    @property
    def state(self) -> bool | None:
        """`None` on systems other than Linux."""
        if sys.platform != "linux":
            return None
        return self.file.exists() and not SWITCHED_OFF & self._keys().items()

    @property
    def missing_program(self) -> str:
        """What the entry would start, if it is not there."""
        program = self._keys().get("TryExec", "")
        return "" if os.access(program, os.X_OK) else program

    def set(self, on: bool) -> None:
        if not on:
            self.file.unlink(missing_ok=True)
            return
        self.file.parent.mkdir(parents=True, exist_ok=True)
        write_private(self.file, self._entry())

    def refresh(self) -> None:
        """Update the entry, as the program may have moved. On a full disk the old entry stays."""
        if self.state and self.file.read_text(encoding="utf-8") != self._entry():
            self.set(True)

    def _keys(self) -> dict[str, str]:
        try:
            lines = self.file.read_text(encoding="utf-8", errors="replace").splitlines()
        except FileNotFoundError:
            return {}
        parts = [line.partition("=") for line in lines]
        return {key.strip(): value.strip() for key, _, value in parts}

    def _entry(self) -> str:
        command = _command()
        if self._paths.override:
            command = ["env", f"SEALBREAK_STATE={self._paths.override}", *command]
        lines = [
            "[Desktop Entry]",
            "Type=Application",
            f"Name={_title(self._paths.override)}",
            "Comment=Shows when a mail you sent is opened",
            f"Exec={' '.join(map(_quoted, command))}",
            f"TryExec={_command()[0]}",
            "Terminal=false",
            "X-GNOME-Autostart-enabled=true",
            "X-KDE-autostart-after=panel",
        ]
        return "\n".join(lines) + "\n"


def _entry_name(override: Path | None) -> str:
    if override is None:
        return NAME
    return f"{NAME}-{hashlib.sha256(bytes(override.resolve())).hexdigest()[:8]}"


def _title(override: Path | None) -> str:
    return f"Sealbreak ({override.name})" if override else "Sealbreak"


def _command() -> list[str]:
    script = Path(sys.executable).with_name("sealbreak")
    return [str(script)] if script.exists() else [sys.executable, "-m", "sealbreak_desktop"]


def _quoted(argument: str) -> str:
    """By the rules for Exec keys, which differ from a shell's: backslashes are doubled twice."""
    doubled = argument.replace("%", "%%")
    if not _RESERVED & set(argument):
        return doubled
    for character in '\\"`$':
        doubled = doubled.replace(character, f"\\{character}")
    return '"' + doubled.replace("\\", "\\\\") + '"'
