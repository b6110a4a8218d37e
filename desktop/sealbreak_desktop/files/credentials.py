"""The token: in the system's keyring, or in a private file when the user said so.

A keyring may ask the user to unlock it and wait for ever, so it is only spoken to from a thread of
its own, with a limit.
"""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as LimitReached
from pathlib import Path
from typing import Protocol, TypeVar

from sealbreak_desktop.errors import CredentialsError, KeyringLockedError, NoKeyringError
from sealbreak_desktop.files.paths import write_private
from sealbreak_desktop.files.settings import TokenPlace

SERVICE = "sealbreak"
LIMIT = 10.0
"""Seconds."""

log = logging.getLogger(__name__)
T = TypeVar("T")


class Credentials(Protocol):
    def load(self) -> str | None: ...
    def save(self, token: str) -> None: ...
    def forget(self) -> None: ...


class TokenFile:
    def __init__(self, file: Path) -> None:
        self._file = file

    def load(self) -> str | None:
        """`None`, too, when the file was damaged."""
        try:
            token = self._file.read_text(encoding="ascii").strip()
        except (FileNotFoundError, UnicodeDecodeError):
            return None
        return token if token and token.isprintable() else None

    def save(self, token: str) -> None:
        write_private(self._file, f"{token}\n")

    def forget(self) -> None:
        self._file.unlink(missing_ok=True)


class Keyring:
    def __init__(self, user: str, limit: float | None = LIMIT) -> None:
        self._user = user
        self._limit = limit

    def load(self) -> str | None:
        import keyring

        return within(self._limit, lambda: keyring.get_password(SERVICE, self._user))

    def save(self, token: str) -> None:
        import keyring

        within(self._limit, lambda: keyring.set_password(SERVICE, self._user, token))

    def forget(self) -> None:
        import keyring

        within(self._limit, lambda: keyring.delete_password(SERVICE, self._user))


def credentials_in(
    place: TokenPlace, file: Path, address: str, limit: float | None = LIMIT
) -> Credentials:
    """`limit` in seconds; `None` waits for the user to unlock the keyring."""
    return TokenFile(file) if place == "file" else Keyring(address, limit)


def begin(call: Callable[[], T]) -> Future[T]:
    """In a thread that does not keep the process alive."""
    outcome: Future[T] = Future()
    outcome.set_running_or_notify_cancel()

    def run() -> None:
        try:
            outcome.set_result(call())
        except BaseException as error:  # it belongs to whoever waits
            outcome.set_exception(error)

    threading.Thread(target=run, name="keyring", daemon=True).start()
    return outcome


def within(limit: float | None, call: Callable[[], T]) -> T:
    """Its result. `KeyringLockedError` after so many seconds; the call goes on unheard."""
    try:
        return begin(call).result(limit)
    except LimitReached:
        raise locked() from None
    except Exception as error:
        raise _told(error) from error


def _told(error: Exception) -> CredentialsError:
    from keyring import errors

    if isinstance(error, errors.NoKeyringError):
        return NoKeyringError(
            "This computer has no keyring",
            "The token that stands for you has to be kept somewhere.",
            "Install one (on Debian: gnome-keyring), or run the command again with --token-file"
            " to keep the token in a file that only you can read.",
        )
    if isinstance(error, errors.KeyringLocked):
        return locked()
    log.warning("the keyring failed: %s", type(error).__name__)
    return CredentialsError(
        "The keyring failed",
        type(error).__name__,
        "Try again, or pair with --token-file to keep the token in a file that only you can read.",
    )


def locked() -> KeyringLockedError:
    return KeyringLockedError(
        "The keyring is locked",
        "It did not hand out the token in time; it may be waiting for its password.",
        "Unlock it and try again, or pair with --token-file to keep the token in a file that"
        " only you can read.",
    )
