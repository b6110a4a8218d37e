"""Which server this computer is paired with. The token is elsewhere: see `credentials`."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from sealbreak_desktop.errors import BadAddressError
from sealbreak_desktop.files.paths import write_private

VERSION = 1
TokenPlace = Literal["keyring", "file"]
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True, slots=True)
class Pairing:
    address: str
    owner: str
    account: str
    device: str
    kept_in: TokenPlace
    signed_in: bool = True
    """False after signing out: the history stays readable, nothing else does."""


def load_pairing(file: Path) -> Pairing | None:
    try:
        stored = json.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    if not isinstance(stored, dict) or stored.pop("version", None) != VERSION:
        return None
    try:
        return Pairing(**stored)
    except TypeError:
        return None


def save_pairing(file: Path, pairing: Pairing) -> None:
    write_private(file, json.dumps({"version": VERSION, **asdict(pairing)}, indent=2) + "\n")


def server_address(text: str) -> str:
    """The address in its one form: scheme, host and port, an optional path, no slash at the end."""
    given = text.strip()
    if "://" not in given:
        host = urlsplit(f"//{given}").hostname or ""
        given = f"{'http' if host in LOOPBACK else 'https'}://{given}"
    given = given.rstrip("/")
    try:
        parts = urlsplit(given)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid = False
    if not valid or parts.query or parts.fragment or parts.username or " " in given:
        raise BadAddressError(
            f"{text!r} is not the address of a server",
            advice="Give it as in https://track.example.com or http://127.0.0.1:8787",
        )
    return given


def is_readable_on_the_way(address: str) -> bool:
    """Plain http to another machine: anybody between could read the token."""
    parts = urlsplit(address)
    return parts.scheme == "http" and parts.hostname not in LOOPBACK


def live_address(address: str, after: int, erasures: int) -> str:
    """The WebSocket address that replays what came after these numbers."""
    return f"ws{address.removeprefix('http')}/api/v1/live?after={after}&erasures={erasures}"
