from sealbreak_server.model.hit import Hit
from sealbreak_server.storage import Storage
from sealbreak_server.storage.hits.classifying import decide_on
from sealbreak_server.storage.hits.contexts import context_of
from sealbreak_server.storage.hits.mappers import read_messages
from sealbreak_server.storage.lists import messages
from sealbreak_server.storage.tables import Event
from support.server.account import NOW, AccountBuilder, as_human, as_machine


def test_an_open_that_no_longer_counts_makes_an_older_one_count(storage: Storage) -> None:
    """The decision reads it, though it lies outside of the context, and writes nothing."""
    builder = AccountBuilder(storage)
    builder.register()
    first, second = builder.hit(), builder.hit(600)

    def by_time(hit: Hit) -> bool:
        return hit.time == first.time

    builder.record(first)
    builder.record(second)
    found = storage.query(messages.hits, builder.account.owner, builder.message)
    fresh = [record for record in found if by_time(record.hit)]
    message = read_messages([builder.message])[builder.message]
    context, decision = decide_on(as_machine, context_of(message, fresh), fresh, NOW, arrived=False)
    assert [record.number for record in context.classified_hits] == [1, 2]
    assert [event.kind for event in decision.events][:1] == ["corrected"]
    assert Event.select().count() == len(builder.events())
    _, same = decide_on(as_human, context_of(message, fresh), fresh, NOW, arrived=False)
    assert same.events == ()
