"""The history in a browser: light and dark, on a desk and on a phone."""

import random
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from pages.ground import CHROMIUM, DESKTOP, PHONE, visit
from playwright.sync_api import sync_playwright
from screen.processes import eventually
from screen.server import Message, Server, server
from sealbreak_server.story import GMAIL, READER, SCANNER

OFFER = "https://example.com/offer"
MAP = "https://example.com/map"
DAY = 24 * 3600
ANN = ("ann@example.com", "Ann")
BEN = ("ben@example.org", "Ben")
CLEO = ("cleo@example.com", "Cleo")
MAILS = (
    ("Offer 12", (ANN,), (OFFER, MAP)),
    ("Minutes of Monday", (ANN, BEN, CLEO), ()),
    ("Tea on Friday?", (BEN,), (MAP,)),
    ("The report, second version", (CLEO,), (OFFER,)),
    ("Keys for the office", (ANN,), ()),
)
ROUNDS = 8
"""How often all of these were sent in the last months."""
WAITS = (120, 900, 2600, 9000, 30_000, 2 * DAY)


@dataclass(frozen=True)
class View:
    path: str
    dark: bool = False
    phone: bool = False


VIEWS = {
    "history": View("/history"),
    "history-phone-dark": View("/history", dark=True, phone=True),
    "history-events-dark": View("/history/events", dark=True),
    "history-message": View("/history/{first}"),
    "history-message-phone": View("/history/{first}", phone=True),
    "history-overview": View("/history/overview"),
    "history-overview-phone-dark": View("/history/overview", dark=True, phone=True),
    "history-settings-dark": View("/history/settings", dark=True),
}


def picture(view: View) -> Callable[[Path], None]:
    def take(target: Path) -> None:
        with filled() as (running, first), sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            page = browser.new_page(
                color_scheme="dark" if view.dark else "light",
                viewport=PHONE if view.phone else DESKTOP,  # type: ignore[arg-type]  # a dict will do
            )
            page.goto(running.call("POST", "sign-in", {})["url"])
            page.goto(running.address + view.path.format(first=first.id))
            page.screenshot(path=target)
            browser.close()

    return take


@contextmanager
def filled() -> Iterator[tuple[Server, Message]]:
    """A server with months behind it, and its newest message."""
    chance = random.Random(12)
    with (
        tempfile.TemporaryDirectory() as folder,
        server(Path(folder), SEALBREAK_TRUSTED_PROXIES="127.0.0.1", LOGNAME="cleo") as running,
    ):
        sent = [_send(running, number, chance) for number in range(len(MAILS) * ROUNDS)]
        for number, mail in enumerate(sent):
            _read(mail, number)
        told = sum(_events_of(number) for number in range(len(sent)))
        eventually(lambda: running.call("GET", "events")["last"] >= told, "the events", within=60)
        _spread(running, chance)
        yield running, sent[0]


def _send(running: Server, number: int, chance: random.Random) -> Message:
    subject, people, links = MAILS[number % len(MAILS)]
    ago = 3600 + number * 2.1 * DAY + (chance.random() * DAY if number else 0)
    return running.message(subject, people, links, sent_ago=ago)


def _is_opened(number: int) -> bool:
    return number % 4 != 2


def _is_clicked(number: int) -> bool:
    return OFFER in MAILS[number % len(MAILS)][2] and number % 3 != 1


def _events_of(number: int) -> int:
    return _is_opened(number) + _is_clicked(number)


def _read(mail: Message, number: int) -> None:
    if _is_opened(number):
        visit(mail.pixel, GMAIL)
    if _is_clicked(number):
        visit(mail.link(1, OFFER), READER)
    if number % 5 == 0:
        for at, url in enumerate((OFFER, MAP), 1):
            visit(mail.link(at, url), SCANNER)


def _spread(running: Server, chance: random.Random) -> None:
    """Hits have just come; they are told to have come in the days after the sending."""
    file, now = running.folder / "data" / "sealbreak.sqlite3", time.time()
    with closing(sqlite3.connect(file)) as database, database:
        rows = database.execute(
            "SELECT hit.id, message.id, sent_at FROM hit JOIN message ON message.id = hit.message"
        ).fetchall()
        for hit, message, sent_at in rows:
            moment = min(now - 60, sent_at + chance.choice(WAITS) * chance.random())
            database.execute("UPDATE hit SET time = ? WHERE id = ?", (moment, hit))
            database.execute(
                "UPDATE message SET first_opened_at = ? WHERE id = ? AND opens > 0",
                (moment, message),
            )


def history_pictures(folder: Path) -> None:
    for name, view in VIEWS.items():
        picture(view)(folder / f"{name}.png")
