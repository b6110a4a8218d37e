"""Failures of real machines (files, disks, clocks), with the real program."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from support.desktop.bus import NotifyMonitor
from support.desktop.display import Display
from support.desktop.menu import TrayMenu
from support.desktop.processes import eventually
from support.desktop.scripted_server import ScriptedServer, golden
from support.desktop.tray import new_state, run, start_tray, write_pairing

HISTORY = "history-abcdefgh.sqlite3"
POWERLESS = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
"""A command that takes root's right to write read-only files."""


def half(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def scribbled(file: Path) -> None:
    whole = file.read_bytes()
    file.write_bytes(whole[:4096] + b"\xff" * 4096 + whole[8192:])


def stub(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:50])


def state_with_history(here: Display, scripted: ScriptedServer) -> Path:
    """The state folder of a tray that ran and ended."""
    state = new_state(here)
    write_pairing(state, scripted.address, "secret-token")
    tray = start_tray(here)
    scripted.add(*(golden("clicked", number=number) for number in range(1, 41)))
    eventually(lambda: run(here, "history").stdout.count("Offer 12") == 40, "the history")
    assert tray.stop() == 0
    return state


@pytest.mark.parametrize("damage", [half, scribbled, stub])
def test_a_history_that_was_damaged_meanwhile_is_filled_again(
    display: Display, scripted: ScriptedServer, damage: Callable[[Path], None]
) -> None:
    state = state_with_history(display, scripted)
    damage(state / HISTORY)
    tray = start_tray(display)
    eventually(lambda: f"{HISTORY}.damaged-1" in tray.program.said(), "the notice")
    eventually(lambda: run(display, "history").stdout.count("Offer 12") == 40, "the history")
    assert (state / f"{HISTORY}.damaged-1").exists()


@pytest.mark.parametrize("rubbish", [b"{", b"\xff\x00", b"[1]", b'{"version": 99}', b""])
def test_a_damaged_pairing_asks_to_pair_again(display: Display, rubbish: bytes) -> None:
    state = new_state(display)
    (state / "desktop.json").write_bytes(rubbish)
    tray = start_tray(display, connected=False)
    eventually(lambda: "sealbreak pair" in tray.program.said(), "the advice")
    assert run(display, "history").returncode == 1
    assert tray.stop() == 0


def test_a_read_only_history_is_reported_and_used_again_when_it_is_writable(
    panel_display: Display, scripted: ScriptedServer
) -> None:
    state = state_with_history(panel_display, scripted)
    (state / HISTORY).chmod(0o400)
    start_tray(panel_display, connected=False, prefix=POWERLESS if os.geteuid() == 0 else ())
    menu = TrayMenu(panel_display)
    menu.find("Offline: The history cannot be saved: no permission to write")
    assert run(panel_display, "history").stdout.count("Offer 12") == 40
    (state / HISTORY).chmod(0o600)
    menu.activate("Connect now")
    menu.find("Online as Ann")


def test_a_full_disk_is_reported_and_nothing_is_lost(
    panel_display: Display, scripted: ScriptedServer
) -> None:
    with NotifyMonitor(panel_display.bus_address) as pop_ups:
        write_pairing(new_state(panel_display), scripted.address, "secret-token")
        tray = start_tray(panel_display)
        process = str(tray.program.process.pid)
        limit = ["prlimit", "--pid", process]
        subprocess.run([*limit, "--fsize=1000:unlimited"], check=True)
        scripted.add(golden("clicked"))
        menu = TrayMenu(panel_display)
        menu.find("Offline: The history cannot be saved")
        assert "Nothing is lost" in pop_ups.wait().body
        subprocess.run([*limit, "--fsize=unlimited"], check=True)
        menu.activate("Connect now")
        assert pop_ups.wait().title == "A link in your mail to Ann, 'Offer 12', was followed"
        menu.find("Online as Ann")
    assert "Offer 12" in run(panel_display, "history").stdout


def test_it_starts_on_a_full_disk_and_reports_it(
    display: Display, scripted: ScriptedServer, pop_ups: NotifyMonitor
) -> None:
    state = new_state(display)
    write_pairing(state, scripted.address, "secret-token")
    tray = start_tray(display, connected=False, prefix=("prlimit", "--fsize=0:unlimited"))
    told = pop_ups.wait()
    assert told.title.startswith("The history cannot be saved")
    assert "Nothing is lost" in told.body
    assert tray.program.process.poll() is None


def test_a_server_that_was_away_for_long_is_found_again(
    panel_display: Display, scripted: ScriptedServer
) -> None:
    with NotifyMonitor(panel_display.bus_address) as pop_ups:
        write_pairing(new_state(panel_display), scripted.address, "secret-token")
        tray = start_tray(panel_display)
        scripted.refuse_with = 502
        scripted.drop()
        eventually(lambda: tray.log.count("InvalidStatus") >= 3, "tries that are refused")
        scripted.add(*(golden("clicked", number=number) for number in range(1, 9)))
        scripted.refuse_with = None
        TrayMenu(panel_display).activate("Connect now")
        assert pop_ups.wait(lambda one: "away" in one.title).title == (
            "While you were away: 8 links followed"
        )
