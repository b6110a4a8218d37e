import re
import sys
from io import StringIO
from pathlib import Path

import pytest
from sealbreak_server.cli.database import open_storage
from sealbreak_server.storage.tables import Message
from support.server.commands import register, settings_of
from support.server.process import command

ANN, BEN = (
    {"address": f"{name}@example.com", "name": None, "kind": "to", "copy": 0}
    for name in ("ann", "ben")
)


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def kept(data: Path) -> int:
    with open_storage(settings_of(data)) as storage:
        return storage.transaction(Message.select().count)


def copy_before_update(data: Path) -> Path:
    made = data / "backups" / "version-12-1800000000000000000.sqlite3"
    made.parent.mkdir()
    made.write_bytes(b"ann@example.com")
    return made


@pytest.mark.parametrize(
    ("what", "words"),
    [
        (("--message", "aaaa"), "There is no message 'aaaa'. Nothing was erased."),
        (("--recipient", "zoe@example.com"), "No mail was sent to 'zoe@example.com'. Nothing was"),
    ],
)
def test_it_says_that_nothing_matches(tmp_path: Path, what: tuple[str, str], words: str) -> None:
    register(tmp_path)
    copy = copy_before_update(tmp_path)
    refused = command(tmp_path, "erase", "--yes", *what)
    assert (refused.returncode, refused.stderr.startswith(f"Not found: {words}")) == (1, True)
    assert copy.exists()


def test_a_person_is_erased_from_all_messages_of_the_account(tmp_path: Path) -> None:
    register(tmp_path)
    register(tmp_path, recipients=[ANN, BEN])
    copy = copy_before_update(tmp_path)
    person = ("--account", "Ann", "--recipient", "ANN@example.com")
    erased = command(tmp_path, "erase", "--yes", *person)
    assert erased.returncode == 0, erased.stderr
    assert erased.stdout.splitlines()[-1].startswith(
        "Erased 1 mail. Removed ANN@example.com from 1 mail."
    )
    assert (kept(tmp_path), copy.exists()) == (1, False)


def test_it_shows_what_would_go_and_erases_nothing_unasked(tmp_path: Path) -> None:
    message = register(tmp_path)
    register(tmp_path, subject="Offer 13", recipients=[ANN, BEN])
    copy = copy_before_update(tmp_path)
    asked = command(tmp_path, "erase", "--recipient", "ann@example.com")
    assert asked.returncode == 1
    assert asked.stdout.splitlines() == [
        "These mails will be erased, with all that is known of them:",
        "  2026-11-01  Offer 12, with 0 hits and 0 events",
        "ann@example.com will be removed from these mails, which others got too:",
        "  2026-11-01  Offer 13, with 0 hits and 0 events",
        "These copies of the database, from before an update or a restore, will be deleted:",
        f"  {copy}",
    ]
    assert "--yes" in asked.stderr
    assert (kept(tmp_path), copy.exists()) == (2, True)
    assert "--yes" in command(tmp_path, "erase", "--message", message).stderr


@pytest.mark.parametrize(("answer", "left"), [("y\n", 0), ("\n", 1), ("n\n", 1)])
def test_in_a_terminal_it_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str, left: int
) -> None:
    message = register(tmp_path)
    monkeypatch.setattr(sys, "stdin", Terminal(answer))
    asked = command(tmp_path, "erase", "--message", message)
    assert (asked.returncode, kept(tmp_path)) == (left, left)
    assert re.search(r"Erase this\? \[y/N\]", asked.stdout)
