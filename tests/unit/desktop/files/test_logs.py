import logging
from collections.abc import Iterator
from logging.handlers import RotatingFileHandler
from pathlib import Path

import pytest
from sealbreak_desktop.files import logs


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    logs.log_to(tmp_path / "tray.log")
    yield tmp_path / "tray.log"
    for handler in set(root.handlers) - set(before):
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)


def test_only_our_own_messages_are_logged_as_info(file: Path) -> None:
    logging.getLogger("sealbreak_desktop.core").info("ours")
    logging.getLogger("websockets.client").info("> Authorization: Bearer secret")
    assert "ours" in file.read_text()
    assert "secret" not in file.read_text()


def test_only_the_owner_can_read_it(file: Path) -> None:
    logging.getLogger("sealbreak_desktop.core").info("ours")
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_log_that_cannot_be_written_is_ignored_silently(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.mkdir()
    logging.getLogger("sealbreak_desktop.core").info("ours")
    file.rmdir()
    assert capsys.readouterr().err == ""


def test_the_text_of_an_error_is_not_logged(file: Path) -> None:
    subject = "Offer 12"
    try:
        raise ValueError(subject)
    except ValueError as error:
        logs.log_fault(error)
        logging.getLogger("websockets.client").exception("unexpected")
        logs.log_loop_fault(None, {"message": "Offer 12"})
        logs.log_loop_fault(None, {"message": "Offer 12", "exception": error})
    assert "Offer" not in file.read_text()
    assert file.read_text().count("ValueError\n") == 3
    assert "test_logs.py" in file.read_text()


def test_it_is_bounded(file: Path) -> None:
    (handler,) = [
        one for one in logging.getLogger().handlers if isinstance(one, RotatingFileHandler)
    ]
    assert handler.maxBytes * (handler.backupCount + 1) <= 4 << 20
