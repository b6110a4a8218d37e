"""How Windows ends programs, on stand-ins. Linux's way: tests/process/server/commands."""

import asyncio
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any, cast

import pytest
from sealbreak_server.cli.run import signals

if sys.platform == "win32":
    pytest.skip("stands in for Windows", allow_module_level=True)

BREAK = signal.SIGUSR1
CTRL_BREAK_EVENT = 1
NEW_GROUP = 0x200


class FakeProcess:
    """What `subprocess.Popen.send_signal` takes on Windows; anything else ends the process hard."""

    def __init__(self) -> None:
        self.sent: list[int] = []

    def send_signal(self, number: int) -> None:
        assert number == CTRL_BREAK_EVENT
        self.sent.append(number)


@pytest.fixture(autouse=True)
def windows(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, BREAK)}
    monkeypatch.setattr(signal, "SIGBREAK", BREAK, raising=False)
    monkeypatch.setattr(signal, "CTRL_BREAK_EVENT", CTRL_BREAK_EVENT, raising=False)
    monkeypatch.setattr(subprocess, "CREATE_NEW_PROCESS_GROUP", NEW_GROUP, raising=False)
    monkeypatch.setattr(sys, "platform", "win32")
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGINT, BREAK], ids=["Ctrl+C", "Ctrl+Break"])
def test_both_keys_are_requests_to_end(number: signal.Signals) -> None:
    async def scene() -> None:
        asked = asyncio.Event()
        signals.on_end_requests(asked.set)
        signal.raise_signal(number)
        assert not asked.is_set(), "the handler runs in the loop, not in the midst of other code"
        await asyncio.wait_for(asked.wait(), 30)

    asyncio.run(scene())


def test_a_program_has_a_group_of_its_own_and_hears_ctrl_break() -> None:
    assert signals.own_group() == {"creationflags": NEW_GROUP}
    process = FakeProcess()
    signals.ask_to_end(cast(Any, process))
    assert process.sent == [CTRL_BREAK_EVENT]
