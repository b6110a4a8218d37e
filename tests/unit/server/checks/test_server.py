import pytest
from sealbreak_server.checks.finding import Status
from sealbreak_server.checks.judgements.answers import (
    Answer,
    Failed,
    Failure,
    Seen,
    Stale,
    Stranger,
)
from sealbreak_server.checks.judgements.server import judge_server

URL = "https://track.example.com"
SEEN = Seen(0.0, "one", "0.1.0", URL, "127.0.0.1:8787", "127.0.0.1", False, (), "127.0.0.1")


@pytest.mark.parametrize(
    ("answer", "told", "status", "said"),
    [
        (SEEN, URL, Status.OK, "It answers"),
        (SEEN, "", Status.OK, "It answers"),
        (SEEN, "https://new.example.com", Status.WARNING, "and not https://new.example.com"),
        (Stale(9.0), URL, Status.OK, "It answers"),
        (Stranger(404, "", is_sealbreak=True), URL, Status.PROBLEM, "has other keys"),
        (Stranger(200, "nginx"), URL, Status.NOT_CHECKED, "Another program"),
        (Failed(Failure.REFUSED), URL, Status.NOT_CHECKED, "No server"),
    ],
)
def test_only_an_answer_with_our_keys_is_this_server(
    answer: Answer, told: str, status: Status, said: str
) -> None:
    (found,) = judge_server("http://127.0.0.1:8787", answer, told)
    assert (found.status, said in found.summary) == (status, True)
