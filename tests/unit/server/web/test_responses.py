import json

import pytest
from sealbreak_server.errors import (
    ForbiddenError,
    MigrationError,
    NotSignedInError,
    SealbreakError,
    TooManyError,
    UnavailableError,
)
from sealbreak_server.web.responses import JsonResponse, problem, problem_of


def test_a_problem_is_what_rfc_9457_says() -> None:
    answer = problem(403, "Refused", "The code is old.", {"X-Hint": "a"})
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-hint"] == "a"
    assert json.loads(bytes(answer.body)) == {
        "type": "about:blank", "title": "Refused", "status": 403, "detail": "The code is old.",
    }  # fmt: skip


def test_a_refusal_has_its_own_message() -> None:
    answer = problem_of(ForbiddenError("The code is old."))
    body = json.loads(bytes(answer.body))
    assert (answer.status_code, body["title"], body["detail"]) == (
        403, "Refused", "The code is old.",
    )  # fmt: skip
    assert "retry-after" not in answer.headers


def test_an_unauthenticated_response_names_the_scheme() -> None:
    assert problem_of(NotSignedInError("Who?")).headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("seconds", [0, 7])
def test_a_rate_limited_response_says_when_to_retry(seconds: int) -> None:
    answer = problem_of(TooManyError("Wait.", retry_after=seconds))
    assert (answer.status_code, answer.headers["retry-after"]) == (429, str(seconds))


def test_an_unavailable_database_is_reported_without_its_message() -> None:
    answer = problem_of(UnavailableError("The database answered: no such table: hit"))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert b"table" not in answer.body


@pytest.mark.parametrize("error", [SealbreakError("keys.txt"), MigrationError("keys.txt")])
def test_internal_errors_reveal_nothing(error: SealbreakError) -> None:
    answer = problem_of(error)
    assert answer.status_code == 500
    assert b"keys" not in answer.body


def test_json_is_not_escaped_to_ascii() -> None:
    assert JsonResponse({"name": "Grüße"}).body == '{"name":"Grüße"}'.encode()
