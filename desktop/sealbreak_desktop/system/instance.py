"""One tray for each user: the first holds a lock, a later one hands over its wish and ends."""

import contextlib
import json
import logging
import os
import secrets
import sys
import threading
from collections.abc import Callable
from multiprocessing.connection import Client, Listener
from multiprocessing.context import AuthenticationError
from pathlib import Path
from typing import IO

from sealbreak_desktop.files.paths import private_folder, write_private

SHOW, RELOAD = "show", "reload"
"""Open the history; read the pairing again."""

log = logging.getLogger(__name__)


class Instance:
    """Held by the one that runs. The system frees the lock whatever ends the process."""

    def __init__(self, held: IO[bytes], note: Path) -> None:
        self._held = held
        self._note = note
        key = secrets.token_bytes(32)
        self._listener = Listener(_address(), authkey=key)
        address = os.fsdecode(self._listener.address)
        for left in note.parent.glob(f".{note.name}.*"):
            left.unlink(missing_ok=True)  # the draft of one that was killed
        try:
            write_private(note, json.dumps({"address": address, "key": key.hex()}))
        except OSError as error:  # on a full disk, alerts matter more
            log.warning("later starts cannot reach this one: %s", error.strerror)

    def listen(self, heard: Callable[[str], None]) -> None:
        """`heard` is called from a thread of its own."""
        threading.Thread(target=self._listen, args=(heard,), name="instance", daemon=True).start()

    def _listen(self, heard: Callable[[str], None]) -> None:
        while True:
            try:
                with self._listener.accept() as connection:
                    if connection.poll(2):
                        heard(str(connection.recv_bytes(64), "ascii", "replace"))
                        connection.send_bytes(b"ok")
            except (EOFError, AuthenticationError, ConnectionError):
                continue  # a stranger, or one that changed its mind
            except OSError:
                return  # closed

    def close(self) -> None:
        self._note.unlink(missing_ok=True)
        self._listener.close()
        self._held.close()


def acquire(lock: Path) -> Instance | None:
    """`None` when another one runs."""
    private_folder(lock.parent)
    held = lock.open("ab")
    try:
        _lock(held)
    except OSError:
        held.close()
        return None
    return Instance(held, _note(lock))


def tell_running(lock: Path, what: str) -> bool:
    """False when none runs, or it does not listen."""
    with contextlib.suppress(OSError, ValueError, KeyError, EOFError, AuthenticationError):
        note = json.loads(_note(lock).read_text())
        with Client(note["address"], authkey=bytes.fromhex(note["key"])) as connection:
            connection.send_bytes(what.encode())
            return connection.poll(2) and connection.recv_bytes(8) == b"ok"
    return False


def _note(lock: Path) -> Path:
    return lock.with_suffix(".json")


def _address() -> str | None:
    """On Linux a name that is no file: a path can be too long for a socket, or be left behind."""
    return f"\0sealbreak-{secrets.token_hex(8)}" if sys.platform == "linux" else None


def _lock(held: IO[bytes]) -> None:
    try:
        import fcntl
    except ImportError:
        import msvcrt

        msvcrt.locking(held.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
    else:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
