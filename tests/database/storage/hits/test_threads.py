from sealbreak_server.model.message import Message
from sealbreak_server.security.tokens import new_id
from sealbreak_server.storage import Storage
from sealbreak_server.storage.hits import threads
from sealbreak_server.storage.hits.mappers import read_messages
from support.server.account import NOW, AccountBuilder


def in_thread(builder: AccountBuilder, at: str, thread: str | None = "thread-a:r1") -> str:
    """The tracking ID of one more message that was sent in the thread."""
    builder.message = new_id()
    builder.register(sent_at=at, thread_id=thread, gmail_thread_id=None)
    return builder.message


def message(storage: Storage, message: str) -> Message:
    return storage.query(read_messages, [message])[message]


def test_messages_of_a_thread_find_older_and_newer_ones(storage: Storage) -> None:
    builder = AccountBuilder(storage)
    first = in_thread(builder, "2026-01-05T09:00:00.000Z")
    second = in_thread(builder, "2026-01-05T10:00:00.000Z")
    assert storage.query(threads.older, message(storage, second)) == [first]
    assert list(storage.query(threads.newer, message(storage, first))) == [second]


def test_another_thread_and_none_at_all_are_no_company(storage: Storage) -> None:
    builder = AccountBuilder(storage)
    one = in_thread(builder, "2026-01-05T09:00:00.000Z")
    in_thread(builder, "2026-01-05T10:00:00.000Z", "thread-a:r2")
    alone = in_thread(builder, "2026-01-05T11:00:00.000Z", None)
    assert storage.query(threads.newer, message(storage, one)) == {}
    assert storage.query(threads.older, message(storage, alone)) == []


def test_loads_are_those_of_the_time_around(storage: Storage) -> None:
    builder = AccountBuilder(storage)
    message = in_thread(builder, "2026-01-05T09:00:00.000Z")
    builder.record(builder.hit(0), builder.hit(600))
    found = storage.query(threads.loads, [message], builder.account.owner, [(NOW, NOW)])
    assert [hit.time for hit in found] == [NOW]
