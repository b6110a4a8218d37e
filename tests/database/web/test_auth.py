import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sealbreak_server.app import make_services
from sealbreak_server.errors import NotSignedInError, TooManyError
from sealbreak_server.security.rate_limit import RateBucket
from sealbreak_server.settings import read_settings
from sealbreak_server.storage import accounts
from sealbreak_server.storage.tables import OwnAddress
from sealbreak_server.web import auth
from sealbreak_server.web.auth import Authenticator, is_public
from starlette.requests import HTTPConnection
from support.server.account import NOW

HOME = "84.130.20.7"


class Gate:
    """An authenticator, a paired device and a clock."""

    def __init__(self, data: Path, public_url: str = "") -> None:
        self.now = NOW
        settings = read_settings({"data": str(data), "public_url": public_url}, {})
        self.services = make_services(settings, clock=lambda: self.now)
        self.authenticator = Authenticator(self.services)
        code = self.services.storage.transaction(accounts.new_pairing, None, "Ann", NOW)
        self.token, self.principal = self.services.storage.transaction(
            accounts.pair, code, "A laptop", "api", NOW
        )

    def ask(self, authorization: str | None = None, address: str = HOME) -> accounts.Principal:
        given = f"Bearer {self.token}" if authorization is None else authorization
        headers = [(b"authorization", given.encode("latin-1"))] if given else []
        connection = HTTPConnection({"type": "http", "headers": headers, "client": (address, 1)})
        return asyncio.run(self.authenticator.of_request(connection))

    def seen(self) -> list[tuple[str, float]]:
        def read() -> list[tuple[str, float]]:
            return [(row.address, row.seen_at) for row in OwnAddress.select()]

        return self.services.storage.query(read)


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Gate]:
    made = Gate(tmp_path)
    yield made
    made.services.storage.close()


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_a_device_is_authenticated_by_its_token(gate: Gate, scheme: str) -> None:
    assert gate.ask(f"{scheme} {gate.token}") == gate.principal


@pytest.mark.parametrize(
    "given", ["", "Bearer", "Bearer ", "Basic {}", "{}", "Bearer {}x", "Bearer é"]
)
def test_other_tokens_are_refused(gate: Gate, given: str) -> None:
    with pytest.raises(NotSignedInError, match="Pair this device again"):
        gate.ask(given.format(gate.token) or "-")


def test_a_rate_limited_device_gets_the_time_to_retry(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket = RateBucket(2, 10.0)
    monkeypatch.setattr(gate.authenticator, "_requests", bucket)
    gate.ask()
    gate.ask()
    with pytest.raises(TooManyError) as caught:
        gate.ask()
    assert caught.value.retry_after == 11
    gate.now += 11
    assert gate.ask() == gate.principal


def test_the_address_of_a_device_is_written_every_five_minutes(gate: Gate) -> None:
    for seconds in (0, 299, 301):
        gate.now = NOW + seconds
        gate.ask()
        assert gate.seen() == [(HOME, NOW if seconds < 300 else NOW + 301)]


def test_the_address_of_a_device_is_written_if_the_clock_is_set_back(gate: Gate) -> None:
    gate.ask()
    gate.now = NOW - 86_400
    gate.ask()
    assert gate.seen() == [(HOME, NOW - 86_400)]


def test_each_address_of_a_device_is_stored(gate: Gate) -> None:
    gate.ask()
    gate.ask(address="84.130.20.9")
    assert {address for address, _ in gate.seen()} == {HOME, "84.130.20.9"}


def test_only_the_newest_addresses_are_remembered(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auth, "MAX_TOUCHED", 2)
    for last in (1, 2, 1, 3):
        gate.now += auth.TOUCH_SECONDS
        gate.ask(address=f"84.130.20.{last}")
    assert [address for _, address in gate.authenticator._touched] == ["84.130.20.1", "84.130.20.3"]


def test_a_private_address_is_not_stored(gate: Gate) -> None:
    gate.ask(address="192.168.1.20")
    assert gate.seen() == []


def test_a_read_only_database_does_not_refuse_devices(gate: Gate, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "sealbreak.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert gate.ask() == gate.principal
    assert gate.seen() == []
    gate.ask()
    assert gate.seen() == [(HOME, NOW)]


@pytest.mark.parametrize(
    ("url", "name"),
    [("https://track.example.com", "__Host-sealbreak"), ("http://127.0.0.1:8787", "sealbreak")],
)
def test_on_https_the_cookie_is_bound_to_its_host(tmp_path: Path, url: str, name: str) -> None:
    gate = Gate(tmp_path, url)
    assert gate.authenticator.cookie_name == name
    gate.services.storage.close()


@pytest.mark.parametrize(
    ("address", "public"),
    [
        (HOME, True),
        ("2a01:e00::1", True),
        ("127.0.0.1", False),
        ("100.64.0.1", False),
        ("fe80::1", False),
        ("", False),
        ("unknown", False),
    ],
)
def test_public_addresses_are_recognized(address: str, public: bool) -> None:
    assert is_public(address) is public
