"""Whether windows can be shown here."""

import sys
from collections.abc import Mapping


def desktop_obstacle(environ: Mapping[str, str]) -> str:
    """Why no window can be shown; empty when one can."""
    if sys.platform in {"win32", "darwin"}:
        return "this is an SSH session" if environ.get("SSH_CONNECTION") else ""
    if environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"):
        return ""
    return "there is no desktop here (DISPLAY and WAYLAND_DISPLAY are not set)"
