import asyncio
import os
import sys
import time
from collections.abc import Awaitable, Callable

from sealbreak_server.cli.run import subprocesses
from sealbreak_server.cli.run.subprocesses import Child, finished, program, start

STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready", flush=True)
time.sleep(60)
"""


def with_child(code: str, act: Callable[[Child], Awaitable[None]]) -> Child:
    async def scene() -> Child:
        child = await start("child", [sys.executable, "-c", code], os.environ, read=True)
        try:
            await act(child)
        finally:
            if child.process.returncode is None:
                child.process.kill()
                await child.process.wait()
        return child

    return asyncio.run(scene())


async def first_line(child: Child) -> str:
    async for line in child.lines():
        return line
    return ""


def test_a_child_is_asked_to_end_and_ends() -> None:
    async def act(child: Child) -> None:
        await first_line(child)
        await child.stop(asyncio.Event())

    child = with_child("import time; print('ready', flush=True); time.sleep(60)", act)
    assert child.process.returncode == -15


def test_a_child_that_does_not_listen_is_ended_when_there_is_a_hurry() -> None:
    async def act(child: Child) -> None:
        await first_line(child)
        hurry = asyncio.Event()
        asyncio.get_running_loop().call_later(0.1, hurry.set)
        await child.stop(hurry)

    begin = time.monotonic()
    child = with_child(STUBBORN, act)
    assert child.process.returncode == -9
    assert time.monotonic() - begin < subprocesses.TIMEOUT_SECONDS


def test_a_child_that_has_ended_by_itself_is_left_alone() -> None:
    async def act(child: Child) -> None:
        await child.process.wait()
        await child.stop(asyncio.Event())

    assert with_child("raise SystemExit(3)", act).process.returncode == 3


def test_an_empty_line_is_not_the_end_of_what_a_child_prints() -> None:
    lines: list[str] = []

    async def act(child: Child) -> None:
        lines.extend([line async for line in child.lines()])

    with_child("print('one\\n\\nthree')", act)
    assert lines == ["one", "", "three"]


def test_a_child_does_not_hear_the_terminals_ctrl_c() -> None:
    async def act(child: Child) -> None:
        groups.append(os.getpgid(child.process.pid))

    groups: list[int] = []
    with_child("import time; time.sleep(60)", act)
    assert groups[0] != os.getpgrp()


def test_an_outcome_holds_exit_code_and_words() -> None:
    code = "import sys; print('no', file=sys.stderr); sys.exit(4)"
    assert asyncio.run(finished([sys.executable, "-c", code], os.environ, 10)) == (4, "no")


def test_a_program_can_be_told_what_no_command_line_should_show() -> None:
    command = [sys.executable, "-c", "print('heard', input())"]
    assert asyncio.run(finished(command, os.environ, 10, "ABCD-EFGH")) == (0, "heard ABCD-EFGH")


def test_a_program_that_is_told_nothing_waits_for_nothing() -> None:
    command = [sys.executable, "-c", "import sys; print(repr(sys.stdin.read()))"]
    assert asyncio.run(finished(command, os.environ, 10)) == (0, "''")


def test_a_program_without_an_end_is_ended_after_its_limit() -> None:
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    status, words = asyncio.run(finished(command, os.environ, 0.2))
    assert status == 1
    assert "no answer" in words


def test_a_program_of_this_distribution_stands_beside_python() -> None:
    assert program("sealbreak-server") is not None
    assert program("sealbreak-nonsense") is None
