"""Each copy has a state of its own: what the reader of one does says nothing about another."""

import pytest
from sealbreak_server.model.hit import Kind
from sealbreak_server.model.open_state import HitTotals, OpenState
from sealbreak_server.model.verdict import Actor, Verdict
from sealbreak_server.storage import Storage
from sealbreak_server.storage.lists.copies import Copy, copies_of
from sealbreak_server.storage.registration import opt_out, withdraw
from support.server.account import HUMAN, MACHINE, NOW, AccountBuilder, as_human

APPLE = Verdict(Actor.MACHINE, "apple-mpp", "apple-proxy")
PEOPLE = [
    {"address": f"p{copy}@example.com", "name": None, "kind": "to", "copy": copy}
    for copy in range(1, 6)
]


@pytest.fixture
def builder(storage: Storage) -> AccountBuilder:
    """A mail with five copies, of which the first three were loaded or followed."""
    builder = AccountBuilder(storage)
    builder.register(recipients=PEOPLE)
    builder.record_as(HUMAN, copy=1)
    builder.record_as(APPLE, copy=2)
    builder.record_as(MACHINE, 500, copy=3)
    builder.record_as(HUMAN, 900, copy=3, kind=Kind.CLICK, link=1)
    storage.transaction(opt_out, as_human, builder.message, 4, NOW)
    return builder


def copies(builder: AccountBuilder) -> dict[int, Copy]:
    view = builder.shown()
    return builder.storage.query(copies_of, [view])[view.id]


def test_each_copy_has_the_state_of_its_own_hits(builder: AccountBuilder) -> None:
    assert {number: copy.state for number, copy in copies(builder).items()} == {
        1: OpenState.OPENED,
        2: OpenState.UNKNOWABLE,
        3: OpenState.CLICKED,
        4: OpenState.NOT_TRACKED,
        5: OpenState.NOT_OPENED,
    }


def test_totals_are_those_of_the_copy(builder: AccountBuilder) -> None:
    found = copies(builder)
    assert found[2].totals == HitTotals(apple=1, machines=1)
    assert found[3].totals == HitTotals(clicks=1, machines=1)


def test_no_copy_of_a_mail_that_did_not_leave_has_another_state(builder: AccountBuilder) -> None:
    builder.storage.transaction(withdraw, int(builder.account.id), builder.message, True)
    assert {copy.state for copy in copies(builder).values()} == {OpenState.NOT_SENT}
