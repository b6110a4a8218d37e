"""Shows a page of the server in the user's browser, signed in. Blocking: for a worker."""

import webbrowser
from urllib.parse import quote

from sealbreak_desktop.errors import SealbreakError
from sealbreak_desktop.server.api import Api
from sealbreak_desktop.state.events import Event

SETTINGS_PAGE = "/history/settings"


def page_of(event: Event | None) -> str:
    if event is not None and event.path:
        return event.path
    message = event.message if event else ""
    return f"/history/{quote(message, safe='')}" if message else "/history"


def open_page(api: Api, path: str) -> None:
    """Raises `SealbreakError` with words for the user."""
    link = api.sign_in_link(path)
    if not webbrowser.open(link):
        raise SealbreakError(
            "No browser could be started", advice="Set BROWSER to the one you use."
        )
