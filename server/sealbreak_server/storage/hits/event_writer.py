"""Writes events, numbered without gaps and quiet if unwanted, with their webhook deliveries."""

from collections.abc import Callable, Sequence
from typing import Any

import orjson

from sealbreak_server.events.decide import PendingEvent
from sealbreak_server.events.quiet import QuietReason, quiet_reason
from sealbreak_server.events.wire import event_body
from sealbreak_server.model.message import Message
from sealbreak_server.storage import tombstones
from sealbreak_server.storage.engine.statements import CachedQuery, insert_rows
from sealbreak_server.storage.preferences import AccountPreferences, is_muted, preferences_of
from sealbreak_server.storage.tables import Account, Event, Webhook, WebhookDelivery

_last_number = CachedQuery(
    lambda account: Account.select(Account.last_event).where(Account.id == account)
)
_put_last_number = CachedQuery(
    lambda number, account: Account.update({Account.last_event: number}).where(
        Account.id == account
    )
)
_body = CachedQuery(
    lambda account, number: Event.select(Event.body).where(
        Event.account == account, Event.number == number
    )
)
_webhooks = CachedQuery(
    lambda account: Webhook.select(Webhook.id).where(
        Webhook.account == account, Webhook.disabled_at.is_null()
    )
)


class EventWriter:
    """For one transaction, in which nothing else writes events. `write` fills the tables."""

    def __init__(self, now: float) -> None:
        self._now = now
        self._preferences: dict[int, AccountPreferences] = {}
        self._webhooks: dict[int, list[str]] = {}
        self._events: dict[tuple[int, int], tuple[str, str]] = {}
        self._last: dict[int, int] = {}

    def tellable(self, message: Message, events: Sequence[PendingEvent]) -> list[PendingEvent]:
        """Without corrections of events that were erased, and without what readers did who have
        opted out since."""
        if not events:
            return []
        gone = {copy for _, copy in tombstones.opted_out([message.id])}
        return [
            event
            for event in events
            if (
                event.classified.hit.copy not in gone
                if event.corrects is None
                else self._is_kept(message.account, event.corrects)
            )
        ]

    def emit(self, message: Message, events: Sequence[PendingEvent]) -> list[int]:
        """Returns the numbers of the events."""
        first = self._numbers(message.account, len(events))
        for number, event in enumerate(events, first):
            quiet = self._quiet(message, event)
            self._add(
                message.account, number, event_body(number, event, message, quiet), message.id
            )
        return list(range(first, first + len(events)))

    def emit_scheduled(
        self,
        account: int,
        kind: str,
        body: Callable[[int, QuietReason | None], dict[str, Any]],
        message: Message | None = None,
        copy: int = 0,
    ) -> None:
        """An event without a hit. `body` gets its number and the reason why it is quiet."""
        number = self._numbers(account, 1)
        quiet = self.quiet_reason(account, kind, message, copy)
        self._add(account, number, body(number, quiet), message.id if message else "")

    def quiet_reason(
        self, account: int, kind: str, message: Message | None, copy: int
    ) -> QuietReason | None:
        if account not in self._preferences:
            self._preferences[account] = preferences_of(account)
        account_preferences = self._preferences[account]
        people = message.readers(copy) if message else ()
        mutes = account_preferences.mutes(is_muted(message.id) if message else False)
        return quiet_reason(
            kind, account_preferences.preferences, mutes, [p.address for p in people], self._now
        )

    def _quiet(self, message: Message, event: PendingEvent) -> QuietReason | None:
        if event.corrects is not None and self._was_quiet(message.account, event.corrects):
            return QuietReason.CORRECTS_QUIET
        return self.quiet_reason(message.account, event.kind, message, event.classified.hit.copy)

    def _was_quiet(self, account: int, number: int) -> bool:
        return bool(self._body_of(account, number).get("quiet"))

    def _is_kept(self, account: int, number: int) -> bool:
        return "message" in self._body_of(account, number)

    def _body_of(self, account: int, number: int) -> dict[str, Any]:
        if (account, number) in self._events:
            body = self._events[account, number][1]
        else:
            body = next((body for (body,) in _body.rows(account, number)), "{}")
        found: dict[str, Any] = orjson.loads(body)
        return found

    def _numbers(self, account: int, count: int) -> int:
        """Reserves this many numbers and returns the first."""
        if account not in self._last:
            self._last[account] = _last_number.rows(account)[0][0]
        self._last[account] += count
        return self._last[account] - count + 1

    def _add(self, account: int, number: int, body: dict[str, Any], message: str) -> None:
        self._events[account, number] = (message, orjson.dumps(body).decode())
        if account not in self._webhooks:
            self._webhooks[account] = [webhook for (webhook,) in _webhooks.rows(account)]

    def write(self) -> None:
        now = self._now
        rows = [
            (*place, message, now, body, None) for place, (message, body) in self._events.items()
        ]
        insert_rows(Event, rows)
        _put_last_number.run_many((number, account) for account, number in self._last.items())
        deliveries = [
            (h, number) for account, number in self._events for h in self._webhooks[account]
        ]
        insert_rows(WebhookDelivery, deliveries)
