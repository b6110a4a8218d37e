"""A server with a few mails and hits, for pages to show."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Page
from sealbreak_server.cli.run.scenario import GMAIL, READER, SCANNER, Client
from support.desktop.processes import eventually
from support.desktop.server import Message, Server, fetch, server

CHROMIUM = "/usr/bin/chromium"
OFFER = "https://example.com/offer?with=a-long-query&that=has-no-place-to-break" * 2
PHONE = {"width": 390, "height": 800}
DESKTOP = {"width": 1100, "height": 800}
PEOPLE = (("ann@example.com", "Ann"), ("ben@example.com", "Ben"), ("cleo@example.com", None))

Visiting = Callable[..., Page]


def visit(url: str, visitor: Client) -> None:
    fetch(url, {**visitor.headers, "X-Forwarded-For": visitor.address})


def sign_in(page: Page, link: str) -> None:
    """Follows a sign-in link, and says yes to the page that asks."""
    page.goto(link)
    page.get_by_role("button", name="Open the history").click()
    page.wait_for_url("**/history**")


def running_day() -> date:
    """Of the digest that is due next: at eight in UTC."""
    return (datetime.now(UTC) + timedelta(hours=16)).date()


@dataclass
class Ground:
    server: Server
    read: Message
    """Opened, clicked, and scanned."""
    unread: Message

    def events(self) -> int:
        return int(self.server.call("GET", "events")["last"])

    def opened(self) -> Message:
        """A new mail that has just been opened."""
        mail, before = self.server.message("Just opened"), self.events()
        visit(mail.pixel, GMAIL)
        eventually(lambda: self.events() > before, "an event")
        return mail


@contextmanager
def ground(folder: Path) -> Iterator[Ground]:
    with server(folder, SEALBREAK_TRUSTED_PROXIES="127.0.0.1", LOGNAME="cleo") as running:
        read = running.message("Minutes of Monday, and all that was decided", PEOPLE, (OFFER,))
        made = Ground(running, read, running.message("Offer 12"))
        visit(read.pixel, GMAIL)
        visit(read.link(1, OFFER), READER)
        eventually(lambda: made.events() == 2, "two events")
        visit(read.link(1, OFFER), SCANNER)
        yield made
