from collections.abc import Callable
from typing import Any

import keyring
import pytest
from keyring.backends.fail import Keyring as NoneAtAll
from sealbreak_desktop.files import keyrings
from sealbreak_desktop.files.keyrings import KeyringState, keyring_backend, keyring_state


class Usable:
    """No subclass of `KeyringBackend`, which would stay registered for the other tests."""

    priority = 1.0


class Stopped:
    @property
    def priority(self) -> float:
        raise RuntimeError("its service does not run")


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The keyring that the library finds when it chooses again."""
    found = Usable()

    def choose() -> None:
        monkeypatch.setattr(keyring.core, "_keyring_backend", found)

    monkeypatch.setattr(keyring.core, "init_backend", choose)
    return found


@pytest.mark.parametrize("first", [NoneAtAll, Stopped])
def test_a_keyring_that_started_later_is_found(
    first: Callable[[], object], later: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyring.core, "_keyring_backend", first())
    assert keyring_backend() is later


def test_a_keyring_that_works_is_kept(later: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    working: Any = Usable()
    monkeypatch.setattr(keyring.core, "_keyring_backend", working)
    assert keyring_backend() is working


def test_no_keyring_and_a_stopped_one_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for backend in (NoneAtAll(), Stopped()):  # type: ignore[no-untyped-call]
        monkeypatch.setattr(keyrings, "keyring_backend", lambda found=backend: found)
        assert keyring_state() is KeyringState.NONE


def test_a_keyring_that_does_not_tell_counts_as_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyrings, "keyring_backend", Usable)
    assert keyring_state() is KeyringState.READY
