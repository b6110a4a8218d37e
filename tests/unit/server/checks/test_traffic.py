import pytest
from sealbreak_server.checks.finding import Status
from sealbreak_server.checks.judgements.answers import Failed, Failure, Response, Stale, Stranger
from sealbreak_server.checks.judgements.traffic import Live, judge_live, judge_pixels
from sealbreak_server.security.nonces import MARK

KEPT = "no-store, max-age=0"


def pixel(mark: str, cache: str = KEPT, body: bytes = b"GIF89a...", status: int = 200) -> Response:
    return Response(status, {MARK: mark, "cache-control": cache}, body)


@pytest.mark.parametrize(
    ("answers", "status"),
    [
        ([pixel("a"), pixel("b")], Status.OK),
        ([pixel("a"), pixel("a")], Status.PROBLEM),
        ([pixel("a"), pixel("b", cache="max-age=3600")], Status.WARNING),
        ([pixel("a"), pixel("b", body=b"<html>")], Status.PROBLEM),
        ([pixel("a", status=403), pixel("b")], Status.PROBLEM),
        ([Response(200, {"cache-control": KEPT}, b"GIF89a")] * 2, Status.PROBLEM),
        ([], Status.PROBLEM),
    ],
)
def test_pixels_come_fresh_and_unchanged(answers: list[Response], status: Status) -> None:
    assert [finding.status for finding in judge_pixels(answers)] == [status]


@pytest.mark.parametrize(
    ("live", "status", "said"),
    [
        (Live(Stale(0.0), 30.0), Status.OK, "stayed open for 30 s"),
        (Live(Stale(0.0), 7.2, is_lost=True), Status.PROBLEM, "after 7 s"),
        (Live(Stranger(426, "")), Status.PROBLEM, "answers 426"),
        (Live(Failed(Failure.BROKEN, "no route")), Status.PROBLEM, "fails: no route."),
    ],
)
def test_a_live_connection_has_to_open_and_to_stay(live: Live, status: Status, said: str) -> None:
    (found,) = judge_live(live)
    assert (found.status, said in found.summary) == (status, True)
