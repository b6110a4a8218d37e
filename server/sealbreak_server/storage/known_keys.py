"""Which server keys this database was used with, so that lost keys are noticed.

The keys themselves are not stored: a copy of the database must not sign links.
"""

import hashlib
from collections.abc import Iterable

from sealbreak_server.storage.tables import Account, Counter

_PREFIX = "key "


def fingerprint(key: bytes) -> str:
    """48 bits, which fit into the name of a counter: enough to tell a few keys apart."""
    return hashlib.sha256(b"fingerprint" + key).hexdigest()[:12]


def known_keys() -> set[str]:
    """Fingerprints. Empty for a database that an earlier version used last."""
    rows = Counter.select(Counter.name).where(Counter.name.startswith(_PREFIX))
    return {row.name.removeprefix(_PREFIX) for row in rows}


def remember_keys(fingerprints: Iterable[str]) -> None:
    for one in sorted(set(fingerprints) - known_keys()):
        Counter.insert(name=_PREFIX + one, value=0).on_conflict_ignore().execute()


def has_accounts() -> bool:
    return bool(Account.select().exists())
