import asyncio
from pathlib import Path

import pytest
from sealbreak_server.storage import Storage, accounts
from sealbreak_server.storage.hits.recording import record_hits
from sealbreak_server.storage.lists import messages
from sealbreak_server.storage.tables import Account, OptOut
from support.server.account import NOW, AccountBuilder, as_human


def count() -> int:
    return int(OptOut.select().count())


def name_of_account() -> str:
    return str(Account.select(Account.name).scalar())


def test_two_open_stores_answer_each_for_itself(url: str, tmp_path: Path) -> None:
    """One on SQLite and one on PostgreSQL; the one opened last does not replace the first."""
    first, second = Storage.at("", tmp_path), Storage.at(url, tmp_path)
    for store, name in ((first, "Ann"), (second, "Ben")):
        store.transaction(accounts.the_account, name, NOW)
    assert (first.query(name_of_account), second.query(name_of_account)) == ("Ann", "Ben")
    changed = first.query(accounts.changes), second.query(accounts.changes)
    assert changed[0].keys() != changed[1].keys()

    async def from_all_threads() -> list[str]:
        stores = (first, second) * 20
        return await asyncio.gather(*(store.read(name_of_account) for store in stores))

    assert asyncio.run(from_all_threads()) == ["Ann", "Ben"] * 20
    first.close()
    assert second.query(name_of_account) == "Ben"
    second.close()


def test_cached_statements_of_two_stores_write_at_the_same_time(url: str, tmp_path: Path) -> None:
    stores = Storage.at("", tmp_path), Storage.at(url, tmp_path)
    builders = [AccountBuilder(store, name) for store, name in zip(stores, "AB", strict=True)]

    async def hits(builder: AccountBuilder, count: int) -> None:
        for at in range(count):
            await builder.storage.write(record_hits, as_human, [builder.hit(at)], NOW)

    async def both() -> None:
        await asyncio.gather(hits(builders[0], 5), hits(builders[1], 7))

    for builder in builders:
        builder.register()
    asyncio.run(both())
    found = [
        len(s.query(messages.hits, b.account.owner, b.message))
        for s, b in zip(stores, builders, strict=True)
    ]
    assert found == [5, 7]
    for store in stores:
        store.close()


def test_a_store_within_the_job_of_another_leaves_it_its_database(tmp_path: Path) -> None:
    first, second = Storage.at("", tmp_path / "1"), Storage.at("", tmp_path / "2")
    second.transaction(accounts.the_account, "Ben", NOW)

    def both() -> tuple[str, str, str]:
        accounts.the_account("Ann", NOW)
        return name_of_account(), second.query(name_of_account), name_of_account()

    assert first.transaction(both) == ("Ann", "Ben", "Ann")
    first.close()
    second.close()


def test_a_query_outside_of_a_job_is_refused() -> None:
    for query in (name_of_account, lambda: accounts.is_revoked("a" * 16)):
        with pytest.raises(RuntimeError, match="outside of a job"):
            query()
