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

BUSY = """
import ctypes, signal, sys, threading
signal.SIGBREAK = signal.SIGUSR1
sys.platform = {system!r}
from sealbreak_desktop.system.main_loop import on_signals, take_signals
end = threading.Event()
on_signals(end.set)
signal.signal(signal.SIGINT, signal.SIG_DFL)
take_signals()
print("ready", flush=True)
threading.Thread(target=lambda: (end.wait(30), print("told", flush=True))).start()
system, mutex = ctypes.CDLL(None), ctypes.create_string_buffer(64)
for _ in range(2):
    system.pthread_mutex_lock(mutex)
"""
"""The main thread stays in a call that no signal ends, as in the loops of Windows and macOS."""


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


@pytest.mark.parametrize(
    ("system", "number"),
    [
        ("win32", signal.SIGINT),
        ("win32", signal.SIGUSR1),
        ("darwin", signal.SIGINT),
        ("darwin", signal.SIGTERM),
    ],
    ids=["Ctrl+C", "Ctrl+Break", "macOS SIGINT", "macOS SIGTERM"],
)
def test_a_signal_is_heard_while_the_main_thread_is_in_the_system(
    system: str, number: signal.Signals
) -> None:
    command = [sys.executable, "-c", BUSY.format(system=system)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        assert process.stdout.readline() == "told\n"
        process.kill()
