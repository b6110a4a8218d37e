"""Programs that tests start and stop, and waiting for a condition."""

import os
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

TIMEOUT = 60.0
"""Seconds. One or two are enough, but a busy machine takes much longer."""
T = TypeVar("T")


@dataclass
class Program:
    process: subprocess.Popen[bytes]
    output: Path
    """Its stdout and stderr."""

    def said(self) -> str:
        return self.output.read_text(errors="replace")

    def stop(self) -> int:
        """Terminate it, or kill it after 5 s. Returns its exit code."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
        return self.process.wait()


def start(
    command: Sequence[str | Path],
    env: Mapping[str, str],
    output: Path,
    pass_fds: Sequence[int] = (),
    feed: bytes | None = None,
) -> Program:
    with output.open("wb") as out:
        process = subprocess.Popen(
            [str(part) for part in command],
            env=dict(env),
            stdin=subprocess.DEVNULL if feed is None else subprocess.PIPE,
            stdout=out,
            stderr=subprocess.STDOUT,
            pass_fds=pass_fds,
            start_new_session=True,
        )
    if feed is not None:
        assert process.stdin is not None
        process.stdin.write(feed)
        process.stdin.close()
    return Program(process, output)


def start_and_read(
    command: Sequence[str | Path], env: Mapping[str, str], output: Path
) -> tuple[Program, str]:
    """Start a program that writes one line to the descriptor `{fd}` of its arguments."""
    reader, writer = os.pipe()
    arguments = [str(part).format(fd=writer) for part in command]
    try:
        program = start(arguments, env, output, pass_fds=(writer,))
    finally:
        os.close(writer)
    with os.fdopen(reader) as pipe:
        line = pipe.readline().strip()
    assert line, f"{command[0]} did not start: {program.said()}"
    return program, line


def eventually(check: Callable[[], T], what: str = "", within: float = TIMEOUT) -> T:
    """The first true result of the check."""
    end = time.monotonic() + within
    while True:
        result = check()
        if result or time.monotonic() > end:
            assert result, f"did not happen within {within} s: {what or check}"
            return result
        time.sleep(0.01)
