import logging
import sys

import pytest
from sealbreak_server.web.uvicorn.log_filter import (
    BAD_FRAME_ERRORS,
    BAD_REQUEST_WARNINGS,
    QUIET_SECONDS,
    StrangersFilter,
)


def record(message: str) -> logging.LogRecord:
    try:
        b"\xff".decode()
    except UnicodeDecodeError:
        error = sys.exc_info()
    return logging.LogRecord("uvicorn.error", logging.ERROR, "", 0, message, None, error)


@pytest.mark.parametrize(
    ("message", "is_logged"),
    [*((text, False) for text in sorted(BAD_REQUEST_WARNINGS)), ("The disk is full.", True)],
)
def test_bad_requests_are_not_logged(message: str, is_logged: bool) -> None:
    assert StrangersFilter().filter(record(message)) is is_logged


@pytest.mark.parametrize("message", sorted(BAD_FRAME_ERRORS))
def test_a_bad_frame_is_one_line_a_minute_without_a_traceback(message: str) -> None:
    now = 0.0
    strangers = StrangersFilter(lambda: now)
    first = record(message)
    assert strangers.filter(first)
    assert "\n" not in logging.Formatter().format(first)
    now = QUIET_SECONDS - 1
    assert not strangers.filter(record(message))
    now = QUIET_SECONDS
    assert strangers.filter(record(message))


def test_the_traceback_of_another_error_stays() -> None:
    error = record("Exception in ASGI application")
    assert StrangersFilter().filter(error)
    assert "UnicodeDecodeError" in logging.Formatter().format(error)
