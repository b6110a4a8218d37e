"""Starts the tray app, paired with the server."""

import asyncio
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sealbreak_server.cli.account.pair import new_code
from sealbreak_server.cli.run import subprocesses
from sealbreak_server.cli.run.desktop import desktop_obstacle
from sealbreak_server.cli.run.subprocesses import Subprocess, installed_program
from sealbreak_server.settings import Settings

PAIR_SECONDS = 45.0
"""For the pairing of the tray app: a keyring may wait for a password."""


@dataclass(frozen=True, slots=True)
class StartedTray:
    process: Subprocess
    problem: str
    """Why it is not paired, in words for the user; empty when it is paired."""


def tray_obstacle(environ: Mapping[str, str]) -> str:
    """Why no tray app can run here; empty when it can."""
    if obstacle := desktop_obstacle(environ):
        return obstacle
    if sys.platform not in {"win32", "darwin"} and not _has_session_bus(environ):
        return "the desktop has no session bus (DBUS_SESSION_BUS_ADDRESS is not set)"
    if subprocesses.find_program("sealbreak") is None:
        return "the tray app is not installed (pip install 'sealbreak[desktop]')"
    return ""


def _has_session_bus(environ: Mapping[str, str]) -> bool:
    if environ.get("DBUS_SESSION_BUS_ADDRESS"):
        return True
    try:
        return Path(environ.get("XDG_RUNTIME_DIR", "/nonexistent"), "bus").exists()
    except PermissionError:  # another user's, as after `sudo -E`
        return False


async def start_tray(
    settings: Settings, environ: Mapping[str, str], address: str, *, token_file: bool
) -> StartedTray:
    problem = await pair_tray(settings, environ, address, token_file=token_file)
    process = await subprocesses.start("tray", [installed_program("sealbreak")], environ)
    return StartedTray(process, problem)


async def pair_tray(
    settings: Settings, environ: Mapping[str, str], address: str, *, token_file: bool
) -> str:
    """What went wrong, in words for the user; empty when the tray app is paired."""
    program = installed_program("sealbreak")
    status, _ = await subprocesses.finished([program, "paired", address], environ, PAIR_SECONDS)
    if status == 0:
        return ""
    code = await asyncio.to_thread(new_code, settings, time.time())
    consent = ["--token-file"] if token_file else []
    command = [program, "pair", address, *consent]
    status, output = await subprocesses.finished(command, environ, PAIR_SECONDS, code)
    return output if status else ""
