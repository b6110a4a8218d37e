"""What people opened and followed, as far as the copies tell that nobody shares."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from peewee import SQL, fn

from sealbreak_server.model.hit import Kind
from sealbreak_server.storage.engine.statements import as_tuples
from sealbreak_server.storage.tables import Hit, Message, Recipient
from sealbreak_server.storage.tables import Verdict as VerdictRow


@dataclass(frozen=True, slots=True)
class Seen:
    opens: int = 0
    clicks: int = 0
    at: float | None = None
    """The newest open or followed link."""


NEVER = Seen()


def sharing() -> Any:
    """How many people got the copy. Somebody in To and Cc is one of them."""
    others = Recipient.alias()
    return others.select(fn.COUNT(others.person.distinct())).where(
        others.message == Recipient.message, others.copy_number == Recipient.copy_number
    )


def of_people(account: int, people: Sequence[str]) -> dict[str, Seen]:
    """By folded address."""
    theirs = Message.select(Message.id).where(
        Message.id == Recipient.message, Message.account == account, ~Message.withdrawn
    )
    return _of(Recipient.person.in_(people), fn.EXISTS(theirs)) if people else {}


def of_mails(messages: Any) -> dict[str, Seen]:
    """Everybody who got some of them. `messages`: a query of ids."""
    return _of(Recipient.message.in_(messages))


def _of(*which: Any) -> dict[str, Seen]:
    same_copy = (Hit.id == VerdictRow.hit) & (Hit.copy_number == Recipient.copy_number)
    query = (
        Recipient.select(Recipient.person, Hit.kind, fn.COUNT(Hit.id), fn.MAX(Hit.time))
        .join(VerdictRow, on=VerdictRow.message == Recipient.message)
        .join(Hit, on=same_copy)
        .where(*which, sharing() == 1, _is_first(), VerdictRow.counted == True)  # noqa: E712  # SQL
        .group_by(Recipient.person, Hit.kind)
    )
    found: dict[str, Seen] = {}
    for person, kind, count, last in as_tuples(query):
        before = found.get(person, NEVER)
        number = {"opens": count} if kind == Kind.OPEN else {"clicks": count}
        found[person] = replace(before, at=max(last, before.at or last), **number)
    return found


def _is_first() -> Any:
    """Somebody in To and Cc has two rows: the hits of the copy are counted once."""
    others = Recipient.alias()
    return ~fn.EXISTS(
        others.select(SQL("1")).where(
            others.message == Recipient.message,
            others.copy_number == Recipient.copy_number,
            others.position < Recipient.position,
        )
    )
