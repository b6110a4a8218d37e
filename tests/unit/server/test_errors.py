import re

import pytest
from sealbreak_server import errors
from sealbreak_server.errors import RefusalError, SealbreakError, TooManyError


def kinds(error: type[SealbreakError]) -> list[type[SealbreakError]]:
    return [error, *(kind for below in error.__subclasses__() for kind in kinds(below))]


ALL = [kind for kind in kinds(SealbreakError) if kind.__module__ == errors.__name__]
REFUSALS = [kind for kind in ALL if issubclass(kind, RefusalError)]


def test_the_drawing_shows_all_errors() -> None:
    drawn = re.findall(r"^[│├└─ ]*(\w+Error)\b", errors.__doc__ or "", re.MULTILINE)
    assert sorted(drawn) == sorted(kind.__name__ for kind in ALL)


@pytest.mark.parametrize("kind", REFUSALS, ids=lambda kind: kind.__name__)
def test_a_refusal_has_the_status_in_the_drawing(kind: type[RefusalError]) -> None:
    said = re.search(rf"{kind.__name__} +(\d+)$", errors.__doc__ or "", re.MULTILINE)
    assert kind is RefusalError or (said and int(said[1]) == kind.status)


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_an_error_has_a_message_and_a_title(
    kind: type[SealbreakError],
) -> None:
    error = kind("The port is taken.")
    assert (error.message, str(error)) == ("The port is taken.", "The port is taken.")
    assert error.title[0].isupper()
    assert error.title[-1] not in ".:"


def test_a_refusal_may_say_when_to_retry() -> None:
    assert TooManyError("Wait.", retry_after=3).retry_after == 3
    assert TooManyError("Wait.").retry_after is None
