from pathlib import Path

from support.server.commands import register
from support.server.process import command


def test_an_unknown_message_cannot_be_erased(tmp_path: Path) -> None:
    register(tmp_path)
    refused = command(tmp_path, "erase", "--message", "aaaa")
    assert refused.returncode == 1
    assert refused.stderr.startswith("Not found: There is no message 'aaaa'")


def test_a_person_is_erased_from_all_messages_of_the_account(tmp_path: Path) -> None:
    register(tmp_path)
    register(tmp_path)
    erased = command(tmp_path, "erase", "--account", "Ann", "--recipient", "ANN@example.com")
    assert erased.stdout == "Erased from 2 messages.\n"
