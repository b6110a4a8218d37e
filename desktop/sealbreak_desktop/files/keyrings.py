"""The keyring that the system has at this moment, and whether it is unlocked."""

from contextlib import closing, suppress
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend


class KeyringState(Enum):
    NONE = "none"
    LOCKED = "locked"
    READY = "ready"
    """Unlocked, or of a kind that does not tell."""


def keyring_backend() -> "KeyringBackend":
    """The keyring library keeps its first choice for the whole process.

    A keyring that starts later would stay unknown, so it chooses again when that one is not usable.
    """
    import keyring
    from keyring import backend, core

    if not _is_usable(keyring.get_keyring()):
        with suppress(KeyError):  # nothing is kept yet
            backend.get_all_keyring.reset()
        core.init_backend()
    return keyring.get_keyring()


def keyring_state() -> KeyringState:
    """Shows no prompt. Blocks while the bus does not answer."""
    backend = keyring_backend()
    if not _is_usable(backend):
        return KeyringState.NONE
    return KeyringState.LOCKED if _is_locked(backend) else KeyringState.READY


def _is_usable(backend: "KeyringBackend") -> bool:
    try:
        return backend.priority >= 1
    except RuntimeError:  # its service does not run
        return False


def tells_state(backend: "KeyringBackend") -> bool:
    """Whether it can be asked if it is locked, without a prompt."""
    from keyring.backends.SecretService import Keyring

    return any(isinstance(one, Keyring) for one in getattr(backend, "backends", (backend,)))


def _is_locked(backend: "KeyringBackend") -> bool:
    if not tells_state(backend):
        return False
    import secretstorage

    try:
        with closing(secretstorage.dbus_init()) as bus:
            return secretstorage.Collection(bus).is_locked()
    except secretstorage.SecretStorageException:  # it has no collection yet
        return True
