"""A second network or country: perhaps the mail was forwarded."""

from dataclasses import replace
from typing import Any

import pytest
from sealbreak_server.events.forwarded import Place, forwarded_hits, perhaps_forwarded
from sealbreak_server.model.context import ClassifiedHit
from sealbreak_server.model.verdict import Actor
from support.server.context import HUMAN, MESSAGE, a_hit

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


def read_in(number: int, network: str, country: str, **changes: Any) -> ClassifiedHit:
    verdict = replace(
        HUMAN, via="direct", network=network, country=country, location_known=True, **changes
    )
    return ClassifiedHit(number, a_hit(number), verdict)


def test_the_hits_of_a_mail_that_were_perhaps_forwarded_are_found() -> None:
    hits = [
        ClassifiedHit(0, a_hit(0), HUMAN),
        read_in(1, "Example Telecom", "DE"),
        read_in(2, "Example Telecom", "DE"),
        read_in(3, "Example Mobile", "DE"),
        read_in(4, "Example Telecom", "FR"),
        read_in(5, "Example Cloud", "US", actor=Actor.MACHINE),
        ClassifiedHit(6, a_hit(6), HUMAN),
        ClassifiedHit(7, a_hit(7)),
    ]
    assert forwarded_hits(hits, MESSAGE) == {3, 4}


def test_the_places_of_one_copy_say_nothing_about_another() -> None:
    first = read_in(1, "Example Telecom", "DE")
    other = read_in(2, "Example Mobile", "FR")
    other = replace(other, hit=a_hit(2, copy=3))
    assert forwarded_hits([first, other], MESSAGE) == set()
