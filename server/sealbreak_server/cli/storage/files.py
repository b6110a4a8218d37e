"""Files that a command writes."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sealbreak_server.errors import SettingsError


@contextmanager
def writing(target: Path) -> Iterator[None]:
    """Turns an `OSError` into a `SettingsError` that names the file."""
    try:
        yield
    except OSError as error:
        raise SettingsError(f"{target} cannot be written: {error.strerror}.") from error
