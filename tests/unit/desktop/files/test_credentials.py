import threading
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked
from sealbreak_desktop.errors import CredentialsError, KeyringLockedError, NoKeyringError
from sealbreak_desktop.files.credentials import (
    Keyring,
    TokenFile,
    call_with_timeout,
    credentials_in,
    start_call,
)


class MemoryKeyring(KeyringBackend):
    priority = 1.0

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> MemoryKeyring:
    backend = MemoryKeyring()
    monkeypatch.setattr(keyring.core, "_keyring_backend", backend)
    return backend


@pytest.mark.parametrize("damage", [b"\x00\x00", b"\xff\xfe", b"\n"])
def test_a_damaged_file_holds_no_token(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "token").write_bytes(damage)
    assert TokenFile(tmp_path / "token").load() is None


def test_a_keyring_returns_the_token_it_stored(memory: MemoryKeyring) -> None:
    store = credentials_in("keyring", Path("unused"), "https://example.com")
    store.save("secret")
    assert store.load() == "secret"
    store.delete()
    assert store.load() is None


def test_each_server_has_its_own_token(memory: MemoryKeyring) -> None:
    Keyring("https://one.example").save("one")
    assert Keyring("https://two.example").load() is None


def test_a_keyring_that_blocks_times_out() -> None:
    never = threading.Event()
    with pytest.raises(KeyringLockedError, match="--token-file"):
        call_with_timeout(0.05, never.wait)
    never.set()


def test_a_call_that_timed_out_ends_quietly() -> None:
    gate = threading.Event()
    asked = start_call(lambda: gate.wait(5))
    assert not asked.cancel()
    gate.set()
    assert asked.result(5)


def test_a_locked_keyring_says_so() -> None:
    def locked() -> None:
        raise KeyringLocked("dismissed")

    with pytest.raises(KeyringLockedError, match="Unlock it"):
        call_with_timeout(5, locked)


def test_a_missing_keyring_is_an_error_with_advice(monkeypatch: pytest.MonkeyPatch) -> None:
    from keyring.backends.fail import Keyring as NoneAtAll

    none = NoneAtAll()  # type: ignore[no-untyped-call]
    monkeypatch.setattr(keyring.core, "_keyring_backend", none)
    monkeypatch.setattr(keyring.core, "_detect_backend", lambda *_: none)
    with pytest.raises(NoKeyringError, match="gnome-keyring"):
        Keyring("https://example.com").load()


def test_any_other_failure_is_reported_without_its_text() -> None:
    def fail() -> None:
        raise ValueError("secret")

    with pytest.raises(CredentialsError) as caught:
        call_with_timeout(5, fail)
    assert "secret" not in str(caught.value)


def test_a_token_file_is_private(tmp_path: Path) -> None:
    store = TokenFile(tmp_path / "token")
    store.save("secret")
    assert store.load() == "secret"
    assert (tmp_path / "token").stat().st_mode & 0o777 == 0o600


def test_a_deleted_token_file_is_gone(tmp_path: Path) -> None:
    store = credentials_in("file", tmp_path / "token", "https://example.com")
    store.save("secret")
    store.delete()
    store.delete()
    assert store.load() is None
