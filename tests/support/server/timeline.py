"""An account on a database of its own, with mails and hits at any time."""

import json
from typing import Any

from sealbreak_server.events.wire import wire_time
from sealbreak_server.model.facts import Facts
from sealbreak_server.model.hit import Hit, Kind
from sealbreak_server.model.preferences import DAY
from sealbreak_server.model.registration import read_registration
from sealbreak_server.model.verdict import Actor, Verdict
from sealbreak_server.security.tokens import new_id
from sealbreak_server.storage import Storage, accounts
from sealbreak_server.storage.events import reader, scheduled
from sealbreak_server.storage.hits.recording import record_hits
from sealbreak_server.storage.preferences import put_preferences
from sealbreak_server.storage.registration import register
from sealbreak_server.storage.tables import Account
from support.server.process import registration

NOON = 1_800_014_400.0
"""2027-01-15T12:00:00Z"""
HUMAN = Verdict(Actor.HUMAN, "gmail-proxy", "gmail-image-proxy")
BEN = "ben@example.com"


class Timeline:
    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        self.account: Account = storage.transaction(accounts.the_account, "Ann", NOON)
        self.verdict = HUMAN

    def classify(self, facts: Facts) -> Verdict:
        return self.verdict

    def mail(
        self,
        *to: str | tuple[str, str],
        days_ago: float = 3,
        own_copies: bool = False,
        **more: object,
    ) -> str:
        """`to`: addresses, or pairs of an address and a name."""
        named = [(one, None) if isinstance(one, str) else one for one in to]
        people = [
            {"address": address, "name": name, "kind": "to", "copy": at if own_copies else 0}
            for at, (address, name) in enumerate(named, 1)
        ]
        sent_at = wire_time(NOON - days_ago * DAY)
        body = read_registration(registration(recipients=people, sent_at=sent_at, **more))
        message = new_id()
        number = self.account.id
        self.storage.transaction(register, self.classify, number, message, body, NOON)
        return message

    def hit(self, message: str, days_ago: float = 2, verdict: Verdict = HUMAN, copy: int = 0,
            kind: Kind = Kind.OPEN) -> None:  # fmt: skip
        self.verdict, moment = verdict, NOON - days_ago * DAY
        hit = Hit(kind, self.account.owner, message, copy, None, moment, "GET", "192.0.2.1", ())
        self.storage.transaction(record_hits, self.classify, [hit], moment)

    def prefer(self, **preferences: object) -> None:
        self.storage.transaction(put_preferences, self.account.id, preferences, NOON - DAY)

    def emit_due(self, seconds: float = 0) -> frozenset[str]:
        return self.storage.transaction(scheduled.emit_due, NOON + seconds).owners

    def events(self, kind: str) -> list[dict[str, Any]]:
        rows = self.storage.query(reader.events_after, self.account.id, 0, 100)
        return [event for _, body in rows if (event := json.loads(body))["kind"] == kind]
