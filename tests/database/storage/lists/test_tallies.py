import pytest
from sealbreak_server.model.facts import Facts
from sealbreak_server.model.hit import Hit, Kind
from sealbreak_server.model.message import Link, Recipient
from sealbreak_server.model.preferences import DAY
from sealbreak_server.model.registration import Registration
from sealbreak_server.model.verdict import Actor, Verdict
from sealbreak_server.security.tokens import new_id
from sealbreak_server.storage import Storage, accounts
from sealbreak_server.storage.hits import recording
from sealbreak_server.storage.lists import charts, tallies
from sealbreak_server.storage.lists.charts import Days, Span
from sealbreak_server.storage.registration import register

SENT = 1_800_000_000.0
"""A Friday, 8:00 UTC."""
THREE = Days(int(SENT // DAY), 3)
"""Days, the first of them the Friday."""
OFFER = "https://example.com/offer"
NO_GMAIL = (None,) * 5


def classify(facts: Facts) -> Verdict:
    """As the address says: these tests are about counting."""
    if facts.address == "apple":
        return Verdict(Actor.MACHINE, "apple-mpp", "apple", rules=1)
    return Verdict(Actor.HUMAN, "direct", "browser", rules=1)


class AccountBuilder:
    """Sends and has it read, past the API."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        account = storage.transaction(accounts.the_account, "Ann", SENT)
        self.account, self.owner = int(account.id), str(account.owner)

    def send(self, sent_at: float = SENT, links: int = 0, level: str = "full") -> str:
        message = new_id()
        targets = tuple(Link(n, OFFER) for n in range(1, links + 1))
        ann = Recipient("ann@example.com", None, "to", 0)
        registration = Registration("Offer", (ann,), targets, sent_at, None, level, *NO_GMAIL)
        self.storage.transaction(register, classify, self.account, message, registration, sent_at)
        return message

    def hit(self, message: str, time: float, link: int | None = None, by: str = "ann") -> None:
        kind = Kind.CLICK if link else Kind.OPEN
        hit = Hit(kind, self.owner, message, 0, link, time, "GET", by, (), False)
        self.storage.transaction(recording.record_hits, classify, [hit], time)

    def spans(self, days: Days = THREE) -> list[Span]:
        """Of a day each."""
        return self.storage.query(charts.spans, self.account, days, days.count)


@pytest.fixture
def builder(storage: Storage) -> AccountBuilder:
    return AccountBuilder(storage)


def test_tallies_are_of_all_hits_of_a_message(builder: AccountBuilder) -> None:
    mail = builder.send(links=2)
    builder.hit(mail, SENT + 100, link=2)
    builder.hit(mail, SENT + 200, by="apple")
    found = builder.storage.query(tallies.of_message, mail)
    assert {(t.kind, t.link, t.actor, t.hits, t.counted) for t in found} == {
        ("click", 2, "human", 1, 1),
        ("open", None, "machine", 1, 0),
    }
