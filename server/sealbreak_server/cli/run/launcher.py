"""`run` and `demo`: server and tray together, the first steps, and one end for all of it."""

import argparse
import asyncio
import html
import os
import secrets
import signal
import sys
import tempfile
import threading
import time
import webbrowser
from collections.abc import Mapping
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_downloads_path

from sealbreak_server.cli import commands
from sealbreak_server.cli.run import subprocesses
from sealbreak_server.cli.run.demo import tell
from sealbreak_server.cli.run.port_owner import holder, is_taken
from sealbreak_server.cli.run.subprocesses import Child
from sealbreak_server.errors import SealbreakError
from sealbreak_server.security.reachability import Reach, reach
from sealbreak_server.settings import SETTINGS, Settings, read_settings
from sealbreak_server.storage import accounts
from sealbreak_server.web.pages.first_steps import KEY_VARIABLE, PREFIX

START_LIMIT = 30.0
"""Seconds for the server to listen."""
PAIR_LIMIT = 45.0
"""Seconds for the tray's pairing: a keyring may wait for a password."""
LISTENING = "listening on "
LEAD_SECONDS = 60.0
"""For a browser to start and to be led on."""
LEAD, LEAD_FILE = "sealbreak-first-steps-", "open.html"
LEAD_PAGE = """\
<!doctype html>
<meta charset="utf-8">
<meta http-equiv="refresh" content="0; url={page}">
<title>Sealbreak</title>
<a href="{page}">Go on to Sealbreak</a>
"""


class LaunchError(SealbreakError):
    title = "Sealbreak could not start"


@dataclass(frozen=True, slots=True)
class Plan:
    settings: Settings
    environ: Mapping[str, str]
    """For the programs that we start."""
    token_file: bool
    story: bool = False
    once: bool = False


def add_run_arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("settings", "each flag wins over its environment variable")
    for setting in SETTINGS:
        group.add_argument(setting.flag, metavar=setting.name.upper(), help=setting.help)
    parser.add_argument(
        "--token-file",
        action="store_true",
        help="keep the tray's token in a file that only you can read, not in the system's keyring",
    )


def add_demo_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--once", action="store_true", help="end when the story is told")


def run(args: argparse.Namespace) -> int:
    flags = {setting.name: getattr(args, setting.name, None) for setting in SETTINGS}
    given = {setting.env: value for setting in SETTINGS if (value := flags[setting.name])}
    settings = read_settings(flags, os.environ)
    plan = Plan(settings, _with_key({**os.environ, **given}), args.token_file)
    return asyncio.run(_Launch(plan).attend())


def demo(args: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory(prefix="sealbreak-demo-") as folder:
        environ = _with_key(demo_environ(os.environ, Path(folder)))
        settings = read_settings({}, environ)
        plan = Plan(settings, environ, token_file=True, story=True, once=args.once)
        return asyncio.run(_Launch(plan).attend())


def demo_environ(environ: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Nothing of the user's set-up, all in one folder; the story plays far-away visitors."""
    foreign = {name: value for name, value in environ.items() if not name.startswith("SEALBREAK_")}
    return foreign | {
        "SEALBREAK_DATA": str(folder / "server"),
        "SEALBREAK_STATE": str(folder / "tray"),
        "SEALBREAK_PORT": "0",
        "SEALBREAK_TRUSTED_PROXIES": "127.0.0.1",
    }


def _with_key(environ: Mapping[str, str]) -> dict[str, str]:
    """Whoever knows the key may make pairing codes on the page whose address we print."""
    return {**environ, KEY_VARIABLE: secrets.token_urlsafe(16)}


def tray_obstacle(environ: Mapping[str, str]) -> str:
    """Why there can be no tray here; empty when there can."""
    if not (environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY")):
        return "there is no desktop here (DISPLAY and WAYLAND_DISPLAY are not set)"
    bus = Path(environ.get("XDG_RUNTIME_DIR", "/nonexistent"), "bus")
    if not (environ.get("DBUS_SESSION_BUS_ADDRESS") or bus.exists()):
        return "the desktop has no session bus (DBUS_SESSION_BUS_ADDRESS is not set)"
    if subprocesses.program("sealbreak") is None:
        return "the tray is not installed (pip install 'sealbreak[desktop]')"
    return ""


def from_here(address: str) -> str:
    """The address of a server that may listen on all of them, as this machine reaches it."""
    return address.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")


def say(line: str = "") -> None:
    print(line, flush=True)


class _Launch:
    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._stop = asyncio.Event()
        self._hurry = asyncio.Event()

    async def attend(self) -> int:
        """Everything from the first start to the last end, whatever ends it."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._asked_to_stop)
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

    def _asked_to_stop(self) -> None:
        if self._stop.is_set():
            self._hurry.set()
        self._stop.set()

    async def _work(self, stack: AsyncExitStack) -> int:
        server, address = await self._start_server(stack)
        say(f"Server       {address}")
        say(f"Data         {self._plan.settings.data}")
        await self._start_tray(stack, address)
        await self._show_first_steps(stack, address)
        if self._plan.story:
            await self._tell(stack, address)
        if self._plan.once:
            return 0
        say("Ctrl-C stops everything.")
        await server.process.wait()
        raise LaunchError("The server ended by itself; what it said is above.")

    async def _start_server(self, stack: AsyncExitStack) -> tuple[Child, str]:
        settings = self._plan.settings
        if settings.port and is_taken(settings.host, settings.port):
            raise LaunchError(
                f"Port {settings.port} is taken by {holder(settings.port)}. Stop that, or take"
                f" another port: --port {settings.port + 1}"
            )
        command = [_program("sealbreak-server"), "serve"]
        server = await subprocesses.start("server", command, self._plan.environ, read=True)
        stack.push_async_callback(server.stop, self._hurry)
        try:
            address = await asyncio.wait_for(_listening(server), START_LIMIT)
        except TimeoutError:
            raise LaunchError(f"The server did not listen within {START_LIMIT:.0f} s.") from None
        forwarding = asyncio.ensure_future(_forward(server))
        stack.callback(forwarding.cancel)
        return server, address

    async def _start_tray(self, stack: AsyncExitStack, address: str) -> None:
        if obstacle := tray_obstacle(self._plan.environ):
            say(f"Tray         not started: {obstacle}.")
            say(f"             On your desktop: sealbreak pair {address} CODE, then: sealbreak")
            return
        trouble = await self._pair_tray(address)
        tray = await subprocesses.start("tray", [_program("sealbreak")], self._plan.environ)
        stack.push_async_callback(tray.stop, self._hurry)
        say(f"Tray         {trouble or 'started'}")
        if trouble and not self._plan.token_file:
            say("             To keep the token in a file, start with: make run ARGS=--token-file")

    async def _pair_tray(self, address: str) -> str:
        """What went wrong, in words for the user; empty when the tray is paired."""
        environ = self._plan.environ
        status, _ = await subprocesses.finished(
            [_program("sealbreak"), "paired", address], environ, PAIR_LIMIT
        )
        if status == 0:
            return ""
        code = await asyncio.to_thread(_new_code, self._plan.settings)
        consent = ["--token-file"] if self._plan.token_file else []
        command = [_program("sealbreak"), "pair", address, *consent]
        status, words = await subprocesses.finished(command, environ, PAIR_LIMIT, code)
        return f"started, not paired: {words}" if status else ""

    async def _show_first_steps(self, stack: AsyncExitStack, address: str) -> None:
        if reach(address) is not Reach.LOOPBACK:
            say(f"First steps  not shown: {address} is no address of this machine alone (--host)")
            return
        page = f"{address}{PREFIX}{self._plan.environ[KEY_VARIABLE]}"
        say(f"First steps  {page}")
        if reach(self._plan.settings.public_url or address) is Reach.LOOPBACK:
            say("             Mails report nothing yet: only this machine can reach the server.")
            say("             The page says how to change that.")
        kinds = await asyncio.to_thread(_paired_kinds, self._plan.settings)
        if "extension" not in kinds and not self._plan.story:
            browse(stack, page)

    async def _tell(self, stack: AsyncExitStack, address: str) -> None:
        begin = time.monotonic()
        code = await asyncio.to_thread(_new_code, self._plan.settings)
        say()
        link = await tell(
            address, code, lambda line: say(f"{time.monotonic() - begin:5.1f} s  {line}")
        )
        say()
        say(f"History      {link}")
        if not self._plan.once:
            browse(stack, link)


async def _listening(server: Child) -> str:
    """Its address, once it says so. Raises `LaunchError` when it ends first."""
    async for line in server.lines():
        if line.startswith(LISTENING):
            return from_here(line.removeprefix(LISTENING))
        say(line)
    raise LaunchError("The server ended at once; what it said is above.")


async def _forward(server: Child) -> None:
    async for line in server.lines():
        say(line)


def _program(name: str) -> str:
    path = subprocesses.program(name)
    if path is None:
        raise LaunchError(f"The program {name} is not installed beside {sys.executable}.")
    return str(path)


def _new_code(settings: Settings) -> str:
    with commands.opened(settings) as storage:
        name = commands.login_name()
        return storage.transaction(accounts.new_pairing, None, name, time.time())


def _paired_kinds(settings: Settings) -> set[str]:
    """Of the devices that are paired; the account is made where there is none."""

    def kinds() -> set[str]:
        account = accounts.the_account(commands.login_name(), time.time())
        return {d.kind for d in accounts.devices(account.id) if d.revoked_at is None}

    with commands.opened(settings) as storage:
        return storage.transaction(kinds)


def browse(stack: AsyncExitStack, page: str) -> None:
    """In a browser with windows; one for the terminal would take the terminal over."""
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return
    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return
    if os.environ.get("BROWSER") or type(browser) is not webbrowser.GenericBrowser:
        try:
            address = lead_to(stack, page, downloads())
        except OSError:
            address = page
        # Some browsers keep their caller waiting until they are closed.
        threading.Thread(target=browser.open, args=(address,), daemon=True).start()


def lead_to(stack: AsyncExitStack, page: str, place: Path) -> str:
    """The address of a file, for a while, that leads on to the page.

    Who knows the page's address may do what it allows, and every user of the machine can read
    the browser's command line. The file is for us alone.
    """
    clear_leads(place)
    folder = tempfile.TemporaryDirectory(prefix=LEAD, dir=place, ignore_cleanup_errors=True)
    stack.callback(folder.cleanup)
    asyncio.get_running_loop().call_later(LEAD_SECONDS, folder.cleanup)
    file = Path(folder.name, LEAD_FILE)
    file.touch(mode=0o600)
    file.write_text(LEAD_PAGE.format(page=html.escape(page)))
    return file.as_uri()


def downloads() -> Path:
    """Or home. A browser from Snap sees no hidden folder, one from Flatpak may see only this.

    Both have a /tmp of their own.
    """
    folder = user_downloads_path()
    return folder if folder.is_dir() else folder.parent


def clear_leads(place: Path) -> None:
    """What a launcher that was killed has left."""
    for file in place.glob(f"{LEAD}*/{LEAD_FILE}"):
        with suppress(OSError):
            file.unlink()
            file.parent.rmdir()
