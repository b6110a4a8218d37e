"""Programs that we start and that end with us: each by its own process id, gently first."""

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

TIMEOUT_SECONDS = 10.0
"""Seconds between asking a program to end and ending it."""


@dataclass(frozen=True, slots=True)
class Child:
    name: str
    process: Process

    async def lines(self) -> AsyncIterator[str]:
        """What it prints, to its end; a pipe that nobody reads would block it."""
        assert self.process.stdout is not None
        async for raw in self.process.stdout:
            yield raw.decode(errors="replace").rstrip()

    async def stop(self, hurry: asyncio.Event) -> None:
        """`hurry`: set when there is no time for a gentle end."""
        if self.process.returncode is not None:
            return
        self.process.terminate()
        ended = asyncio.ensure_future(self.process.wait())
        hurried = asyncio.ensure_future(hurry.wait())
        await asyncio.wait(
            {ended, hurried}, timeout=TIMEOUT_SECONDS, return_when=asyncio.FIRST_COMPLETED
        )
        hurried.cancel()
        if self.process.returncode is None:
            self.process.kill()
        await ended


def program(name: str) -> Path | None:
    """A program of this distribution: it stands beside the Python that runs us."""
    path = Path(sys.executable).with_name(name)
    return path if path.exists() else None


async def start(
    name: str, command: Sequence[str], environ: Mapping[str, str], *, read: bool = False
) -> Child:
    """In a session of its own: Ctrl-C in the terminal reaches us alone, and we end it in order."""
    process = await asyncio.create_subprocess_exec(
        *command, env=environ, stdin=DEVNULL, stdout=PIPE if read else None, start_new_session=True
    )
    return Child(name, process)


async def finished(
    command: Sequence[str], environ: Mapping[str, str], limit: float, told: str = ""
) -> tuple[int, str]:
    """Exit code and words of a program that ends by itself; it is ended after `limit` seconds.

    `told`: what it reads. Secrets go this way: every user of the machine can read command lines.
    """
    process = await asyncio.create_subprocess_exec(
        *command,
        env=environ,
        stdin=PIPE,
        stdout=PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        words, _ = await asyncio.wait_for(process.communicate(told.encode()), limit)
    except TimeoutError:
        return 1, f"{Path(command[0]).name} gave no answer within {limit:.0f} seconds."
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode or 0, words.decode(errors="replace").strip()
