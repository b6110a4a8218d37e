"""The tray on a virtual screen: from a pixel's fetch to the pop-up, and what it costs to run."""

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.desktop.bus import NotifyMonitor
from support.desktop.display import virtual_display
from support.desktop.server import Server, fetch, server
from support.desktop.tray import Tray, pair, start_tray

OPENS = 100
IDLE = 15.0
"""Seconds."""
TICKS = os.sysconf("SC_CLK_TCK")


def rows() -> Iterator[dict[str, object]]:
    with (
        tempfile.TemporaryDirectory() as folder,
        server(Path(folder)) as live,
        virtual_display(panel=True) as here,
        NotifyMonitor(here.bus_address) as pop_ups,
    ):
        pair(here, live.address, live.pairing_code())
        begun = time.monotonic()
        tray = start_tray(here)
        yield _row("tray_start_to_connected", time.monotonic() - begun, "s")
        _open(live, pop_ups)  # the first one also looks for a way to show it
        took = sorted(_open(live, pop_ups) for _ in range(OPENS))
        yield _row("pixel_to_notify_median", median(took) * 1000, "ms")
        yield _row("pixel_to_notify_p95", quantiles(took, n=20)[-1] * 1000, "ms")
        yield _row("tray_memory", _memory(tray), "MB")
        yield _row("tray_idle_cpu_per_minute", _idle(tray), "s")


def _row(name: str, value: float, unit: str) -> dict[str, object]:
    return {"name": name, "value": round(value, 3), "unit": unit}


def _open(live: Server, pop_ups: NotifyMonitor) -> float:
    """Seconds from asking for the pixel of a new message to its pop-up on the bus."""
    message = live.message()
    begun = time.monotonic()
    fetch(message.pixel)
    return pop_ups.wait().seen - begun


def _memory(tray: Tray) -> float:
    status = Path(f"/proc/{tray.program.process.pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def _idle(tray: Tray) -> float:
    before = _cpu(tray)
    time.sleep(IDLE)
    return (_cpu(tray) - before) * 60 / IDLE


def _cpu(tray: Tray) -> float:
    stat = Path(f"/proc/{tray.program.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(stat[11]) + int(stat[12])) / TICKS
