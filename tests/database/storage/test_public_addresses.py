from sealbreak_server.storage import Storage
from sealbreak_server.storage.public_addresses import (
    MOST,
    former_addresses,
    note_public_address,
)

HERE = "https://here.example.com"


def test_a_server_that_never_moved_has_no_former_address(storage: Storage) -> None:
    storage.transaction(note_public_address, HERE, 1.0)
    storage.transaction(note_public_address, HERE, 2.0)
    assert storage.query(former_addresses, HERE) == []


def test_the_latest_former_addresses_are_named_first(storage: Storage) -> None:
    earlier = [f"https://{number}.example.com" for number in range(MOST + 5)]
    for time, address in enumerate([*earlier, earlier[0], HERE]):
        storage.transaction(note_public_address, address, float(time))
    found = storage.query(former_addresses, HERE)
    assert found == [earlier[0], *earlier[:0:-1]][:MOST]
