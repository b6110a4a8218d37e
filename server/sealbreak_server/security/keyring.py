"""The file of server keys: base64url, one a line. The first start makes it, readable by its owner
only."""

import base64
import binascii
import os
import secrets
import sys
from pathlib import Path

from sealbreak_server.errors import SettingsError
from sealbreak_server.security.tokens import Keyring, base64url

KEY_BYTES = 32


def load_or_make_keys(path: Path) -> Keyring:
    return load_keys(path) or make_keys(path)


def load_keys(path: Path) -> Keyring | None:
    """`None` when there is no such file. Raises `SettingsError`."""
    try:
        return read_keys(path)
    except FileNotFoundError:
        return None


def read_keys(path: Path) -> Keyring:
    """Raises `SettingsError` when the file holds no keys, or `FileNotFoundError`."""
    return Keyring(_parse(path))


def make_keys(path: Path) -> Keyring:
    try:
        _make(path)
    except OSError as error:
        raise SettingsError(f"{path} cannot be written: {error.strerror}.") from error
    return read_keys(path)


def add_key(path: Path) -> int:
    """Puts a new key before the others: the first signs, all verify. Returns how many there are.

    Raises `SettingsError` when there is no key yet.
    """
    try:
        before = len(_parse(path))
        text = path.read_text(encoding="ascii")
    except FileNotFoundError:
        raise SettingsError(
            f"{path} is not there: the first start of the server makes it."
        ) from None
    _write_draft(path, f"{_new_key()}\n{text}").replace(path)
    sync_folder(path.parent)
    return before + 1


def _make(path: Path) -> None:
    """Under its final name the file is complete or absent. When two servers start at once, one of
    them makes it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = _write_draft(path, f"{_new_key()}\n")
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    sync_folder(path.parent)


def _new_key() -> str:
    return base64url(secrets.token_bytes(KEY_BYTES))


def _write_draft(path: Path, text: str) -> Path:
    """A file beside `path` with this text, which is on the disk."""
    draft = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return draft


def sync_folder(folder: Path) -> None:
    if sys.platform == "win32":
        return  # it opens no folder, and writes names with the files
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _parse(path: Path) -> tuple[bytes, ...]:
    lines = _text_of(path).splitlines()
    keys = tuple(_key(path, line.strip()) for line in lines if line.strip() and line[0] != "#")
    if not keys:
        raise SettingsError(
            f"{path} holds no key: restore it from your copy. If there is none, delete the file and"
            " start once with --new-keys."
        )
    return keys


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace")
    except FileNotFoundError:
        raise
    except OSError as error:
        raise SettingsError(
            f"{path} cannot be read: {error.strerror}. It must be the file of server keys: restore"
            " it from your copy."
        ) from error


def _key(path: Path, text: str) -> bytes:
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise SettingsError(f"A line of {path} is not a base64url key of {KEY_BYTES} bytes.")
    return key
