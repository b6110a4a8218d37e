from dataclasses import replace

import pytest
from sealbreak_server.checks.finding import Finding, Status
from sealbreak_server.checks.judgements.address import (
    Look,
    Resolved,
    judge_kind,
    judge_looks,
    judge_name,
)
from sealbreak_server.checks.judgements.answers import (
    Answer,
    Failed,
    Failure,
    Seen,
    Stale,
    Stranger,
)

URL = "https://track.example.com"
SEEN = Seen(0.0, "one", "0.1.0", URL, "track.example.com", "127.0.0.1", True, ("203.0.113.9",), "")
NO_SERVER = Failed(Failure.REFUSED)


def looked(
    *answers: Answer, local: Answer = SEEN, own: bool = False, shared: bool = False,
    days: float | None = None, came: bool = False,
) -> list[Finding]:  # fmt: skip
    looks = [
        Look(address, answer, is_own=own, certificate_days=days)
        for address, answer in zip(("203.0.113.7", "2001:db8::7"), answers, strict=False)
    ]
    return list(judge_looks(URL, looks, local, is_shared=shared, gmail_came=came))


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("", Status.NOT_CHECKED),
        ("http://track.example.com", Status.PROBLEM),
        ("http://localhost:8787", Status.WARNING),
        ("http://nas.local", Status.WARNING),
    ],
)
def test_an_address_shows_by_itself_whom_it_is_for(url: str, status: Status) -> None:
    assert [finding.status for finding in judge_kind(url)] == [status]


def test_an_https_address_proves_nothing_by_itself() -> None:
    assert list(judge_kind(URL)) == []


@pytest.mark.parametrize(
    ("resolved", "status"),
    [
        (Resolved("track.example.com", ["203.0.113.7", "2001:db8::7"]), Status.OK),
        (Resolved("track.example.com", (), "Name not known"), Status.PROBLEM),
        (Resolved("track.example.com", (), "Try again", True), Status.NOT_CHECKED),
    ],
)
def test_only_a_name_that_surely_does_not_exist_is_a_problem(
    resolved: Resolved, status: Status
) -> None:
    assert [finding.status for finding in judge_name(resolved)] == [status]


def test_ways_and_certificate_are_named_once() -> None:
    (found,) = looked(SEEN, SEEN, days=61.9)
    assert found.status is Status.OK
    assert found.summary == (
        f"This server reaches itself at {URL} (IPv4 and IPv6; certificate good for 61 days)."
        " Nobody outside has come yet: open a test mail to be sure."
    )
    assert "Nobody" not in looked(SEEN, came=True)[0].summary


@pytest.mark.parametrize(("days", "told"), [(13.5, True), (14.0, False)])
def test_a_certificate_that_ends_within_two_weeks_is_told(days: float, told: bool) -> None:
    assert any(finding.topic == "certificate" for finding in looked(SEEN, days=days)) is told


def test_a_process_that_is_not_the_one_beside_us_writes_elsewhere_unless_they_share() -> None:
    other = replace(SEEN, instance="two")
    assert [finding.status for finding in looked(other)] == [Status.PROBLEM]
    assert [finding.status for finding in looked(other, shared=True)] == [Status.OK]
    assert [finding.status for finding in looked(other, local=NO_SERVER)] == [Status.OK]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Stale(99.0), "clock differs"),
        (Stranger(502, "nginx"), "a proxy answers 502"),
        (Stranger(301, "nginx", "https://www.example.com/"), "redirects to"),
        (Stranger(404, "", is_sealbreak=True), "with other keys"),
        (Stranger(200, "Your router"), "a page by Your router"),
        (Stranger(403, ""), "status 403"),
        (Failed(Failure.CERTIFICATE, "expired"), "its certificate is not valid: expired"),
        (Failed(Failure.NOT_TLS), "without encryption"),
        (Failed(Failure.BROKEN), "ends the connection"),
    ],
)
def test_a_wrong_answer_is_a_problem(answer: Answer, said: str) -> None:
    (found,) = looked(answer)
    assert (found.status, said in found.summary) == (Status.PROBLEM, True)


@pytest.mark.parametrize("failure", [Failure.REFUSED, Failure.SILENT, Failure.NO_ROUTE])
def test_no_answer_is_a_problem_on_this_machine_and_unknown_behind_a_router(
    failure: Failure,
) -> None:
    assert [finding.status for finding in looked(Failed(failure), own=True)] == [Status.PROBLEM]
    (found,) = looked(Failed(failure))
    assert found.status is Status.NOT_CHECKED
    assert found.summary.startswith("This machine cannot look at its own public address")


def test_a_dead_ipv6_address_is_told_beside_the_good_one() -> None:
    good, bad = looked(SEEN, Failed(Failure.NO_ROUTE))
    assert (good.status, bad.status) == (Status.OK, Status.NOT_CHECKED)
    assert bad.summary == "This machine has no IPv6 to look at 2001:db8::7."
    assert "(IPv4)" in good.summary
