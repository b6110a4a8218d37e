"""Events of erased messages and people. They keep their numbers: a reader that resumes by number
must find no gap."""

from collections.abc import Collection, Iterable

import orjson

from sealbreak_server.events.wire import erased_body, without_person
from sealbreak_server.storage.tables import Account, Event


def blank_events(events: Iterable[Event], now: float) -> None:
    erased = list(events)
    for event in erased:
        _update(event, message="", body=erased_body(event.number, now))
    note_erasure({event.account_id for event in erased})


def remove_person(
    account: int, message: str, address: str, copies: Collection[int], now: float
) -> None:
    """Blanks the events about these copies, and takes the person out of the others."""
    events = list(Event.select().where(Event.message == message))
    bodies = {event.number: orjson.loads(event.body) for event in events}
    blank_events((e for e in events if bodies[e.number]["copy"] in copies), now)
    note_erasure([account])
    revision = Account.get_by_id(account).erasures
    for event in events:
        if (body := bodies[event.number])["copy"] not in copies:
            _update(event, body=without_person(body, address), revision=revision)


def _update(event: Event, body: object, **changes: object) -> None:
    Event.update(body=orjson.dumps(body).decode(), **changes).where(
        Event.account == event.account_id, Event.number == event.number
    ).execute()


def note_erasure(accounts: Collection[int]) -> None:
    """Tells devices that keep a copy of the events."""
    raised = Account.erasures + 1
    Account.update(erasures=raised).where(Account.id.in_(accounts)).execute()
