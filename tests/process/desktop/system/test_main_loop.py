import signal
import subprocess
import sys

import pytest
from sealbreak_desktop.system.main_loop import PlainLoop
from support.desktop.display import Display

RUN = """
import os, sys, threading
{before}
from sealbreak_desktop.system.main_loop import on_signals, loop_without_icon
loop = loop_without_icon()
on_signals(loop.stop)
print(type(loop).__name__, flush=True)
loop.run()
print("ended")
"""


def test_a_loop_stopped_before_it_runs_does_not_run() -> None:
    loop = PlainLoop()
    loop.stop()
    loop.run()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize(
    ("before", "name"), [("", "GLibLoop"), ("sys.modules['gi'] = None", "PlainLoop")]
)
def test_signals_end_it(
    bare_display: Display, before: str, name: str, number: signal.Signals
) -> None:
    command = [sys.executable, "-c", RUN.format(before=before)]
    with subprocess.Popen(
        command, env=bare_display.env, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == f"{name}\n"
        process.send_signal(number)
        assert process.stdout.read() == "ended\n"
    assert process.returncode == 0
