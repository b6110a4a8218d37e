import pytest
from sealbreak_server.model.context import SETTLE_SECONDS
from sealbreak_server.model.facts import Facts
from sealbreak_server.model.verdict import Actor, Verdict
from sealbreak_server.storage import Storage
from sealbreak_server.storage.hits.commits import next_due
from sealbreak_server.storage.hits.unsettled import settle
from support.server.account import NOW, AccountBuilder


def unsure(facts: Facts) -> Verdict:
    return Verdict(Actor.HUMAN, "direct", "reader", sure=False)


@pytest.fixture
def builder(storage: Storage) -> AccountBuilder:
    return AccountBuilder(storage)


def test_a_clock_that_is_set_back_delays_no_waiting_hit(builder: AccountBuilder) -> None:
    builder.register()
    assert builder.record(builder.hit(), classify=unsure).due == NOW + SETTLE_SECONDS
    then = NOW - 3600
    assert builder.storage.transaction(next_due, then) == then
    result = builder.storage.transaction(settle, unsure, then)
    assert (builder.events(), result.due) == ([1], None)
