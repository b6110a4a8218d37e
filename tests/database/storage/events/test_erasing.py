import json

from sealbreak_server.storage import Storage
from sealbreak_server.storage.events import reader
from sealbreak_server.storage.events.erasing import blank_events
from sealbreak_server.storage.tables import Event
from support.server.account import NOW, AccountBuilder


def test_blank_events_keep_their_numbers_and_their_account_is_told(storage: Storage) -> None:
    ann, ben = AccountBuilder(storage), AccountBuilder(storage, "Ben")
    for builder in (ann, ben):
        builder.register()
        builder.record(builder.hit())
    storage.transaction(
        lambda: blank_events(Event.select().where(Event.message == ann.message), NOW)
    )
    assert (ann.events(), ben.events()) == ([1], [1])
    ((_, body),) = storage.query(reader.events_after, ann.account.id, 0, 10)
    assert json.loads(body).keys() == {"version", "number", "kind", "time"}
    assert storage.query(reader.erased_after, ann.account.id, 0, 10) == [1]
    marks = [storage.query(reader.marks, builder.account.id) for builder in (ann, ben)]
    assert [mark.erasures for mark in marks] == [1, 0]
