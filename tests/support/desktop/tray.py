"""The real `sealbreak`, on a desktop, paired with a server."""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from support.desktop.display import Desktop
from support.desktop.processes import Program, eventually

COMMAND = Path(sys.executable).with_name("sealbreak")


@dataclass
class Tray:
    desktop: Desktop
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


def new_state(desktop: Desktop, name: str = "state") -> Path:
    """A folder for the app, and the desktop's environment pointed at it."""
    folder = desktop.folder / name
    folder.mkdir(mode=0o700, exist_ok=True)
    desktop.env["SEALBREAK_STATE"] = str(folder)
    return folder


def run(desktop: Desktop, *arguments: str) -> subprocess.CompletedProcess[str]:
    """One of the short commands, to its end."""
    return subprocess.run(
        [str(COMMAND), *arguments],
        env=desktop.env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def pair(desktop: Desktop, address: str, code: str, keyring: bool = False) -> Path:
    """Returns the state folder."""
    state = new_state(desktop)
    done = run(desktop, "pair", address, code, *(() if keyring else ("--token-file",)))
    assert done.returncode == 0, done.stderr
    return state


def write_pairing(state: Path, address: str, token: str) -> None:
    """As if paired, for servers that cannot pair."""
    pairing = {
        "version": 1,
        "address": address,
        "owner": "abcdefgh",
        "account": "Ann",
        "device": "d1",
        "kept_in": "file",
        "signed_in": True,
    }
    (state / "desktop.json").write_text(json.dumps(pairing))
    (state / "token").write_text(token)


def start_tray(desktop: Desktop, connected: bool = True, prefix: Sequence[str] = ()) -> Tray:
    """`connected`: wait for its connection. `prefix`: a command that starts it."""
    program = desktop.start(*prefix, COMMAND)
    tray = Tray(desktop, Path(desktop.env["SEALBREAK_STATE"]), program)
    if connected:
        tray.wait_until_connected()
    return tray


StartTray = Callable[[Desktop], Tray]
"""Starts a tray on a desktop, connected with a server chosen before."""
