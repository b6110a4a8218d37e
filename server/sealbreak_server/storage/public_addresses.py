"""The public addresses that this server has had: older mails contain them."""

from sealbreak_server.storage.engine.statements import as_tuples
from sealbreak_server.storage.tables import PublicAddress

MOST = 20


def note_public_address(url: str, now: float) -> None:
    PublicAddress.insert(url=url, since=now).on_conflict(
        conflict_target=[PublicAddress.url], update={PublicAddress.since: now}
    ).execute()


def former_addresses(current: str) -> list[str]:
    """Latest first."""
    query = PublicAddress.select(PublicAddress.url).where(PublicAddress.url != current)
    return [url for (url,) in as_tuples(query.order_by(PublicAddress.since.desc()).limit(MOST))]


def newest_address() -> str | None:
    """The public address of the server that started last."""
    newest = PublicAddress.select(PublicAddress.url).order_by(PublicAddress.since.desc())
    url: str | None = newest.limit(1).scalar()
    return url
