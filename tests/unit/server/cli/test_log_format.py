import json
import logging
import sys

from sealbreak_server.cli.log_format import JsonFormatter


def line_of(message: str, *arguments: object, error: bool = False) -> dict[str, str]:
    record = logging.LogRecord(
        "sealbreak.x", logging.ERROR, "", 0, message, arguments, sys.exc_info() if error else None
    )
    record.created = 0.25
    text = JsonFormatter().format(record)
    assert "\n" not in text
    parsed: dict[str, str] = json.loads(text)
    return parsed


def test_a_line_says_when_how_bad_where_and_what() -> None:
    assert line_of('a "%s"\nand more', "word") == {
        "time": "1970-01-01T00:00:00.250+00:00",
        "level": "error",
        "logger": "sealbreak.x",
        "message": 'a "word"\nand more',
    }


def test_a_traceback_stays_in_its_line() -> None:
    try:
        raise ValueError("why")
    except ValueError:
        line = line_of("it failed", error=True)
    assert line["exception"].startswith("Traceback")
    assert line["exception"].endswith("ValueError: why")
