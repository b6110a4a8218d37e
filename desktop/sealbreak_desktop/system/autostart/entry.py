"""What all entries have in common: their names, and the program that they start."""

import hashlib
import sys
import sysconfig
from pathlib import Path

NAME = "sealbreak"


def entry_name(override: Path | None) -> str:
    """`override`: the folder that `SEALBREAK_STATE` names."""
    if override is None:
        return NAME
    return f"{NAME}-{hashlib.sha256(bytes(override.resolve())).hexdigest()[:8]}"


def command() -> list[str]:
    script = Path(sys.executable).with_name("sealbreak")
    return [str(script)] if script.exists() else [sys.executable, "-m", "sealbreak_desktop"]


def windowed_command() -> list[str]:
    """On Windows, where a program with a console opens a window for it."""
    for folder in (Path(sys.executable).parent, Path(sysconfig.get_path("scripts"))):
        if (script := folder / "sealbreak-tray.exe").exists():
            return [str(script)]
    return [str(Path(sys.executable).with_name("pythonw.exe")), "-m", "sealbreak_desktop"]
