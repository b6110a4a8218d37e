"""Whether a mail was perhaps forwarded: a second network or country read it. Pure.

A reader who changes from one network to another looks the same, so it is never more than perhaps.
"""

from collections.abc import Iterable
from typing import NamedTuple

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
    before = list(earlier)
    return _is_one_more(place.network, [one.network for one in before], readers) or _is_one_more(
        place.country, [one.country for one in before], readers
    )


def _is_one_more(here: str | None, before: list[str | None], readers: int) -> bool:
    known = {one for one in before if one is not None}
    return here is not None and here not in known and len(known) >= max(readers, 1)
