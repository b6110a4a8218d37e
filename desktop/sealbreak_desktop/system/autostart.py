"""Start at login, by the XDG autostart specification. Off until the user switches it on."""

import sys
from pathlib import Path

from sealbreak_desktop.files.paths import Paths, write_private

FILE_NAME = "sealbreak.desktop"
_RESERVED = set(" \t\n\"'\\><~|&;$*?#()`")


class Autostart:
    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        self._file = paths.autostart / FILE_NAME

    @property
    def state(self) -> bool | None:
        """`None` on systems other than Linux."""
        return self._file.exists() if sys.platform == "linux" else None

    def set(self, on: bool) -> None:
        if not on:
            self._file.unlink(missing_ok=True)
            return
        self._file.parent.mkdir(parents=True, exist_ok=True)
        write_private(self._file, self._entry())

    def refresh(self) -> None:
        """Update the entry, as the program may have moved. On a full disk the old entry stays."""
        if self.state and self._file.read_text(encoding="utf-8") != self._entry():
            self.set(True)

    def _entry(self) -> str:
        command = _command()
        if self._paths.override:
            command = ["env", f"SEALBREAK_STATE={self._paths.override}", *command]
        lines = [
            "[Desktop Entry]",
            "Type=Application",
            "Name=Sealbreak",
            "Comment=Shows when a mail you sent is opened",
            f"Exec={' '.join(map(_quoted, command))}",
            f"TryExec={_command()[0]}",
            "Terminal=false",
            "X-GNOME-Autostart-enabled=true",
            "X-KDE-autostart-after=panel",
        ]
        return "\n".join(lines) + "\n"


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
