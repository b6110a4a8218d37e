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


def test_a_refusal_is_told_in_its_own_words() -> None:
    answer = problem_of(ForbiddenError("The code is old."))
    body = json.loads(bytes(answer.body))
    assert (answer.status_code, body["title"], body["detail"]) == (
        403, "Refused", "The code is old.",
    )  # fmt: skip
    assert "retry-after" not in answer.headers


def test_who_is_not_signed_in_is_told_how() -> None:
    assert problem_of(NotSignedInError("Who?")).headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("seconds", [0, 7])
def test_who_is_too_quick_is_told_when_to_come_again(seconds: int) -> None:
    answer = problem_of(TooManyError("Wait.", retry_after=seconds))
    assert (answer.status_code, answer.headers["retry-after"]) == (429, str(seconds))


def test_a_database_that_is_away_is_no_secret_but_what_it_said_is() -> None:
    answer = problem_of(UnavailableError("The database answered: no such table: hit"))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert b"table" not in answer.body


@pytest.mark.parametrize("error", [SealbreakError("keys.txt"), MigrationError("keys.txt")])
def test_of_our_own_faults_nothing_is_told(error: SealbreakError) -> None:
    answer = problem_of(error)
    assert answer.status_code == 500
    assert b"keys" not in answer.body


def test_json_keeps_foreign_letters() -> None:
    assert JsonResponse({"name": "Grüße"}).body == '{"name":"Grüße"}'.encode()
