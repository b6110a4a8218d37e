from dataclasses import replace

import pytest
from sealbreak_server.checks.finding import Status
from sealbreak_server.checks.judgements.gmail import judge_gmail
from sealbreak_server.checks.judgements.program import (
    HOUR,
    Backup,
    Keys,
    judge_backups,
    judge_database,
    judge_keys,
    judge_versions,
)
from sealbreak_server.checks.words import DAY, count, duration, listed, size

KEYS = Keys("/data/keys", 1, False, 2, 0)
NOW = 1_800_000_000.0


@pytest.mark.parametrize(
    ("keys", "statuses"),
    [
        (KEYS, [Status.OK]),
        (replace(KEYS, accounts=None), [Status.OK]),
        (replace(KEYS, number=0), [Status.PROBLEM]),
        (replace(KEYS, number=0, accounts=0), [Status.OK]),
        (replace(KEYS, strangers=1), [Status.PROBLEM]),
        (replace(KEYS, others_can_read=True), [Status.OK, Status.PROBLEM]),
    ],
)
def test_keys_are_needed_once_there_are_accounts(keys: Keys, statuses: list[Status]) -> None:
    assert [finding.status for finding in judge_keys(keys)] == statuses


@pytest.mark.parametrize(
    ("running", "status"),
    [("0.1.0", Status.OK), ("0.0.9", Status.PROBLEM), (None, Status.NOT_CHECKED)],
)
def test_a_server_that_was_not_restarted_is_found(running: str | None, status: Status) -> None:
    assert [finding.status for finding in judge_versions("0.1.0", running)] == [status]


def test_an_older_database_is_told() -> None:
    assert [next(judge_database(stored, 12)).status for stored in (0, 11, 12)] == [
        Status.OK, Status.WARNING, Status.OK,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("days", "mails", "status"),
    [
        (None, 9, Status.NOT_CHECKED),
        (1, 50, Status.OK),
        (9, 3, Status.WARNING),
        (9, 2, Status.OK),
        (6.9, 50, Status.OK),
    ],
)
def test_gmail_is_missed_when_mails_were_sent_and_it_stays_away(
    days: float | None, mails: int, status: Status
) -> None:
    came = None if days is None else NOW - days * DAY
    assert [finding.status for finding in judge_gmail(came, mails, NOW)] == [status]


@pytest.mark.parametrize(
    ("age", "status", "words"),
    [
        (2 * DAY, Status.OK, "A running server deletes it in 5 days, or as soon as"),
        (7 * DAY - HOUR, Status.OK, "deletes it within the hour"),
        (7 * DAY + HOUR / 2, Status.OK, "deletes it within the hour"),
        (9 * DAY, Status.WARNING, "should have been deleted 2 days ago, and still holds"),
    ],
)
def test_a_copy_of_the_database_says_when_it_goes(age: float, status: Status, words: str) -> None:
    copy = Backup("/data/backups/x", 3_000_000, NOW - age)
    first = next(judge_backups([copy], 7 * DAY, NOW, is_postgresql=False))
    assert (first.status, words in first.summary) == (status, True)


def test_numbers_are_said_in_words() -> None:
    assert [duration(s) for s in (1, 119, 120, 7200, 2 * DAY)] == [
        "1 seconds", "119 seconds", "2 minutes", "2 hours", "2 days",
    ]  # fmt: skip
    assert (count(1, "day"), count(1234, "day")) == ("1 day", "1,234 days")
    assert (size(2.55e9), size(3e6)) == ("2.5 GB", "3 MB")
    assert (listed(["a"]), listed(["a", "b", "c"])) == ("a", "a, b and c")
