"""The user's browser."""

import webbrowser

from sealbreak_desktop.errors import SealbreakError


def open_link(link: str) -> None:
    """Blocks. Raises `SealbreakError` with words for the user."""
    if not webbrowser.open(link):
        raise SealbreakError(
            "No browser could be started", advice="Set BROWSER to the one you use."
        )
