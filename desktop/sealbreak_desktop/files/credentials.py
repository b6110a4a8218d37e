"""The device token, in the system's keyring, or in a private file if the user wants that.

A keyring may wait for its password without end, so every call runs in a thread of its own, with a
timeout.
"""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from pathlib import Path
from typing import Protocol, TypeVar

from sealbreak_desktop.errors import CredentialsError, KeyringLockedError, NoKeyringError
from sealbreak_desktop.files.keyrings import keyring_backend
from sealbreak_desktop.files.paths import write_private
from sealbreak_desktop.files.settings import TokenPlace

SERVICE = "sealbreak"
TIMEOUT = 10.0
"""Seconds."""

log = logging.getLogger(__name__)
T = TypeVar("T")


class Credentials(Protocol):
    def load(self) -> str | None: ...
    def save(self, token: str) -> None: ...
    def delete(self) -> None: ...


class TokenFile:
    def __init__(self, file: Path) -> None:
        self._file = file

    def load(self) -> str | None:
        """`None` also when the file is damaged."""
        try:
            token = self._file.read_text(encoding="ascii").strip()
        except (FileNotFoundError, UnicodeDecodeError):
            return None
        return token if token and token.isprintable() else None

    def save(self, token: str) -> None:
        write_private(self._file, f"{token}\n")

    def delete(self) -> None:
        self._file.unlink(missing_ok=True)


class Keyring:
    def __init__(self, user: str, timeout: float | None = TIMEOUT) -> None:
        self._user = user
        self._timeout = timeout

    def load(self) -> str | None:
        return self._call(lambda: keyring_backend().get_password(SERVICE, self._user))

    def save(self, token: str) -> None:
        self._call(lambda: keyring_backend().set_password(SERVICE, self._user, token))

    def delete(self) -> None:
        self._call(lambda: keyring_backend().delete_password(SERVICE, self._user))

    def _call(self, call: Callable[[], T]) -> T:
        return call_with_timeout(self._timeout, call)


def credentials_in(
    place: TokenPlace, file: Path, address: str, timeout: float | None = TIMEOUT
) -> Credentials:
    """`timeout` in seconds; `None` waits for the user to unlock the keyring."""
    return TokenFile(file) if place == "file" else Keyring(address, timeout)


def start_call(call: Callable[[], T]) -> Future[T]:
    """In a thread that does not keep the process alive."""
    outcome: Future[T] = Future()
    outcome.set_running_or_notify_cancel()

    def run() -> None:
        try:
            outcome.set_result(call())
        except BaseException as error:  # the caller gets it from the future
            outcome.set_exception(error)

    threading.Thread(target=run, name="keyring", daemon=True).start()
    return outcome


def call_with_timeout(timeout: float | None, call: Callable[[], T]) -> T:
    """Raises `KeyringLockedError` after the timeout; the call itself goes on."""
    try:
        return start_call(call).result(timeout)
    except FutureTimeoutError:
        raise keyring_locked() from None
    except Exception as error:
        raise _credentials_error(error) from error


def _credentials_error(error: Exception) -> CredentialsError:
    from keyring import errors

    if isinstance(error, errors.NoKeyringError):
        return NoKeyringError(
            "This computer has no keyring",
            "The access token has to be stored somewhere.",
            "Install one (on Debian: gnome-keyring), or run the command again with --token-file"
            " to keep the token in a file that only you can read.",
        )
    if isinstance(error, errors.KeyringLocked):
        return keyring_locked()
    log.warning("the keyring failed: %s", type(error).__name__)
    return CredentialsError(
        "The keyring failed",
        type(error).__name__,
        "Try again, or pair with --token-file to keep the token in a file that only you can read.",
    )


def keyring_locked() -> KeyringLockedError:
    return KeyringLockedError(
        "The keyring is locked",
        "It did not answer in time; it may be waiting for its password.",
        "Unlock it and try again, or pair with --token-file to keep the token in a file that"
        " only you can read.",
    )
