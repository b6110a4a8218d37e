"""Pages of the server, opened in the user's browser, signed in."""

from urllib.parse import quote

from sealbreak_desktop.server.api import Api
from sealbreak_desktop.state.events import Event, GmailThread
from sealbreak_desktop.system.browser import open_link

SETTINGS_PAGE = "/history/settings"


def page_of(event: Event | None) -> str:
    if event is not None and event.path:
        return event.path
    message = event.message if event else ""
    return f"/history/{quote(message, safe='')}" if message else "/history"


def open_page(api: Api, path: str) -> None:
    """Blocks. Raises `SealbreakError` with words for the user."""
    open_link(api.sign_in_link(path))


def gmail_link(thread: GmailThread) -> str:
    """The mail in Gmail, in the account that sent it."""
    account = f"?authuser={quote(thread.account, safe='')}" if thread.account else ""
    return f"https://mail.google.com/mail/u/{account}#all/{thread.number}"
