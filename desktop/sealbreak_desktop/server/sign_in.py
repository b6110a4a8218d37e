"""The token of a pairing, as soon as the keyring gives it."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from sealbreak_desktop.errors import KeyringLockedError, NoKeyringError, SealbreakError
from sealbreak_desktop.files.credentials import TIMEOUT, Credentials, keyring_locked, start_call
from sealbreak_desktop.files.keyrings import KeyringState, keyring_state

POLL = 5.0
"""Seconds between two looks whether the keyring was started or unlocked. They show no prompt."""


class SignIn:
    def __init__(
        self,
        store: Credentials,
        in_keyring: bool,
        retry_now: asyncio.Event,
        on_problem: Callable[[SealbreakError | None], Awaitable[None]],
    ) -> None:
        """`on_problem`: why there is no token yet; `None`: none is stored."""
        self._store = store
        self._in_keyring = in_keyring
        self._retry_now = retry_now
        self._on_problem = on_problem

    async def token(self) -> str:
        """Waits until there is one."""
        while True:
            state = None
            try:
                if token := await self._load():
                    return token
                await self._on_problem(None)
            except SealbreakError as error:
                await self._on_problem(error)
                state = _state_in(error)
            await self._wait_for_change(state)

    async def _load(self) -> str | None:
        loading = asyncio.wrap_future(start_call(self._store.load))
        done, _ = await asyncio.wait((loading,), timeout=TIMEOUT)
        if done:
            return loading.result()
        await self._on_problem(keyring_locked())
        return await self._load_when_unlocked(loading)

    async def _load_when_unlocked(self, loading: asyncio.Future[str | None]) -> str | None:
        """The call may end when the user answers its prompt, or never."""
        changed = asyncio.create_task(self._wait_for_change(KeyringState.LOCKED))
        try:
            await asyncio.wait((loading, changed), return_when=asyncio.FIRST_COMPLETED)
            if loading.done():
                return loading.result()
        finally:
            changed.cancel()
        loading.add_done_callback(lambda late: late.cancelled() or late.exception())
        return await self._load()

    async def _wait_for_change(self, before: KeyringState | None) -> None:
        """Until the user asks for a connection, or the keyring starts or is unlocked."""
        self._retry_now.clear()
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._retry_now.wait(), POLL)
                return
            state = await self._state() if self._in_keyring else None
            if before is not None and state not in (before, KeyringState.NONE, None):
                return
            before = state or before

    async def _state(self) -> KeyringState | None:
        """`None` when it cannot be found out."""
        with contextlib.suppress(Exception):
            asked = asyncio.wrap_future(start_call(keyring_state))
            return await asyncio.wait_for(asked, TIMEOUT)
        return None


def _state_in(error: SealbreakError) -> KeyringState | None:
    if isinstance(error, NoKeyringError):
        return KeyringState.NONE
    return KeyringState.LOCKED if isinstance(error, KeyringLockedError) else None
