"""Packages of the system that pip cannot install, and the command that installs them.

The names were looked up in the package lists of Debian, Fedora, Arch and openSUSE.
"""

import shutil
import sys
from enum import Enum


class Package(Enum):
    """The names are in the order of `MANAGERS`."""

    PYGOBJECT = ("python3-gi", "python3-gobject", "python-gobject", "python3-gobject")
    INDICATOR = (
        "gir1.2-ayatanaappindicator3-0.1",
        "libayatana-appindicator-gtk3",
        "libayatana-appindicator",
        "typelib-1_0-AyatanaAppIndicator3-0_1",
    )
    DBUS = ("python3-dbus", "python3-dbus", "python-dbus", "python3-dbus-python")
    POP_UPS = ("dunst",) * 4
    KEYRING = ("gnome-keyring",) * 4


MANAGERS = {
    "apt": "apt install",
    "dnf": "dnf install",
    "pacman": "pacman -S",
    "zypper": "zypper install",
}


def installing(*packages: Package) -> str:
    """The command for this computer. Empty where none of the package managers is known."""
    if sys.platform != "linux":
        return ""
    return command(next(filter(shutil.which, MANAGERS), ""), *packages)


def command(manager: str, *packages: Package) -> str:
    if manager not in MANAGERS:
        return ""
    column = list(MANAGERS).index(manager)
    return " ".join([MANAGERS[manager], *(package.value[column] for package in packages)])
