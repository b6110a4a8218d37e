"""A registration: what the extension reports about a sent mail."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

from sealbreak_server.errors import BadRequestError
from sealbreak_server.model.fields import EARLIEST, LATEST, Fields
from sealbreak_server.model.message import Link, Recipient
from sealbreak_server.security.tokens import COPIES
from sealbreak_server.security.urls import is_web_address

T = TypeVar("T")

LEVELS = ("off", "count", "full")
RECIPIENT_KINDS = ("to", "cc", "bcc")
MAX_SUBJECT = 998
"""The longest line that RFC 5322 allows."""
MAX_PEOPLE = 500
MAX_LINKS = 500
MAX_ADDRESS = 320
MAX_TEXT = 200
TRAVEL_SECONDS = 30.0
"""A request may be under way for this long. A clock that is slow by less looks the same."""


@dataclass(frozen=True, slots=True)
class Registration:
    subject: str
    recipients: tuple[Recipient, ...]
    links: tuple[Link, ...]
    sent_at: float
    scheduled_for: float | None
    level: str
    draft_id: str | None
    thread_id: str | None
    gmail_message_id: str | None
    gmail_thread_id: str | None
    gmail_account: str | None
    pixel: bool = True
    """False if only the links of the mail are tracked."""
    now: float | None = None
    """The sender's clock when the request was sent."""


def read_registration(body: object) -> Registration:
    fields = Fields(body)
    links = fields.items("links", MAX_LINKS, _link)
    _refuse_duplicates("links", links, lambda link: link.n)
    return Registration(
        subject=fields.text("subject", MAX_SUBJECT),
        recipients=fields.items("recipients", MAX_PEOPLE, _recipient),
        links=links,
        sent_at=fields.time("sent_at"),
        scheduled_for=fields.optional_time("scheduled_for"),
        level=fields.choice("level", LEVELS),
        draft_id=fields.optional_text("draft_id", MAX_TEXT),
        thread_id=fields.optional_text("thread_id", MAX_TEXT),
        gmail_message_id=fields.optional_text("gmail_message_id", MAX_TEXT),
        gmail_thread_id=fields.optional_text("gmail_thread_id", MAX_TEXT),
        gmail_account=fields.optional_text("gmail_account", MAX_ADDRESS),
        pixel=fields.switch("pixel", default=True),
        now=fields.optional_time("now"),
    )


def by_server_clock(registration: Registration, received_at: float) -> Registration:
    """With the times corrected by the difference between the sender's clock and the server's.

    A time of sending that is too late makes readers look like the sender. A small delay therefore
    counts as travel time. A scheduled time becomes earlier only, because Gmail sends at the chosen
    time by its own clock.
    """
    late = 0.0 if registration.now is None else received_at - registration.now
    late = 0.0 if 0 <= late <= TRAVEL_SECONDS else late
    sent_at, scheduled_for = registration.sent_at + late, registration.scheduled_for
    if scheduled_for is None:
        sent_at = min(sent_at, received_at)
    else:
        scheduled_for = _storable(min(scheduled_for, scheduled_for + late))
    return replace(registration, sent_at=_storable(sent_at), scheduled_for=scheduled_for)


def _storable(seconds: float) -> float:
    return min(max(seconds, EARLIEST), LATEST)


def is_mail_address(text: str) -> bool:
    return 3 <= len(text) <= MAX_ADDRESS and "@" in text and text.isprintable()


def _recipient(fields: Fields) -> Recipient:
    return Recipient(
        address=fields.text("address", MAX_ADDRESS, shortest=1),
        name=fields.optional_text("name", MAX_TEXT),
        kind=fields.choice("kind", RECIPIENT_KINDS),
        copy=fields.number("copy", 0, COPIES - 1, default=0),
    )


def _link(fields: Fields) -> Link:
    url = fields.text("url", 8192, shortest=1)
    if not is_web_address(url):
        raise fields.fail("url", "an http or https address without credentials")
    return Link(fields.number("n", 1, 100_000), url, fields.switch("hidden"))


def _refuse_duplicates(name: str, items: Iterable[T], key: Callable[[T], object]) -> None:
    keys = [key(item) for item in items]
    if len(set(keys)) != len(keys):
        raise BadRequestError(f"{name} must not contain the same number twice.")
