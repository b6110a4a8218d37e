"""The server that this computer is paired with. `credentials` has the token."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from sealbreak_desktop.files.paths import write_private

VERSION = 1
TokenPlace = Literal["keyring", "file"]


@dataclass(frozen=True, slots=True)
class Pairing:
    address: str
    owner: str
    account: str
    device: str
    kept_in: TokenPlace
    signed_in: bool = True
    """False after signing out: only the history can still be read."""


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
