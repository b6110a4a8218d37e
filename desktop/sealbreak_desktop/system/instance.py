"""One tray for each user: the first holds a lock, a later one sends it a command and ends."""

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
"""Commands: open the history; read the pairing again."""

log = logging.getLogger(__name__)


class Instance:
    """The running tray. The operating system frees its lock however the process ends."""

    def __init__(self, lock: IO[bytes], contact: Path) -> None:
        self._lock = lock
        self._contact = contact
        key = secrets.token_bytes(32)
        self._listener = Listener(_address(), authkey=key)
        address = os.fsdecode(self._listener.address)
        for draft in contact.parent.glob(f".{contact.name}.*"):
            draft.unlink(missing_ok=True)  # left by a process that was killed
        try:
            write_private(contact, json.dumps({"address": address, "key": key.hex()}))
        except OSError as error:  # a full disk must not stop the notifications
            log.warning("later starts cannot contact this one: %s", error.strerror)

    def listen(self, on_command: Callable[[str], None]) -> None:
        """`on_command` is called from a thread of its own."""
        threading.Thread(
            target=self._listen, args=(on_command,), name="instance", daemon=True
        ).start()

    def _listen(self, on_command: Callable[[str], None]) -> None:
        while True:
            try:
                with self._listener.accept() as connection:
                    if connection.poll(2):
                        on_command(str(connection.recv_bytes(64), "ascii", "replace"))
                        connection.send_bytes(b"ok")
            except (EOFError, AuthenticationError, ConnectionError):
                continue  # another program, or a start that ended early
            except OSError:
                return  # closed

    def close(self) -> None:
        self._contact.unlink(missing_ok=True)
        self._listener.close()
        self._lock.close()


def acquire(lock: Path) -> Instance | None:
    """`None` when another one runs."""
    private_folder(lock.parent)
    opened = lock.open("ab")
    try:
        _lock(opened)
    except OSError:
        opened.close()
        return None
    return Instance(opened, _contact_file(lock))


def send_command(lock: Path, command: str) -> bool:
    """To the running tray. False when none runs, or it does not answer."""
    with contextlib.suppress(OSError, ValueError, KeyError, EOFError, AuthenticationError):
        contact = json.loads(_contact_file(lock).read_text())
        with Client(contact["address"], authkey=bytes.fromhex(contact["key"])) as connection:
            connection.send_bytes(command.encode())
            return connection.poll(2) and connection.recv_bytes(8) == b"ok"
    return False


def _contact_file(lock: Path) -> Path:
    return lock.with_suffix(".json")


def _address() -> str | None:
    """On Linux an abstract name. A path can be too long, and its file can be left over."""
    return f"\0sealbreak-{secrets.token_hex(8)}" if sys.platform == "linux" else None


def _lock(opened: IO[bytes]) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(opened.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
