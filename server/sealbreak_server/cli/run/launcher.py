"""Starts server, tray app and first steps, and stops all of them together."""

import asyncio
import secrets
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from urllib.parse import urlsplit

from sealbreak_server.cli.account.pair import login_name, new_code
from sealbreak_server.cli.database import open_storage
from sealbreak_server.cli.run import subprocesses
from sealbreak_server.cli.run.browser import open_page
from sealbreak_server.cli.run.desktop import desktop_obstacle
from sealbreak_server.cli.run.ports import is_taken, port_owner
from sealbreak_server.cli.run.scenario import play
from sealbreak_server.cli.run.signals import on_end_requests
from sealbreak_server.cli.run.subprocesses import LaunchError, Subprocess, installed_program
from sealbreak_server.cli.run.tray import start_tray, tray_obstacle
from sealbreak_server.cli.ssh import ssh_line
from sealbreak_server.security.reachability import Reach, reach
from sealbreak_server.settings import Settings
from sealbreak_server.storage import accounts
from sealbreak_server.web import installation
from sealbreak_server.web.pages.first_steps.local import KEY_VARIABLE, PREFIX

START_SECONDS = 30.0
"""For the server to listen."""
LISTENING = "listening on "
"""The server prints this before its address."""


@dataclass(frozen=True, slots=True)
class Plan:
    settings: Settings
    environ: Mapping[str, str]
    """For the programs that are started."""
    token_file: bool
    scenario: bool = False
    once: bool = False
    """Stop after the scenario."""


class Launcher:
    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._key = secrets.token_urlsafe(16)
        """In the address of the first steps: it allows to make pairing codes there."""
        self._environ = {**plan.environ, KEY_VARIABLE: self._key}
        self._stop = asyncio.Event()
        self._stop_now = asyncio.Event()

    async def run(self) -> int:
        """Returns the exit status, once every program that was started has ended."""
        on_end_requests(self._request_stop)
        async with AsyncExitStack() as stack:
            work = asyncio.ensure_future(self._work(stack))
            stop = asyncio.ensure_future(self._stop.wait())
            await asyncio.wait({work, stop}, return_when=asyncio.FIRST_COMPLETED)
            stop.cancel()
            if work.done():
                return work.result()
            work.cancel()
            await asyncio.wait({work})
            say("Stopping ...")
        return 0

    def _request_stop(self) -> None:
        """The second request stops everything immediately."""
        if self._stop.is_set():
            self._stop_now.set()
        self._stop.set()

    async def _work(self, stack: AsyncExitStack) -> int:
        server, address = await self._start_server(stack)
        say(f"Server       {address}")
        say(f"Data         {self._plan.settings.data}")
        await self._start_tray(stack, address)
        await self._show_first_steps(stack, address)
        if self._plan.scenario:
            await self._play_scenario(stack, address)
        if self._plan.once:
            return 0
        say("Ctrl+C stops everything.")
        await server.process.wait()
        raise LaunchError("The server ended unexpectedly; its last words are above.")

    async def _start_server(self, stack: AsyncExitStack) -> tuple[Subprocess, str]:
        settings = self._plan.settings
        if settings.port and is_taken(settings.host, settings.port):
            raise LaunchError(
                f"Port {settings.port} is taken by {port_owner(settings.port)}. Stop that, or use"
                f" another port: --port {settings.port + 1}"
            )
        command = [installed_program("sealbreak-server"), "serve"]
        server = await subprocesses.start("server", command, self._environ, read=True)
        stack.push_async_callback(server.stop, self._stop_now)
        try:
            address = await asyncio.wait_for(_listening_address(server), START_SECONDS)
        except TimeoutError:
            raise LaunchError(f"The server did not listen within {START_SECONDS:.0f} s.") from None
        forwarding = asyncio.ensure_future(_forward_output(server))
        stack.callback(forwarding.cancel)
        return server, address

    async def _start_tray(self, stack: AsyncExitStack, address: str) -> None:
        plan = self._plan
        if obstacle := tray_obstacle(self._environ):
            say(f"Tray         not started: {obstacle}.")
            say(f"             On your desktop: sealbreak pair {address} CODE, then: sealbreak")
            return
        tray = await start_tray(plan.settings, self._environ, address, token_file=plan.token_file)
        stack.push_async_callback(tray.process.stop, self._stop_now)
        say(f"Tray         started{f', not paired: {tray.problem}' if tray.problem else ''}")
        if tray.problem and not plan.token_file:
            again = installation.command("--token-file")
            say(f"             To keep the token in a file, start with: {again}")

    async def _show_first_steps(self, stack: AsyncExitStack, address: str) -> None:
        if reach(address) is not Reach.LOOPBACK:
            say(f"First steps  not shown: others can reach {address} too (--host)")
            return
        page = f"{address}{PREFIX}{self._key}"
        say(f"First steps  {page}")
        if desktop_obstacle(self._environ):
            say("             On another computer, run this there and then open that address:")
            say(f"             {ssh_line(urlsplit(address).port or 80)}")
            say("             Or make a link with: sealbreak-server first-steps")
        if reach(self._plan.settings.public_url or address) is Reach.LOOPBACK:
            say(
                "             Only this machine can reach the server, so mails that you send cannot"
            )
            say("             report opens yet. The page explains how to change that.")
        kinds = await asyncio.to_thread(_paired_kinds, self._plan.settings)
        if "extension" not in kinds and not self._plan.scenario:
            open_page(stack, page)

    async def _play_scenario(self, stack: AsyncExitStack, address: str) -> None:
        start = time.monotonic()
        code = await asyncio.to_thread(new_code, self._plan.settings, time.time())
        say()
        link = await play(
            address, code, lambda line: say(f"{time.monotonic() - start:5.1f} s  {line}")
        )
        say()
        say(f"History      {link}")
        if not self._plan.once:
            open_page(stack, link)


def say(line: str = "") -> None:
    print(line, flush=True)


async def _listening_address(server: Subprocess) -> str:
    """Raises `LaunchError` when the server ends before it listens."""
    async for line in server.lines():
        if line.startswith(LISTENING):
            return local_address(line.removeprefix(LISTENING))
        say(line)
    raise LaunchError("The server ended at once; its last words are above.")


def local_address(address: str) -> str:
    """How this machine reaches a server that may listen on all addresses."""
    return address.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")


async def _forward_output(server: Subprocess) -> None:
    async for line in server.lines():
        say(line)


def _paired_kinds(settings: Settings) -> set[str]:
    """The kinds of the paired devices. The account is created if there is none."""

    def kinds() -> set[str]:
        account = accounts.the_account(login_name(), time.time())
        return {d.kind for d in accounts.devices(account.id) if d.revoked_at is None}

    with open_storage(settings) as storage:
        return storage.transaction(kinds)
