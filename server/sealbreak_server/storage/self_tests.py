"""Test mails to oneself, and who has asked for their pictures."""

from sealbreak_server.model.self_test import SelfTest, SelfTestVisit, Visitor
from sealbreak_server.storage import remains
from sealbreak_server.storage.accounts import raise_device_changes
from sealbreak_server.storage.engine.statements import as_tuples
from sealbreak_server.storage.tables import SelfTest as SelfTestRow
from sealbreak_server.storage.tables import SelfTestVisit as VisitRow

MOST = 5
"""Test mails of an account that are kept, and one that Gmail opened."""
ADDRESS_SECONDS = 24 * 3600
GMAIL, OTHER, DEVICE = "gmail", "other", "device"


def add(account: int, nonce: str, public_url: str, now: float, expires_at: float) -> None:
    known = self_tests_of(account)
    proofs, others = ([t for t in known if bool(t.gmail) is has] for has in (True, False))
    for old in (*proofs[1:], *others[MOST - 1 :]):
        SelfTestRow.delete().where(SelfTestRow.nonce == old.nonce).execute()
    SelfTestRow.create(
        nonce=nonce, account=account, public_url=public_url, made_at=now, expires_at=expires_at
    )


def self_tests_of(account: int | None = None) -> list[SelfTest]:
    """Newest first; without an account, those of all."""
    columns = (
        SelfTestRow.nonce, SelfTestRow.public_url, SelfTestRow.made_at, SelfTestRow.expires_at
    )  # fmt: skip
    query = SelfTestRow.select(*columns).order_by(SelfTestRow.made_at.desc())
    rows = as_tuples(query if account is None else query.where(SelfTestRow.account == account))
    return [_test(*row) for row in rows]


def _test(nonce: str, public_url: str, made_at: float, expires_at: float) -> SelfTest:
    found = _visits(nonce)
    visits = (found.get(kind) for kind in (GMAIL, OTHER, DEVICE))
    return SelfTest(nonce, public_url, made_at, expires_at, *visits)


def _visits(nonce: str) -> dict[str, SelfTestVisit]:
    columns = (VisitRow.kind, VisitRow.time, VisitRow.address, VisitRow.visitor, VisitRow.host)
    rows = as_tuples(VisitRow.select(*columns).where(VisitRow.test == nonce))
    return {
        kind: SelfTestVisit(time, address, Visitor(visitor), host)
        for kind, time, address, visitor, host in rows
    }


def note_picture(nonce: str, visit: SelfTestVisit) -> str | None:
    """Somebody asked for the picture of the mail. Returns the account's owner."""
    return _note(nonce, GMAIL if visit.visitor is Visitor.GMAIL else OTHER, visit)


def note_device(nonce: str, visit: SelfTestVisit) -> str | None:
    """Somebody opened the page of the test. Returns the account's owner."""
    return _note(nonce, DEVICE, visit)


def _note(nonce: str, kind: str, visit: SelfTestVisit) -> str | None:
    """`None` for a test mail that is not known, or no longer."""
    test: SelfTestRow | None = SelfTestRow.get_or_none(
        SelfTestRow.nonce == nonce, SelfTestRow.expires_at > visit.time
    )
    if test is None:
        return None
    values = {
        VisitRow.test: nonce, VisitRow.kind: kind, VisitRow.time: visit.time,
        VisitRow.address: visit.address, VisitRow.visitor: visit.visitor, VisitRow.host: visit.host,
    }  # fmt: skip
    insert = VisitRow.insert(values)
    key = (VisitRow.test, VisitRow.kind)
    if kind == GMAIL:
        insert.on_conflict_ignore().execute()
    else:
        insert.on_conflict(conflict_target=key, update=values).execute()
    raise_device_changes(test.account_id)
    return str(test.account.owner)


def delete_old(now: float) -> None:
    """Test mails that expired without a proof, and the addresses of visitors after a day."""
    proven = VisitRow.select(VisitRow.test).where(VisitRow.kind == GMAIL)
    unproven = (SelfTestRow.expires_at <= now) & SelfTestRow.nonce.not_in(proven)
    gone = SelfTestRow.delete().where(unproven).execute()
    stale = (VisitRow.time < now - ADDRESS_SECONDS) & (VisitRow.address != "")
    gone += VisitRow.update(address="").where(stale).execute()
    if gone:
        remains.note()
