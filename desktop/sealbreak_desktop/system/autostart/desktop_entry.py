"""Start at login, by the XDG autostart specification."""

import os
from pathlib import Path

from sealbreak_desktop.files.paths import Paths, write_private
from sealbreak_desktop.system.autostart.entry import command, entry_name

SWITCHED_OFF = {("Hidden", "true"), ("X-GNOME-Autostart-enabled", "false")}
"""What the settings of a desktop write into an entry that its user switches off there."""
_RESERVED = set(" \t\n\"'\\><~|&;$*?#()`")


class DesktopEntry:
    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        self.file = paths.autostart / f"{entry_name(paths.override)}.desktop"

    @property
    def place(self) -> str:
        return str(self.file)

    @property
    def state(self) -> bool:
        keys = self._keys()
        return bool(keys) and not SWITCHED_OFF & keys.items()

    @property
    def missing_program(self) -> str:
        program = self._keys().get("TryExec", "")
        return "" if os.access(program, os.X_OK) else program

    def set(self, on: bool) -> None:
        if not on:
            self.file.unlink(missing_ok=True)
            return
        self.file.parent.mkdir(parents=True, exist_ok=True)
        write_private(self.file, self._entry())

    def refresh(self) -> None:
        if self.state and self.file.read_text(encoding="utf-8") != self._entry():
            self.set(True)

    def _keys(self) -> dict[str, str]:
        """Empty when the file is not there, or in a folder that this user may not enter."""
        try:
            lines = self.file.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return {}
        parts = [line.partition("=") for line in lines]
        return {key.strip(): value.strip() for key, _, value in parts}

    def _entry(self) -> str:
        words = command()
        if self._paths.override:
            words = ["env", f"SEALBREAK_STATE={self._paths.override}", *words]
        lines = [
            "[Desktop Entry]",
            "Type=Application",
            f"Name={_title(self._paths.override)}",
            "Comment=Shows when a mail you sent is opened",
            f"Exec={' '.join(map(_quoted, words))}",
            f"TryExec={command()[0]}",
            "Terminal=false",
            "X-GNOME-Autostart-enabled=true",
            "X-KDE-autostart-after=panel",
        ]
        return "\n".join(lines) + "\n"


def _title(override: Path | None) -> str:
    return f"Sealbreak ({override.name})" if override else "Sealbreak"


def _quoted(argument: str) -> str:
    """By the rules for Exec keys, which differ from a shell's: backslashes are doubled twice."""
    doubled = argument.replace("%", "%%")
    if not _RESERVED & set(argument):
        return doubled
    for character in '\\"`$':
        doubled = doubled.replace(character, f"\\{character}")
    return '"' + doubled.replace("\\", "\\\\") + '"'
