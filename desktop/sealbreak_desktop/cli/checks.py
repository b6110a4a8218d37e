"""Checks of all that the tray depends on."""

from collections.abc import Iterator
from dataclasses import dataclass

from sealbreak_desktop.errors import SealbreakError, TrayUnavailableError
from sealbreak_desktop.files.credentials import call_with_timeout
from sealbreak_desktop.files.paths import Paths
from sealbreak_desktop.files.settings import load_pairing
from sealbreak_desktop.server.api import Api
from sealbreak_desktop.server.pairing import signed_in
from sealbreak_desktop.system import environment
from sealbreak_desktop.tray.drawing import Appearance
from sealbreak_desktop.tray.icon import Tray
from sealbreak_desktop.tray.menu import View


@dataclass(frozen=True, slots=True)
class Finding:
    topic: str
    ok: bool
    summary: str
    advice: str = ""

    def __str__(self) -> str:
        advice = f"\n{'':<16}-> {self.advice}" if self.advice else ""
        return f"{'ok' if self.ok else '--':<3} {self.topic:<12}{self.summary}{advice}"


def examine(paths: Paths) -> Iterator[Finding]:
    yield _server(paths)
    yield _keyring(paths)
    yield _bus()
    yield _pop_ups()
    yield _icon()
    yield _host()
    yield Finding("files", True, f"{paths.state} (log: {paths.log_file})")


def _server(paths: Paths) -> Finding:
    try:
        pairing, token = signed_in(paths)
        Api(pairing.address, token).newest_event()
    except SealbreakError as error:
        summary = " ".join(filter(None, (error.title, error.message)))
        return Finding("server", False, summary, error.advice)
    kept = "in the keyring" if pairing.kept_in != "file" else "in a private file"
    return Finding("server", True, f"{pairing.address} as {pairing.account}; the token is {kept}")


def _keyring(paths: Paths) -> Finding:
    pairing = load_pairing(paths.settings)
    if pairing is not None and pairing.kept_in == "file":
        return Finding("keyring", True, "not used")
    try:
        import keyring

        backend = call_with_timeout(10, keyring.get_keyring)
    except SealbreakError as error:
        return Finding("keyring", False, error.title, error.advice)
    name = type(backend).__module__.removeprefix("keyring.backends.")
    if name == "fail":
        advice = "apt install gnome-keyring, or pair with --token-file"
        return Finding("keyring", False, "none on this computer", advice)
    return Finding("keyring", True, name)


def _bus() -> Finding:
    if environment.connect_to_bus("session")[0] is not None:
        return Finding("session bus", True, "there")
    return Finding("session bus", False, "none, or PyGObject is missing", "apt install python3-gi")


def _pop_ups() -> Finding:
    server = environment.notification_server()
    if server is None:
        return Finding("pop-ups", False, "no notification server", "apt install dunst")
    name, capabilities = server
    clicks = "can be clicked" if "actions" in capabilities else "cannot be clicked"
    return Finding("pop-ups", True, f"{name}; they {clicks}")


def _icon() -> Finding:
    try:
        tray = Tray(View(Appearance.OFFLINE, "", "Sealbreak", ()), lambda *_: None)
    except TrayUnavailableError as error:
        return Finding("tray icon", False, error.title, error.advice)
    return Finding("tray icon", True, tray.backend)


def _host() -> Finding:
    if environment.has_tray_host():
        return Finding("panel", True, "shows tray icons")
    advice = "GNOME: install the AppIndicator extension; elsewhere add the tray to the panel"
    return Finding("panel", False, "none shows tray icons", advice)
