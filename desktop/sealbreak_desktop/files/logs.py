"""The log file. It names kinds, numbers and types, never a subject, recipient, link or token."""

import logging
import os
import traceback
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from sealbreak_desktop.files.paths import private_folder

MAX_SIZE, OLDER_FILES = 512 * 1024, 3

log = logging.getLogger(__name__)


class _PrivateHandler(RotatingFileHandler):
    def _open(self) -> Any:
        return open(self.baseFilename, self.mode, encoding=self.encoding, opener=_owner_only)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - its name in logging
        """A full disk must not write log lines to the terminal instead."""


def _owner_only(file: str, flags: int) -> int:
    return os.open(file, flags, 0o600)


class _PrivateFormatter(logging.Formatter):
    """Replaces the words of an exception, as `log_fault` does."""

    def format(self, record: logging.LogRecord) -> str:
        error = record.exc_info[1] if record.exc_info else None
        record.exc_text = _where(error) if error else None
        return super().format(record)


def log_to(file: Path) -> None:
    private_folder(file.parent)
    handler = _PrivateHandler(
        file, maxBytes=MAX_SIZE, backupCount=OLDER_FILES, encoding="utf-8", delay=True
    )
    handler.setFormatter(_PrivateFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger("sealbreak_desktop").setLevel(logging.INFO)


def log_fault(error: BaseException) -> None:
    """Type and place only: the words of an error may quote a mail."""
    log.error("%s", _where(error))


def log_loop_fault(_: object, context: dict[str, Any]) -> None:
    """The exception handler of an event loop, whose own message would quote the error."""
    if error := context.get("exception"):
        log_fault(error)
    else:
        log.error("the event loop reports an error")


def _where(error: BaseException) -> str:
    return f"{type(error).__name__}\n{''.join(traceback.format_tb(error.__traceback__))}"
