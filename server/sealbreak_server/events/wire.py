"""Events as they go over the wire. The golden files in `tests/contract/events` show the format."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from sealbreak_server.classification.explain import correction, sentence, whose
from sealbreak_server.events.decide import PendingEvent
from sealbreak_server.events.quiet import QuietReason
from sealbreak_server.events.reminders import Reminder
from sealbreak_server.model.gmail import is_thread
from sealbreak_server.model.hit import Hit, Kind
from sealbreak_server.model.message import Message
from sealbreak_server.model.verdict import Actor, Verdict

WIRE_VERSION = 1
UNSEEN_OPEN = "opened, though no image was loaded"
"""Added to a click on a copy whose image nobody loaded, no machine and not the sender."""


def wire_time(seconds: float) -> str:
    """RFC 3339, UTC, milliseconds."""
    time = datetime.fromtimestamp(round(seconds, 3), UTC)
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def verdict_body(verdict: Verdict, words: str) -> dict[str, Any]:
    return {
        "actor": verdict.actor,
        "via": verdict.via,
        "reason": verdict.reason,
        "device": verdict.device,
        "country": verdict.country,
        "network": verdict.network,
        "device_known": verdict.device_known,
        "location_known": verdict.location_known,
        "sentence": words,
        "evidence": list(verdict.evidence),
        "rules": verdict.rules,
    }


def words_for(verdict: Verdict, hit: Hit, message: Message) -> str:
    people = message.readers(hit.copy)
    names = () if hit.copy == 0 else tuple(person.name or person.address for person in people)
    return sentence(verdict, hit.kind, len(people), names)


def event_body(
    number: int, event: PendingEvent, message: Message, quiet: QuietReason | None = None
) -> dict[str, Any]:
    hit, verdict = event.classified.hit, event.classified.verdict
    assert verdict is not None
    retracts = event.kind == "corrected" and verdict.actor is not Actor.HUMAN
    words = correction(verdict, hit.kind) if retracts else words_for(verdict, hit, message)
    words = event.words or words
    if event.implies_open and event.no_image:
        words += f": {UNSEEN_OPEN}"
    if event.note:
        words += f", {event.note}"
    return {
        **_head(number, event.kind, hit.time),
        "message": _message_body(message),
        "copy": hit.copy,
        "link": _link_body(message, hit),
        "hit": event.classified.number,
        "corrects": event.corrects,
        "verdict": verdict_body(verdict, words),
        **({"implies_open": True} if event.implies_open else {}),
        **_quiet_body(quiet),
    }


def reminder_body(
    number: int,
    reminder: Reminder,
    message: Message,
    copy: int,
    now: float,
    quiet: QuietReason | None,
) -> dict[str, Any]:
    return {
        **_head(number, "reminder", now),
        "message": _message_body(message),
        **_no_hit(copy, "not-opened", reminder.words, reminder.evidence),
        **_quiet_body(quiet),
    }


def digest_body(
    number: int, quiet: QuietReason | None, *, words: str, day: date, now: float
) -> dict[str, Any]:
    """Counts only: a subject in it would stay after its message was erased.

    `path`: the page that shows the whole day.
    """
    return {
        **_head(number, "digest", now),
        "path": f"/history/digest/{day}",
        "message": {"id": "", "subject": "", "recipients": []},
        **_no_hit(0, "daily", words),
        **_quiet_body(quiet),
    }


def _head(number: int, kind: str, time: float) -> dict[str, Any]:
    return {"version": WIRE_VERSION, "number": number, "kind": kind, "time": wire_time(time)}


def _message_body(message: Message) -> dict[str, Any]:
    return {
        "id": message.id,
        "subject": message.subject,
        "recipients": [
            {"address": p.address, "name": p.name, "kind": p.kind, "copy": p.copy}
            for p in message.recipients
        ],
        **_gmail_body(message),
    }


def _gmail_body(message: Message) -> dict[str, Any]:
    """What a link to the mail in Gmail needs."""
    if not is_thread(message.gmail_thread_id):
        return {}
    return {"gmail": {"thread": message.gmail_thread_id, "account": message.gmail_account}}


def _no_hit(copy: int, reason: str, words: str, evidence: tuple[str, ...] = ()) -> dict[str, Any]:
    """The part of an event that no hit caused."""
    verdict = Verdict(Actor.UNKNOWN, "", reason, evidence)
    return {
        "copy": copy,
        "link": None,
        "hit": None,
        "corrects": None,
        "verdict": verdict_body(verdict, words),
    }


def _quiet_body(quiet: QuietReason | None) -> dict[str, Any]:
    return {} if quiet is None else {"quiet": True, "quiet_reason": quiet}


def _link_body(message: Message, hit: Hit) -> dict[str, Any] | None:
    if hit.kind is Kind.OPEN or hit.link is None:
        return None
    target = message.link(hit.link)
    return {"n": hit.link, "url": target.url if target else None}


def erased_body(number: int, seconds: float) -> dict[str, Any]:
    """Replaces an event whose message was erased, so that the numbers have no gap."""
    return _head(number, "erased", seconds)


def without_person(body: dict[str, Any], address: str) -> dict[str, Any]:
    """An event about a copy that others read too, without a person who was erased."""
    people, small = body["message"]["recipients"], address.casefold()
    left = [person for person in people if person["address"].casefold() != small]
    before, after = (whose(_names(some, body["copy"])) for some in (people, left))

    def rewritten(text: str) -> str:
        text = text.replace(before, after) if before else text
        return re.sub(re.escape(address), "one of them", text, flags=re.IGNORECASE)

    verdict = body["verdict"]
    return {
        **body,
        "message": {**body["message"], "recipients": left},
        "verdict": {
            **verdict,
            "sentence": rewritten(verdict["sentence"]),
            "evidence": [rewritten(text) for text in verdict["evidence"]],
        },
    }


def _names(people: Iterable[dict[str, Any]], copy: int) -> tuple[str, ...]:
    return tuple(p["name"] or p["address"] for p in people if copy and p["copy"] == copy)
