import asyncio
import os
import sys
import sysconfig
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from sealbreak_server.cli.run import subprocesses
from sealbreak_server.cli.run.subprocesses import Subprocess, find_program, finished, start

STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready", flush=True)
time.sleep(60)
"""


def with_subprocess(code: str, act: Callable[[Subprocess], Awaitable[None]]) -> Subprocess:
    async def scene() -> Subprocess:
        process = await start("process", [sys.executable, "-c", code], os.environ, read=True)
        try:
            await act(process)
        finally:
            if process.process.returncode is None:
                process.process.kill()
                await process.process.wait()
        return process

    return asyncio.run(scene())


async def first_line(process: Subprocess) -> str:
    async for line in process.lines():
        return line
    return ""


def test_a_subprocess_is_terminated() -> None:
    async def act(process: Subprocess) -> None:
        await first_line(process)
        await process.stop(asyncio.Event())

    process = with_subprocess("import time; print('ready', flush=True); time.sleep(60)", act)
    assert process.process.returncode == -15


def test_a_subprocess_that_ignores_sigterm_is_killed_on_a_second_stop() -> None:
    async def act(process: Subprocess) -> None:
        await first_line(process)
        stop_now = asyncio.Event()
        asyncio.get_running_loop().call_later(0.1, stop_now.set)
        await process.stop(stop_now)

    begin = time.monotonic()
    process = with_subprocess(STUBBORN, act)
    assert process.process.returncode == -9
    assert time.monotonic() - begin < subprocesses.TERMINATE_SECONDS


def test_a_subprocess_that_has_ended_is_not_signalled() -> None:
    async def act(process: Subprocess) -> None:
        await process.process.wait()
        await process.stop(asyncio.Event())

    assert with_subprocess("raise SystemExit(3)", act).process.returncode == 3


def test_an_empty_line_does_not_end_the_output() -> None:
    lines: list[str] = []

    async def act(process: Subprocess) -> None:
        lines.extend([line async for line in process.lines()])

    with_subprocess("print('one\\n\\nthree')", act)
    assert lines == ["one", "", "three"]


def test_a_subprocess_does_not_receive_the_terminals_ctrl_c() -> None:
    async def act(process: Subprocess) -> None:
        groups.append(os.getpgid(process.process.pid))

    groups: list[int] = []
    with_subprocess("import time; time.sleep(60)", act)
    assert groups[0] != os.getpgrp()


def test_a_finished_program_has_an_exit_status_and_output() -> None:
    code = "import sys; print('no', file=sys.stderr); sys.exit(4)"
    assert asyncio.run(finished([sys.executable, "-c", code], os.environ, 10)) == (4, "no")


def test_a_secret_is_passed_by_standard_input() -> None:
    command = [sys.executable, "-c", "print('heard', input())"]
    assert asyncio.run(finished(command, os.environ, 10, "ABCD-EFGH")) == (0, "heard ABCD-EFGH")


def test_a_program_without_input_reads_an_empty_one() -> None:
    command = [sys.executable, "-c", "import sys; print(repr(sys.stdin.read()))"]
    assert asyncio.run(finished(command, os.environ, 10)) == (0, "''")


def test_a_program_that_does_not_end_is_killed_after_its_limit() -> None:
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    status, words = asyncio.run(finished(command, os.environ, 0.2))
    assert status == 1
    assert "no answer" in words


def test_a_program_of_this_distribution_lies_beside_python() -> None:
    assert find_program("sealbreak-server") is not None
    assert find_program("sealbreak-nonsense") is None


def test_on_windows_a_program_has_a_suffix_and_perhaps_a_folder_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python.exe"))
    monkeypatch.setattr(sysconfig, "get_path", lambda _: str(tmp_path / "Scripts"))
    monkeypatch.setattr(sys, "platform", "win32")
    (tmp_path / "Scripts").mkdir()
    for place in (tmp_path / "Scripts", tmp_path):
        (place / "sealbreak").touch()
        assert find_program("sealbreak") in {None, tmp_path / "Scripts" / "sealbreak.exe"}
        (place / "sealbreak.exe").touch()
        assert find_program("sealbreak") == place / "sealbreak.exe"
