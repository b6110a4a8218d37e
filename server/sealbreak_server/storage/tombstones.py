"""What is remembered so that nothing is kept again: of erased messages and people, and of readers
who opted out."""

import hashlib
from collections.abc import Iterable, Sequence

from peewee import JOIN

from sealbreak_server.errors import GoneError, NotFoundError
from sealbreak_server.model.folding import fold
from sealbreak_server.storage.engine.statements import CachedListQuery, insert_rows
from sealbreak_server.storage.tables import ErasedReader, OptOut, Recipient, Tombstone

NO_SUCH_ID = "There is no such tracking ID of this account: take IDs from POST ids."
ERASED = "This mail was erased on the server and cannot be registered again."

_erased = CachedListQuery(
    lambda ids: Tombstone.select(Tombstone.message).where(Tombstone.message.in_(ids))
)
_of_account = CachedListQuery(
    lambda ids: Tombstone.select(Tombstone.account).where(Tombstone.message.in_(ids))
)
_erased_people = CachedListQuery(
    lambda ids: ErasedReader.select(ErasedReader.person).where(ErasedReader.message.in_(ids))
)
_opted_out = CachedListQuery(
    lambda ids: OptOut.select(OptOut.message, OptOut.copy_number).where(OptOut.message.in_(ids))
)
_unread = CachedListQuery(
    lambda ids: (
        ErasedReader.select(ErasedReader.message, ErasedReader.copy_number)
        .join(
            Recipient,
            JOIN.LEFT_OUTER,
            on=(Recipient.message == ErasedReader.message)
            & (Recipient.copy_number == ErasedReader.copy_number),
        )
        .where(ErasedReader.message.in_(ids), Recipient.message.is_null())
    )
)


def put(owners: Sequence[tuple[str, int]], now: float) -> None:
    """`owners`: erased messages, each with its account."""
    known = erased_among([message for message, _ in owners])
    insert_rows(Tombstone, [(*row, now) for row in owners if row[0] not in known])


def erased_among(messages: Sequence[str]) -> set[str]:
    return {message for (message,) in _erased.rows(messages)}


def check(account: int, message: str) -> None:
    """Raises `GoneError` when the message is erased, `NotFoundError` when it was another's."""
    for (owner,) in _of_account.rows([message]):
        raise GoneError(ERASED) if owner == account else NotFoundError(NO_SUCH_ID)


def put_reader(message: str, copies: Iterable[int], address: str) -> None:
    person = person_hash(message, address)
    for copy in copies:
        ErasedReader.insert(
            message=message, copy_number=copy, person=person
        ).on_conflict_ignore().execute()


def erased_readers(message: str) -> set[str]:
    """As `person_hash` gives them."""
    return {person for (person,) in _erased_people.rows([message])}


def copies_without_readers(messages: Sequence[str]) -> set[tuple[str, int]]:
    """Copies whose readers were all erased."""
    return {(message, copy) for message, copy in _unread.rows(messages)}


def opted_out(messages: Sequence[str]) -> set[tuple[str, int]]:
    """Copies whose readers opted out."""
    return {(message, copy) for message, copy in _opted_out.rows(messages)}


def person_hash(message: str, address: str) -> str:
    """Tells whether an address that is known is meant; the address cannot be read from it."""
    return hashlib.sha256(f"{message} {fold(address)}".encode()).hexdigest()
