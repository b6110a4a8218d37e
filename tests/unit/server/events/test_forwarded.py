"""A second network or country: perhaps the mail was forwarded."""

import pytest
from sealbreak_server.events.forwarded import Place, perhaps_forwarded

HOME = Place("192.0.0.0/16", "DE")
OFFICE = Place("198.51.0.0/16", "DE")
ABROAD = Place("203.0.0.0/16", "FR")
HIDDEN = Place()


@pytest.mark.parametrize(
    ("place", "earlier", "readers", "expected"),
    [
        (HOME, [], 1, False),
        (HOME, [HOME], 1, False),
        (OFFICE, [HOME], 1, True),
        (ABROAD, [HOME, HOME], 1, True),
        (Place(None, "FR"), [HOME], 1, True),
        (Place("192.0.0.0/16", "FR"), [HOME], 1, True),
        (HIDDEN, [HOME], 1, False),
        (HOME, [HIDDEN], 1, False),
        (HOME, [OFFICE, HOME], 1, False),
        (OFFICE, [HOME], 0, True),
    ],
)
def test_a_place_that_was_not_seen_before_is_perhaps_a_forward(
    place: Place, earlier: list[Place], readers: int, expected: bool
) -> None:
    assert perhaps_forwarded(place, earlier, readers) is expected


def test_each_reader_of_a_shared_copy_has_a_place() -> None:
    assert not perhaps_forwarded(OFFICE, [HOME], 2)
    assert perhaps_forwarded(ABROAD, [HOME, OFFICE], 2)
