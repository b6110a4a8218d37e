"""The history in a browser: every page in light and in dark, on a desk and some on a phone."""

import json
import random
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, sync_playwright
from sealbreak_server.cli.run.scenario import GMAIL, READER, SCANNER, Client
from sealbreak_server.events.wire import wire_time
from sealbreak_server.storage import Storage
from sealbreak_server.storage.tables import Event, Hit, Message
from sealbreak_server.storage.totals import followed
from support.desktop.processes import eventually
from support.desktop.server import COMMAND, Server, server
from support.desktop.server import Message as Mail
from support.pages import CHROMIUM, DESKTOP, PHONE, running_day, sign_in, visit
from support.server.process import HOOKS

OFFER = "https://example.com/offer"
MAP = "https://example.com/map"
APPLE = Client("104.28.42.17", {"User-Agent": "Mozilla/5.0"})
"""Apple's image proxy."""
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
TEAM = tuple((f"reader{n}@example.com", f"Reader {n}" if n % 3 else None) for n in range(1, 201))
MANY = tuple(f"https://example.com/catalogue/{'long-chapter-' * (n % 4)}{n}" for n in range(1, 41))
ODD = (
    ("Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen" * 2, (BEN,), (OFFER,)),
    ("הצעת מחיר מספר 12 – טיוטה אחרונה", (("dan@example.org", "דן"),), ()),
    (
        "🎉 Invitation: 10 years of us 🥂 – and a subject that needs more than a line",
        (CLEO, BEN),
        (),
    ),
    ("News for everybody", TEAM, MANY),
)
"""What a page has to bear."""
COLOURS = 128


@dataclass(frozen=True)
class View:
    path: str
    phone: bool = False
    whole: bool = False
    """All of the page, not only what fits a window."""
    who: str = "cleo"
    """`nobody` is not signed in, `new` has sent nothing."""


VIEWS = {
    "history": View("/history"),
    "history-phone": View("/history", phone=True),
    "history-filtered": View("/history?show=clicked&order=activity"),
    "history-empty": View("/history", who="new"),
    "history-found-nothing": View("/history?q=zebra"),
    "history-message": View("/history/{first}", whole=True),
    "history-message-phone": View("/history/{first}", phone=True),
    "history-message-many": View("/history/{many}"),
    "history-record": View("/history/{first}/record", whole=True),
    "history-events": View("/history/events"),
    "history-events-phone": View("/history/events", phone=True),
    "history-events-empty": View("/history/events", who="new"),
    "history-digest": View("/history/digest/{day}"),
    "history-digest-phone": View("/history/digest/{day}", phone=True),
    "history-digest-empty": View("/history/digest", who="new"),
    "history-people": View("/history/people"),
    "history-people-phone": View("/history/people", phone=True),
    "history-person": View("/history/people/ann@example.com"),
    "history-person-phone": View("/history/people/ann@example.com", phone=True),
    "history-overview": View("/history/overview", whole=True),
    "history-overview-phone": View("/history/overview", phone=True),
    "history-settings": View("/history/settings", whole=True),
    "history-settings-phone": View("/history/settings", phone=True),
    "history-recipient": View("/r/{owner}/{token}", who="nobody"),
    "history-recipient-phone": View("/r/{owner}/{token}", phone=True, who="nobody"),
    "history-sign-in": View("/sign-in/{code}", who="nobody"),
    "history-sign-in-phone": View("/sign-in/{code}", phone=True, who="nobody"),
    "history-sign-in-used": View("/sign-in/used", who="nobody"),
    "history-missing": View("/history/people/nobody@example.com"),
}


def history_pictures(folder: Path, wanted: str = "") -> None:
    """Only those whose name holds `wanted`."""
    with filled() as (running, values), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        sessions = {who: session(browser, running, who) for who in ("cleo", "new", "nobody")}
        for name, view in VIEWS.items():
            for scheme in ("light", "dark") if wanted in name else ():
                target = folder / f"{name}-{scheme}.png"
                take(browser, running.address, view, scheme, sessions[view.who], values, target)
        browser.close()


def take(
    browser: Browser,
    address: str,
    view: View,
    scheme: Any,
    state: Any,
    values: dict[str, str],
    target: Path,
) -> None:
    size: Any = PHONE if view.phone else DESKTOP
    page = browser.new_page(storage_state=state, color_scheme=scheme, viewport=size)
    page.goto(address + view.path.format(**values))
    page.screenshot(path=target, full_page=view.whole)
    page.close()
    with Image.open(target) as picture:
        picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(
            target, optimize=True
        )


def session(browser: Browser, running: Server, who: str) -> Any:
    """The cookies of somebody."""
    context = browser.new_context()
    if who != "nobody":
        token = new_account(running) if who == "new" else ""
        sign_in(context.new_page(), running.call("POST", "sign-in", {}, token)["url"])
    state = context.storage_state()
    context.close()
    return state


def new_account(running: Server) -> str:
    """The token of a device of it."""
    command = [str(COMMAND), "pair", "--json", "--account", "Dora"]
    done = subprocess.run(command, env=running.env, capture_output=True, text=True, check=True)
    device = {"code": json.loads(done.stdout)["code"], "name": "Firefox on Linux", "kind": "api"}
    return str(running.call("POST", "pair", device)["token"])


@contextmanager
def filled() -> Iterator[tuple[Server, dict[str, str]]]:
    """A server with months behind it, and what addresses of its pages are made of."""
    chance = random.Random(12)
    with (
        tempfile.TemporaryDirectory() as folder,
        server(
            Path(folder), **HOOKS, SEALBREAK_TRUSTED_PROXIES="127.0.0.1", LOGNAME="cleo"
        ) as running,
    ):
        sent = [_send(running, number, chance) for number in range(len(MAILS) * ROUNDS)]
        odd = [running.message(*mail, sent_ago=7000 + 60 * at) for at, mail in enumerate(ODD)]
        for number, mail in enumerate(sent):
            _read(mail, number)
        for mail in odd:
            visit(mail.pixel, GMAIL)
        for n in (3, 1, 3, 7):
            visit(odd[-1].link(n, MANY[n - 1]), READER)
        told = sum(_events_of(number) for number in range(len(sent))) + len(odd)
        eventually(lambda: running.call("GET", "events")["last"] >= told, "the events", within=60)
        _wish(running)
        _spread(running, chance)
        code = running.call("POST", "sign-in", {})["url"].rpartition("/")[2]
        yield running, {**_values(sent[0], odd[-1]), "code": code}


def _values(first: Mail, many: Mail) -> dict[str, str]:
    return {
        "first": first.id,
        "many": many.id,
        "owner": first.owner,
        "token": first.token,
        "day": running_day().isoformat(),
    }


def _wish(running: Server) -> None:
    running.call("PUT", "mutes/ben@example.org")
    running.call("POST", "webhooks", {"url": "https://127.9.9.9/sealbreak"})
    running.call(
        "PUT", "settings", {"alerts": {"quiet_hours": {"from": "22:00", "until": "07:00"}}}
    )


def _send(running: Server, number: int, chance: random.Random) -> Mail:
    subject, people, links = MAILS[number % len(MAILS)]
    ago = 3600 + number * 2.1 * DAY + (chance.random() * DAY if number else 0)
    return running.message(subject, people, links, sent_ago=ago)


def _is_opened(number: int) -> bool:
    return number % 4 != 2


def _is_clicked(number: int) -> bool:
    return OFFER in MAILS[number % len(MAILS)][2] and number % 3 != 1


def _events_of(number: int) -> int:
    return _is_opened(number) + _is_clicked(number)


def _read(mail: Mail, number: int) -> None:
    if _is_opened(number):
        visit(mail.pixel, GMAIL)
    if _is_clicked(number):
        visit(mail.link(1, OFFER), READER)
    if number % 8 == 6:
        visit(mail.pixel, APPLE)
    if number % 5 == 0:
        for at, url in enumerate((OFFER, MAP), 1):
            visit(mail.link(at, url), SCANNER)


def _spread(running: Server, chance: random.Random) -> None:
    storage = Storage.at("", running.folder / "data")
    storage.transaction(_spread_all, chance, time.time())
    storage.close()


def _spread_all(chance: random.Random, now: float) -> None:
    """Hits have just come; they are told to have come in the days after the sending."""
    messages = {message.id: message for message in Message.select()}
    times: dict[int, float] = {}
    with followed(list(messages), hits_too=True):
        for hit in Hit.select():
            later = _later(hit.kind, messages[hit.message].sent_at, chance)
            times[hit.id] = min(now - chance.random() * 3000, later)
            Hit.update(time=times[hit.id]).where(Hit.id == hit.id).execute()
            if hit.kind == "open":
                first = Message.update(first_opened_at=times[hit.id])
                first.where(Message.id == hit.message, Message.opens > 0).execute()
    _spread_events(times, now)


def _later(kind: str, sent_at: float, chance: random.Random) -> float:
    """Somebody who follows a link has opened the mail before."""
    wait = chance.choice(WAITS) * chance.random()
    return float(sent_at + wait + (3600 if kind == "click" else 0))


def _spread_events(times: dict[int, float], now: float) -> None:
    """In the order of their hits; what no hit brought stays the newest."""
    bodies = [json.loads(event.body) for event in Event.select()]
    bodies.sort(key=lambda body: (times.get(body.get("hit"), now), body["number"]))
    for number, body in enumerate(bodies, 1):
        moment = times.get(body.get("hit"), now)
        told = json.dumps({**body, "number": number, "time": wire_time(moment)})
        Event.update(message=body["message"]["id"], created_at=moment, body=told).where(
            Event.number == number
        ).execute()
