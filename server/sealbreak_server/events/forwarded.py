"""Whether a mail was perhaps forwarded: a second network or country read it. Pure.

A reader who changes from one network to another looks the same, so it is never more than perhaps.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from sealbreak_server.model.context import ClassifiedHit
from sealbreak_server.model.message import Message
from sealbreak_server.model.verdict import Actor
from sealbreak_server.model.visit import count_networks

PERHAPS_FORWARDED = "perhaps forwarded"


class Place(NamedTuple):
    """Where a reader was, as far as the request shows it: behind a proxy or a VPN it does not."""

    network: str | None = None
    country: str | None = None


def perhaps_forwarded(place: Place, earlier: Iterable[Place], readers: int) -> bool:
    """Whether this place is one more than the readers of the copy account for.

    `earlier`: where the copy was read before. `readers`: how many people share the copy. Each of
    them has a place of their own, and nobody is known to have two.
    """
    before, enough = list(earlier), max(readers, 1)
    networks = {one.network for one in before if one.network}
    countries = {one.country for one in before if one.country}
    return (
        place.network is not None
        and place.network not in networks
        and count_networks([*networks, place.network]) > max(count_networks(networks), enough)
    ) or (place.country is not None and place.country not in countries and len(countries) >= enough)


def forwarded_hits(classified_hits: Iterable[ClassifiedHit], message: Message) -> set[int]:
    """The numbers of the readers' hits of a message, oldest first, that were perhaps forwarded.

    By the owners of the networks, as addresses are deleted after a day.
    """
    found: set[int] = set()
    earlier: dict[int, list[Place]] = defaultdict(list)
    for classified in classified_hits:
        verdict, copy = classified.verdict, classified.hit.copy
        if verdict is None or verdict.actor is not Actor.HUMAN or not verdict.location_known:
            continue
        place = Place(verdict.network, verdict.country)
        if perhaps_forwarded(place, earlier[copy], len(message.readers(copy))):
            found.add(classified.number)
        earlier[copy].append(place)
    return found
