"""Lets a virtual environment use the system's PyGObject and dbus-python.

Both are compiled and have no wheels. The system builds them for its own Python, so they fit any
CPython of the same minor version. The links stand in a folder of their own, named by a .pth file:
straight in site-packages, pip would write through them into the system's files.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from sealbreak_desktop.system.packages import Package, installing

SYSTEM_PYTHON = "/usr/bin/python3"
FIND = """\
import json, sys, gi, dbus
print(json.dumps([f"{sys.version_info[0]}.{sys.version_info[1]}", gi.__path__[0]]))
"""
FIND_SECONDS = 30
WANTED = (
    "gi",
    "dbus",
    "_dbus_bindings*.so",
    "_dbus_glib_bindings*.so",
    "[Pp]y[Gg][Oo]bject-*",
    "dbus_python-*",
)
OURS = f"{sys.version_info.major}.{sys.version_info.minor}"


@dataclass(frozen=True, slots=True)
class Libraries:
    version: str
    """The minor version of the Python that they were built for, as in "3.11"."""
    folder: Path


def find() -> Libraries | None:
    """Those of the system's own Python, which need not be the Python that runs this."""
    command = [SYSTEM_PYTHON, "-I", "-c", FIND]
    try:
        done = subprocess.run(  # noqa: S603 -- a fixed program
            command, capture_output=True, text=True, timeout=FIND_SECONDS, check=True
        )
        version, package = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    return Libraries(version, Path(package).parent)


def obstacle(found: Libraries | None) -> str:
    """Why they cannot be used here, and what to do. Empty when nothing is in the way."""
    if found is None:
        command = installing(Package.PYGOBJECT, Package.DBUS, Package.INDICATOR)
        first = command and f": run {command}, then this again"
        return f"the system has no PyGObject and dbus-python{first}"
    if found.version != OURS:
        return (
            f"the system's PyGObject is for Python {found.version}, this is {OURS}:"
            f" install Sealbreak with {SYSTEM_PYTHON}"
        )
    return ""


def advice() -> str:
    """What a user does who has no PyGObject here."""
    if not is_virtual():
        return installing(Package.PYGOBJECT, Package.INDICATOR)
    return obstacle(find()) or "sealbreak doctor --mend"


def link(found: Libraries, prefix: Path) -> Path:
    """Links them into the virtual environment at `prefix`. Returns the folder of the links."""
    library = prefix / "lib" / f"python{OURS}"
    folder = library / "system-gi"
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for pattern in WANTED:
        for target in found.folder.glob(pattern):
            (folder / target.name).symlink_to(target)
    (library / "site-packages" / "system-gi.pth").write_text(f"{folder.resolve()}\n")
    return folder


def is_virtual() -> bool:
    return sys.prefix != sys.base_prefix


def main() -> int:
    found = find()
    if why := obstacle(found):
        print(f"No tray icon and no clickable pop-ups: {why}.")
    elif found is not None:
        link(found, Path(sys.prefix))
    return 0


if __name__ == "__main__":
    sys.exit(main())
