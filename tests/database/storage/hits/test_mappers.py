from sealbreak_server.model.context import ClassifiedHit
from sealbreak_server.model.hit import Kind
from sealbreak_server.model.message import Link, Recipient
from sealbreak_server.model.verdict import Actor, Verdict
from sealbreak_server.storage import Storage
from sealbreak_server.storage.engine.statements import as_tuples, insert_rows
from sealbreak_server.storage.hits.mappers import (
    classified_hit_of,
    classified_hits,
    hit_row,
    read_messages,
    verdict_row,
)
from sealbreak_server.storage.tables import Hit as HitRow
from sealbreak_server.storage.tables import Verdict as VerdictRow
from support.server.account import NOW, AccountBuilder

VERDICT = Verdict(
    Actor.HUMAN, "direct", "reader", ("One thing.", "Another."), "Firefox on Linux", "FR", "Orange",
    device_known=True, location_known=True, sure=False, rules=2,
)  # fmt: skip


def test_a_hit_comes_back_as_it_was_kept(storage: Storage) -> None:
    builder = AccountBuilder(storage)
    agent = ("user-agent", "Caf\xe9/1.0")
    hit = builder.hit(0.25, kind=Kind.CLICK, copy=3, link=2, own_click=True, headers=(agent, agent))
    insert_rows(HitRow, [hit_row(7, hit)])
    assert [classified_hit_of(row) for row in as_tuples(classified_hits())] == [
        ClassifiedHit(7, hit)
    ]


def test_what_was_made_of_it_comes_back_too(storage: Storage) -> None:
    hit = AccountBuilder(storage).hit()
    record = ClassifiedHit(7, hit, VERDICT, counted=True, due=NOW + 4, event=12)
    insert_rows(HitRow, [hit_row(7, hit)])
    insert_rows(VerdictRow, [verdict_row(record)])
    assert [classified_hit_of(row) for row in as_tuples(classified_hits())] == [record]


def test_a_message_has_its_recipients_and_links_in_order(storage: Storage) -> None:
    builder = AccountBuilder(storage)
    people = [
        {"address": f"{name}@example.com", "name": None, "kind": "to", "copy": copy}
        for name, copy in (("cleo", 2), ("ann", 0), ("ben", 1))
    ]
    links = [{"n": n, "url": f"https://example.com/{n}", "hidden": n == 2} for n in (2, 1)]
    builder.register(recipients=people, links=links)
    message = storage.query(read_messages, [builder.message])[builder.message]
    assert [person.address.partition("@")[0] for person in message.recipients] == [
        "cleo", "ann", "ben",
    ]  # fmt: skip
    assert message.links == (
        Link(1, "https://example.com/1"), Link(2, "https://example.com/2", hidden=True),
    )  # fmt: skip


def test_the_time_of_a_scheduled_message_is_when_it_leaves(storage: Storage) -> None:
    builder = AccountBuilder(storage)
    builder.register(sent_at="2026-11-01T09:00:00Z", scheduled_for="2026-11-02T09:00:00Z")
    assert storage.query(read_messages, [builder.message])[builder.message].sent_at == 1793610000.0


def test_each_message_has_its_own_parts_and_unknown_ids_are_left_out(storage: Storage) -> None:
    ann, ben = AccountBuilder(storage), AccountBuilder(storage, "Ben")
    ann.register(subject="From Ann", links=[])
    ben.register(subject="From Ben", recipients=[])
    found = storage.query(read_messages, [ann.message, "a" * 16, ben.message])
    assert {message.subject for message in found.values()} == {"From Ann", "From Ben"}
    assert found[ann.message].recipients == (Recipient("ann@example.com", "Ann", "to", 0),)
    assert (found[ben.message].owner, found[ben.message].recipients) == (ben.account.owner, ())
