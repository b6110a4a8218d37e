"""An account with one message and what happens to it, straight in a database, for tests."""

from collections.abc import Callable

from sealbreak_server.model.facts import Facts
from sealbreak_server.model.hit import Hit, Kind
from sealbreak_server.model.registration import read_registration
from sealbreak_server.model.verdict import Actor, Verdict
from sealbreak_server.security.tokens import new_id
from sealbreak_server.storage import Storage, accounts
from sealbreak_server.storage.events import reader
from sealbreak_server.storage.hits.commits import CommitResult
from sealbreak_server.storage.hits.recording import record_hits, take_in
from sealbreak_server.storage.lists import messages
from sealbreak_server.storage.registration import register
from sealbreak_server.storage.tables import Account
from support.server.process import registration

NOW = 1_800_000_000.0
HUMAN = Verdict(Actor.HUMAN, "direct", "reader")
MACHINE = Verdict(Actor.MACHINE, "barracuda", "mail-filter-network")


def as_human(facts: Facts) -> Verdict:
    return HUMAN


def as_machine(facts: Facts) -> Verdict:
    return MACHINE


class AccountBuilder:
    def __init__(self, storage: Storage, name: str = "Ann") -> None:
        self.storage = storage
        self.account: Account = storage.transaction(accounts.account_named, name, NOW)
        self.message = new_id()

    def register(self, **changes: object) -> tuple[bool, CommitResult, messages.MessageView]:
        body = read_registration(registration(**changes))
        return self.storage.transaction(
            register, as_human, self.account.id, self.message, body, NOW
        )

    def hit(self, seconds: float = 0, **more: object) -> Hit:
        hit = Hit(
            Kind.OPEN, self.account.owner, self.message, 0, None, NOW + seconds, "GET",
            "192.0.2.1", (("user-agent", "Firefox"),),
        )  # fmt: skip
        return hit._replace(**more)  # type: ignore[arg-type]

    def record(
        self,
        *hits: Hit,
        classify: Callable[[Facts], Verdict] = as_human,
        batch: str | None = None,
    ) -> CommitResult:
        if batch is not None:
            return self.storage.transaction(take_in, classify, {batch: hits}, NOW)
        return self.storage.transaction(record_hits, classify, hits, NOW)

    def record_as(self, verdict: Verdict, seconds: float = 0, **more: object) -> None:
        self.record(self.hit(seconds, **more), classify=lambda facts: verdict)

    def events(self) -> list[int]:
        rows = self.storage.query(reader.events_after, self.account.id, 0, 100)
        return [number for number, _ in rows]

    def shown(self) -> messages.MessageView:
        return self.storage.query(messages.view, self.account.id, self.message)
