"""The real `sealbreak`, on a display, paired with a server."""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sealbreak_desktop.files.paths import paths_from
from sealbreak_desktop.server import pairing
from support.desktop.display import Display
from support.desktop.processes import Program, eventually

COMMAND = Path(sys.executable).with_name("sealbreak")


@dataclass
class Tray:
    display: Display
    state: Path
    program: Program

    @property
    def log(self) -> str:
        file = self.state / "tray.log"
        return file.read_text() if file.exists() else ""

    def wait_until_connected(self, times: int = 1) -> None:
        eventually(lambda: self.log.count("connection: connected") >= times, "a connection")

    def stop(self) -> int:
        return self.program.stop()


def new_state(display: Display, name: str = "state") -> Path:
    """A folder for the tray, set in the environment of the display."""
    folder = display.folder / name
    folder.mkdir(mode=0o700, exist_ok=True)
    display.env["SEALBREAK_STATE"] = str(folder)
    return folder


def run(display: Display, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command that ends by itself."""
    return subprocess.run(
        [str(COMMAND), *arguments],
        env=display.env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def pair(display: Display, address: str, code: str) -> Path:
    """Pairs a tray that does not run yet. Returns the state folder."""
    state = new_state(display)
    pairing.pair(paths_from(display.env), address, code, "file")
    return state


def pair_by_command(display: Display, address: str, code: str, *flags: str) -> Path:
    """As a user does it. Returns the state folder."""
    state = new_state(display)
    done = run(display, "pair", address, code, *flags)
    assert done.returncode == 0, done.stderr
    return state


def write_pairing(state: Path, address: str, token: str) -> None:
    """A pairing with a server that cannot pair."""
    kept = {
        "version": 1,
        "address": address,
        "owner": "abcdefgh",
        "account": "Ann",
        "device": "d1",
        "kept_in": "file",
        "signed_in": True,
    }
    (state / "desktop.json").write_text(json.dumps(kept))
    (state / "token").write_text(token)


def start_tray(display: Display, connected: bool = True, prefix: Sequence[str] = ()) -> Tray:
    """`connected`: wait for its connection. `prefix`: a command that starts it."""
    program = display.start(*prefix, COMMAND)
    tray = Tray(display, Path(display.env["SEALBREAK_STATE"]), program)
    if connected:
        tray.wait_until_connected()
    return tray


StartTray = Callable[[Display], Tray]
"""Starts a tray on a display, connected to a server chosen before."""
