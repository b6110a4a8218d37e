from pathlib import Path

import pytest
from sealbreak_server.cli.database import open_storage
from sealbreak_server.storage.tables import Message
from support.server.commands import register, settings_of
from support.server.process import command


@pytest.mark.parametrize(("days", "age"), [("1", "a day"), ("30", "30 days")])
def test_all_old_messages_are_erased_and_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: str, age: str
) -> None:
    monkeypatch.setattr("sealbreak_server.storage.retention.AT_ONCE", 1)
    register(tmp_path, sent_at="2020-01-01T00:00:00Z")
    register(tmp_path, sent_at="2020-01-01T00:00:00Z")
    kept = register(tmp_path, sent_at="2100-01-01T00:00:00Z")
    asked = command(tmp_path, "prune", days)
    plan = (
        f"These are older than {age} and will be erased:\n  2 mails, with their hits and events\n"
    )
    assert (asked.returncode, asked.stdout) == (1, plan)
    assert "--yes" in asked.stderr
    done = command(tmp_path, "prune", "--yes", days)
    assert done.stdout == f"{plan}Erased 2 mails older than {age}.\n"
    with open_storage(settings_of(tmp_path)) as storage:
        assert storage.transaction(lambda: [row.id for row in Message.select()]) == [kept]


@pytest.mark.parametrize("days", ["0", "-1", "many"])
def test_a_number_of_days_that_is_not_positive_is_refused(tmp_path: Path, days: str) -> None:
    refused = command(tmp_path, "prune", "--", days)
    assert refused.returncode == 2
    assert days in refused.stderr


def test_it_says_that_nothing_is_old(tmp_path: Path) -> None:
    kept = register(tmp_path, sent_at="2100-01-01T00:00:00Z")
    done = command(tmp_path, "prune", "30")
    assert (done.returncode, done.stdout) == (
        0,
        "Nothing is older than 30 days. Nothing was erased.\n",
    )
    with open_storage(settings_of(tmp_path)) as storage:
        assert storage.transaction(lambda: Message.get().id) == kept
