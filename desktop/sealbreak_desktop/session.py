"""The session: signed in with one pairing, until there is another one."""

import asyncio
import contextlib
from collections.abc import Callable

from sealbreak_desktop.core import Core
from sealbreak_desktop.errors import SealbreakError
from sealbreak_desktop.files.history import History
from sealbreak_desktop.files.logs import log_fault
from sealbreak_desktop.files.paths import Paths
from sealbreak_desktop.files.settings import Pairing, load_pairing
from sealbreak_desktop.server import pairing
from sealbreak_desktop.server.api import Api
from sealbreak_desktop.server.connection import Account, Connection, Position
from sealbreak_desktop.server.requests import Requests
from sealbreak_desktop.server.sign_in import SignIn
from sealbreak_desktop.state.inputs import Lost, SignedOut
from sealbreak_desktop.state.state import Link, State
from sealbreak_desktop.system.diagnosis import RepeatedProblems, diagnose, free_bytes

RETRY_AFTER_FAULT = 60.0
"""Seconds."""
NOT_PAIRED = "run `sealbreak pair ADDRESS CODE` in a terminal"


class Session:
    """Opens the history, loads the token and keeps the connection, for the stored pairing."""

    def __init__(
        self,
        paths: Paths,
        core: Core,
        requests: Requests,
        notice: Callable[[str, str], None],
        warn: Callable[[str], None],
    ) -> None:
        self._paths = paths
        self._core = core
        self._requests = requests
        self._notice = notice
        self._warn = warn
        self._reload = asyncio.Event()
        self._retry_now = asyncio.Event()
        self._connection: Connection | None = None
        self._problems = RepeatedProblems()

    async def run(self) -> None:
        """One session after the other, until it is cancelled."""
        while True:
            await self._until_reload()

    def reload(self) -> None:
        """The pairing has changed."""
        self._reload.set()
        self._retry_now.set()

    def reconnect(self) -> None:
        """Connect at once, as the connection may be dead."""
        self._retry_now.set()
        if self._connection is not None:
            self._connection.reconnect()

    async def _until_reload(self) -> None:
        self._reload.clear()
        session = asyncio.create_task(self._session())
        reload = asyncio.create_task(self._reload.wait())
        try:
            await asyncio.wait((session, reload), return_when=asyncio.FIRST_COMPLETED)
            if session.done() and (error := session.exception()):
                await self._recover(error)
            elif session.done():
                await reload
        finally:
            for task in (session, reload):
                task.cancel()
            await asyncio.wait((session, reload))
            self._connection = self._requests.api = None

    async def _session(self) -> None:
        paired = load_pairing(self._paths.settings)
        if paired is None or not paired.signed_in:
            self._core.show(State(link=Link.SIGNED_OUT, problem=NOT_PAIRED))
            self._warn(f"Not paired: {NOT_PAIRED}")
            return
        self._open_history(paired)
        token = await self._token(paired)
        self._requests.api = Api(paired.address, token)

        def position() -> Position:
            return self._core.state.seen, self._core.state.erasures

        self._connection = Connection(Account(paired.address, token), position, self._core.emit)
        await self._connection.run()

    async def _recover(self, error: BaseException) -> None:
        """The outermost boundary: after any failure the tray goes on and tries again."""
        log_fault(error)
        self._core.close()
        problem = diagnose(error, free_bytes(self._paths.state))
        await self._core.emit(Lost(problem.title))
        self._warn(str(problem))
        if self._problems.is_new(problem, asyncio.get_running_loop().time()):
            self._notice(problem.title, problem.advice)
        await self._wait_for_user(RETRY_AFTER_FAULT)

    def _open_history(self, paired: Pairing) -> None:
        self._core.close()
        history = History(self._paths.history(paired.owner))
        history.trim()
        self._core.open(history, paired.account)
        if history.quarantined:
            title = "The history on this computer was damaged"
            body = f"It is kept as {history.quarantined.name}. The server sends its events again."
            if self._core.state.silent_until is None:
                body += " Look through them: new ones among them do not pop up."
            self._warn(f"{title}. {body}")
            self._notice(title, body)

    async def _token(self, paired: Pairing) -> str:
        """Waits until there is one, and tells the user what to do."""
        store = pairing.credentials_of(paired, self._paths, timeout=None)
        in_keyring = paired.kept_in == "keyring"
        return await SignIn(store, in_keyring, self._retry_now, self._cannot_load).token()

    async def _cannot_load(self, error: SealbreakError | None) -> None:
        if error is None:
            await self._core.emit(SignedOut(NOT_PAIRED))
            return
        await self._core.emit(Lost(error.title))
        self._warn(str(error))
        self._notice(error.title, error.advice)

    async def _wait_for_user(self, seconds: float | None) -> None:
        """Until the user asks for a connection."""
        self._retry_now.clear()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._retry_now.wait(), seconds)
