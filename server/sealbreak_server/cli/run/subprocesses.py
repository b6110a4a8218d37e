"""Programs that the launcher starts, and stops by their process IDs."""

import asyncio
import sys
import sysconfig
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sealbreak_server.cli.run.signals import ask_to_end, own_group
from sealbreak_server.errors import SealbreakError

TERMINATE_SECONDS = 10.0
"""How long a program may take to end after it was asked to; then it is killed."""


class LaunchError(SealbreakError):
    title = "Sealbreak could not start"


@dataclass(frozen=True, slots=True)
class Subprocess:
    name: str
    process: Process

    async def lines(self) -> AsyncIterator[str]:
        """The program's output, line by line to its end. Unread output would block the program."""
        assert self.process.stdout is not None
        async for raw in self.process.stdout:
            yield raw.decode(errors="replace").rstrip()

    async def stop(self, stop_now: asyncio.Event) -> None:
        """Terminates it, and kills it after `TERMINATE_SECONDS` or when `stop_now` is set."""
        if self.process.returncode is not None:
            return
        ask_to_end(self.process)
        ended = asyncio.ensure_future(self.process.wait())
        hurried = asyncio.ensure_future(stop_now.wait())
        await asyncio.wait(
            {ended, hurried}, timeout=TERMINATE_SECONDS, return_when=asyncio.FIRST_COMPLETED
        )
        hurried.cancel()
        if self.process.returncode is None:
            self.process.kill()
        await ended


def find_program(name: str) -> Path | None:
    """A program of this distribution lies beside the Python interpreter that runs this one, or, on
    Windows without a virtual environment, in a folder of its own."""
    file = f"{name}.exe" if sys.platform == "win32" else name
    places = (Path(sys.executable).parent, Path(sysconfig.get_path("scripts")))
    return next((place / file for place in places if (place / file).exists()), None)


def installed_program(name: str) -> str:
    """Raises `LaunchError` when it is not installed."""
    path = find_program(name)
    if path is None:
        raise LaunchError(f"The program {name} is not installed beside {sys.executable}.")
    return str(path)


async def start(
    name: str, command: Sequence[str], environ: Mapping[str, str], *, read: bool = False
) -> Subprocess:
    """In its own group, so that Ctrl+C in the terminal reaches the launcher only."""
    process = await asyncio.create_subprocess_exec(
        *command, env=environ, stdin=DEVNULL, stdout=PIPE if read else None, **own_group()
    )
    return Subprocess(name, process)


async def finished(
    command: Sequence[str], environ: Mapping[str, str], limit: float, text: str = ""
) -> tuple[int, str]:
    """Exit status and output of a program. It is killed after `limit` seconds.

    `text`: its standard input. Secrets go this way, as every user can read command lines.
    """
    process = await asyncio.create_subprocess_exec(
        *command,
        env=environ,
        stdin=PIPE,
        stdout=PIPE,
        stderr=asyncio.subprocess.STDOUT,
        **own_group(),
    )
    try:
        output, _ = await asyncio.wait_for(process.communicate(text.encode()), limit)
    except TimeoutError:
        return 1, f"{Path(command[0]).name} gave no answer within {limit:.0f} seconds."
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode or 0, output.decode(errors="replace").strip()
