from collections.abc import Callable
from typing import Any

import pytest
from sealbreak_server.storage import Storage
from sealbreak_server.storage.known_keys import (
    fingerprint,
    has_accounts,
    known_keys,
    remember_keys,
)
from support.server.account import AccountBuilder

ONE, TWO = fingerprint(b"a" * 32), fingerprint(b"b" * 32)


@pytest.fixture
def run(storage: Storage) -> Callable[..., Any]:
    return storage.transaction


def test_fingerprints_are_remembered_once_each(run: Callable[..., Any]) -> None:
    assert run(known_keys) == set()
    run(remember_keys, [ONE])
    run(remember_keys, [ONE, TWO])
    assert run(known_keys) == {ONE, TWO}


def test_a_fingerprint_shows_nothing_of_its_key() -> None:
    assert ONE != TWO
    assert (b"a" * 32).hex()[:6] not in ONE


def test_a_database_with_an_account_is_known(run: Callable[..., Any], storage: Storage) -> None:
    assert not run(has_accounts)
    AccountBuilder(storage)
    assert run(has_accounts)
