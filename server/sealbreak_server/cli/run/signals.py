"""How this program and the programs that it starts are asked to end.

Windows has no signals between processes. A program in a console hears Ctrl+C, which reaches all
programs there, and Ctrl+Break, which can be sent to one that has a group of its own.
"""

import asyncio
import signal
import subprocess
import sys
from asyncio.subprocess import Process
from collections.abc import Callable
from typing import Any


def on_end_requests(call: Callable[[], None]) -> None:
    """`call` runs in the running loop, at each request."""
    loop = asyncio.get_running_loop()
    if sys.platform == "win32":
        for number in (signal.SIGINT, signal.SIGBREAK):
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(call))
    else:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, call)


def own_group() -> dict[str, Any]:
    """Arguments for a new process that Ctrl+C in the terminal does not reach."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def ask_to_end(process: Process) -> None:
    """It was started with `own_group`."""
    if sys.platform == "win32":
        process.send_signal(signal.CTRL_BREAK_EVENT)
    else:
        process.terminate()
