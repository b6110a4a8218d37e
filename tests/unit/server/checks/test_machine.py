from dataclasses import replace

import pytest
from sealbreak_server.checks.finding import Status
from sealbreak_server.checks.judgements.machine import (
    Clock,
    judge_clock,
    judge_disk,
    judge_zones,
)

NOW = 1_800_000_000.0
KEPT = Clock(NOW, True, NOW + 1, NOW - 60, 2.0)


def judged(clock: Clock) -> list[Status]:
    return [finding.status for finding in judge_clock(clock)]


def test_a_clock_is_right_only_if_a_time_service_keeps_it() -> None:
    assert judged(KEPT) == [Status.OK]
    for unknown in (False, None):
        assert judged(replace(KEPT, is_synchronised=unknown)) == [Status.NOT_CHECKED]


def test_a_record_of_the_future_shows_a_wrong_clock() -> None:
    assert judged(replace(KEPT, newest_record=NOW + 61)) == [Status.PROBLEM]
    assert judged(replace(KEPT, newest_record=NOW + 59)) == [Status.OK]
    assert judged(replace(KEPT, newest_record=None)) == [Status.OK]


@pytest.mark.parametrize("difference", [-61.0, 61.0])
def test_the_servers_clock_is_compared(difference: float) -> None:
    assert judged(replace(KEPT, server_now=NOW + difference)) == [Status.PROBLEM, Status.OK]
    assert judged(replace(KEPT, server_now=None)) == [Status.OK]


@pytest.mark.parametrize(
    ("ahead", "words"), [(7200.0, "2 hours ahead of"), (-400.0, "7 minutes behind")]
)
def test_the_senders_clock_is_a_second_opinion(ahead: float, words: str) -> None:
    _, found = judge_clock(replace(KEPT, sender_ahead=ahead))
    assert (found.status, words in found.summary) == (Status.WARNING, True)
    assert judged(replace(KEPT, sender_ahead=-299.0)) == [Status.OK]


@pytest.mark.parametrize(
    ("octets", "files", "status"),
    [
        (1_000_000_000, None, Status.OK),
        (999_999_999, None, Status.WARNING),
        (99_999_999, None, Status.PROBLEM),
        (10**12, 999, Status.PROBLEM),
        (10**12, 1000, Status.OK),
    ],
)
def test_room_is_needed_for_bytes_and_files(octets: int, files: int | None, status: Status) -> None:
    assert [finding.status for finding in judge_disk(octets, files, "/data")] == [status]


def test_zones_are_named_and_an_unknown_one_is_told() -> None:
    unknown, known = judge_zones("CET (+0100)", ["Europe/Berlin", "UTC"], ["Mars/Olympus"])
    assert unknown.status is Status.WARNING
    assert known.summary == (
        "This machine's is CET (+0100). Quiet hours and digests follow Europe/Berlin and UTC."
    )
