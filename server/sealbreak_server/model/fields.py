"""Reads the fields of a JSON body. Errors name the wrong field."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from sealbreak_server.errors import BadRequestError

T = TypeVar("T")

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC).timestamp()
LATEST = datetime(9000, 1, 1, tzinfo=UTC).timestamp()


class Fields:
    """A JSON object. `path` is its place in the body, such as `recipients[2].`"""

    def __init__(self, value: object, path: str = "") -> None:
        if not isinstance(value, dict):
            raise BadRequestError(f"{path.rstrip('.') or 'The body'} must be an object.")
        self._values: dict[str, Any] = value
        self._path = path

    def fail(self, name: str, must: str) -> BadRequestError:
        return BadRequestError(f"{self._path}{name} must be {must}.")

    def text(self, name: str, longest: int, shortest: int = 0, default: str | None = None) -> str:
        value = self._values.get(name, default)
        if not isinstance(value, str) or not shortest <= len(value) <= longest:
            raise self.fail(name, f"a text of {shortest} to {longest} characters")
        return _storable(value)

    def optional_text(self, name: str, longest: int) -> str | None:
        return None if self._values.get(name) is None else self.text(name, longest)

    def choice(self, name: str, choices: tuple[str, ...]) -> str:
        value = self._values.get(name)
        if not isinstance(value, str) or value not in choices:
            raise self.fail(name, "one of " + ", ".join(choices))
        return value

    def number(self, name: str, least: int, most: int, default: int | None = None) -> int:
        value = self._values.get(name, default)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise self.fail(name, f"a whole number from {least} to {most}")
        return value

    def switch(self, name: str, *, default: bool = False) -> bool:
        value = self._values.get(name, default)
        if not isinstance(value, bool):
            raise self.fail(name, "true or false")
        return value

    def time(self, name: str) -> float:
        seconds = _seconds(self._values.get(name))
        if seconds is None:
            raise self.fail(name, "a time such as 2026-11-23T09:30:00.250Z")
        return seconds

    def optional_time(self, name: str) -> float | None:
        return None if self._values.get(name) is None else self.time(name)

    def items(self, name: str, most: int, read: Callable[["Fields"], T]) -> tuple[T, ...]:
        value = self._values.get(name, [])
        if not isinstance(value, list) or len(value) > most:
            raise self.fail(name, f"a list of at most {most} items")
        return tuple(
            read(Fields(item, f"{self._path}{name}[{at}].")) for at, item in enumerate(value)
        )

    def texts(self, name: str, most: int) -> tuple[str, ...]:
        value = self._values.get(name)
        if not isinstance(value, list) or len(value) > most:
            raise self.fail(name, f"a list of at most {most} texts")
        if not all(isinstance(item, str) for item in value):
            raise self.fail(name, "a list of texts")
        return tuple(_storable(item) for item in value)


def _storable(text: str) -> str:
    """Replaces what databases cannot store: NUL and unpaired surrogates."""
    if "\0" not in text and not any("\ud800" <= c <= "\udfff" for c in text):
        return text
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def _seconds(value: object) -> float | None:
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        return None
    try:
        seconds = datetime.fromisoformat(value).timestamp()
    except (ValueError, OverflowError):
        return None
    return seconds if EARLIEST <= seconds <= LATEST else None
