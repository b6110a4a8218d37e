"""The log file. No subject, recipient, link or token goes in: name kinds, numbers and types."""

import logging
import traceback
from logging.handlers import RotatingFileHandler
from pathlib import Path

from sealbreak_desktop.paths import private_folder

SIZE, KEPT = 512 * 1024, 3

log = logging.getLogger(__name__)


def log_to(file: Path) -> None:
    private_folder(file.parent)
    file.touch(mode=0o600)
    handler = RotatingFileHandler(file, maxBytes=SIZE, backupCount=KEPT, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger("sealbreak_desktop").setLevel(logging.INFO)


def log_fault(error: BaseException) -> None:
    """Where, not what: the words of an error may quote a mail."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    log.error("%s\n%s", type(error).__name__, frames)
