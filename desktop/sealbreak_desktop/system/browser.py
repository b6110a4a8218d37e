"""The user's browser."""

import shutil
import sys
import webbrowser

from sealbreak_desktop.errors import SealbreakError

ADVICE = "Set BROWSER to the one you use."


def open_link(link: str) -> None:
    """Blocks. Raises `SealbreakError` with words for the user."""
    if not webbrowser.open(link):
        raise SealbreakError("No browser could be started", advice=ADVICE)


def browser_program() -> str:
    """What `open_link` would start. Raises `SealbreakError` when it is not there."""
    try:
        name = str(getattr(webbrowser.get(), "name", "the default browser"))
    except webbrowser.Error:
        raise SealbreakError("No browser was found", advice=ADVICE) from None
    if sys.platform == "linux" and shutil.which(name) is None:
        raise SealbreakError(f"The browser {name} was not found", advice=ADVICE)
    return name
