import json

import pytest
from sealbreak_server.storage import Storage, accounts, erasure, retention
from sealbreak_server.storage.export import export_account
from sealbreak_server.storage.hits.mappers import NO_HEADERS
from sealbreak_server.storage.tables import Hit as HitRow
from support.server.account import NOW, AccountBuilder

DAY = 86_400.0


BEN, CLEO = "ben@example.com", "cleo@example.com"


@pytest.fixture
def builder(storage: Storage) -> AccountBuilder:
    return AccountBuilder(storage)


def erase_recipient(builder: AccountBuilder, address: str) -> int:
    return len(
        builder.storage.transaction(erasure.erase_recipient, builder.account.id, address, NOW)
    )


def forget_evidence(builder: AccountBuilder, days: float) -> int:
    """So many days after `NOW`; of how many hits it is left."""
    begin: retention.Place | None = retention.BEGINNING
    while begin is not None:
        begin = builder.storage.transaction(retention.delete_evidence, NOW + days * DAY, begin)
    return HitRow.select().where(HitRow.headers != NO_HEADERS).count()


def test_an_export_is_json_of_every_table_and_without_secrets(builder: AccountBuilder) -> None:
    builder.register()
    builder.record(builder.hit())
    code = builder.storage.transaction(accounts.new_pairing, None, "Ann", NOW)
    secret, principal = builder.storage.transaction(accounts.pair, code, "A laptop", "api", NOW)
    parts = builder.storage.transaction(lambda: dict(export_account(builder.account)))
    for name in ("messages", "recipients", "links", "hits", "verdicts", "events", "devices"):
        assert len(json.loads(json.dumps(parts[name]))) == 1, name
    assert principal.device in str(parts["devices"])
    assert secret not in str(parts)
    assert "token_hash" not in str(parts)


def test_an_export_holds_nothing_of_another_account(builder: AccountBuilder) -> None:
    other = AccountBuilder(builder.storage, "Ben")
    other.register(subject="Of Ben")
    other.record(other.hit())
    parts = builder.storage.transaction(lambda: dict(export_account(builder.account)))
    assert [name for name, part in parts.items() if name != "account" and part] == []
