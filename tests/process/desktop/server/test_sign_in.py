import asyncio
import threading
from collections.abc import Callable

import pytest
from sealbreak_desktop.errors import KeyringLockedError, NoKeyringError, SealbreakError
from sealbreak_desktop.files.keyrings import KeyringState
from sealbreak_desktop.server import sign_in
from sealbreak_desktop.server.sign_in import SignIn


class Store:
    """Plays a keyring: each call of `load` takes the next step."""

    def __init__(self, *steps: Callable[[], str | None]) -> None:
        self._steps = iter(steps)

    def load(self) -> str | None:
        return next(self._steps)()

    def save(self, token: str) -> None:
        raise NotImplementedError

    def delete(self) -> None:
        raise NotImplementedError


def failing(error: SealbreakError) -> Callable[[], str | None]:
    def load() -> str | None:
        raise error

    return load


def hanging() -> str | None:
    threading.Event().wait(10)
    return None


def play(
    monkeypatch: pytest.MonkeyPatch, store: Store, *states: KeyringState, ask: bool = False
) -> tuple[str, list[SealbreakError | None]]:
    """The token, and the problems that were told. `states`: what the keyring says when asked."""
    remaining = list(states)
    told: list[SealbreakError | None] = []
    monkeypatch.setattr(sign_in, "TIMEOUT", 0.2)
    monkeypatch.setattr(sign_in, "POLL", 60 if ask else 0.01)
    monkeypatch.setattr(
        sign_in, "keyring_state", lambda: remaining.pop(0) if remaining[1:] else remaining[0]
    )

    async def run() -> str:
        retry_now = asyncio.Event()

        async def on_problem(error: SealbreakError | None) -> None:
            told.append(error)
            if ask:
                asyncio.get_running_loop().call_later(0.05, retry_now.set)

        return await SignIn(store, True, retry_now, on_problem).token()

    return asyncio.run(asyncio.wait_for(run(), 20)), told


NONE, LOCKED, READY = KeyringState.NONE, KeyringState.LOCKED, KeyringState.READY


def test_a_keyring_that_starts_is_used_and_the_problem_is_told_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    missing = NoKeyringError("none")
    store = Store(failing(missing), lambda: "token")
    assert play(monkeypatch, store, NONE, NONE, NONE, READY) == ("token", [missing])


def test_a_prompt_that_was_dismissed_is_not_shown_again_until_the_keyring_is_unlocked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    locked = KeyringLockedError("locked")
    store = Store(failing(locked), lambda: "token")
    assert play(monkeypatch, store, LOCKED, LOCKED, LOCKED, READY) == ("token", [locked])


def test_a_call_that_hangs_is_made_again_once_the_keyring_is_unlocked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    token, told = play(monkeypatch, Store(hanging, lambda: "token"), LOCKED, LOCKED, READY)
    assert token == "token"
    assert [type(one) for one in told] == [KeyringLockedError]


def test_the_user_can_ask_again(monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(lambda: None, failing(SealbreakError("failed")), lambda: "token")
    token, told = play(monkeypatch, store, READY, ask=True)
    assert token == "token"
    assert [one and one.title for one in told] == [None, "failed"]
