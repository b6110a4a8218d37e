import json
import re
from pathlib import Path

import pytest
from sealbreak_server.cli.account.pair import login_name
from sealbreak_server.cli.database import open_storage
from sealbreak_server.storage import accounts
from support.server.commands import settings_of
from support.server.process import command

CODE = re.compile(r"[A-Z2-9]{4}-[A-Z2-9]{4}")


def test_a_code_is_printed_for_people_and_for_programs(tmp_path: Path) -> None:
    assert CODE.fullmatch(command(tmp_path, "pair").stdout.splitlines()[0])
    printed = json.loads(command(tmp_path, "pair", "--json").stdout)
    assert CODE.fullmatch(printed["code"])
    assert printed["expires_at"].endswith("Z")


def test_the_account_has_the_login_name_until_it_gets_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def name() -> str:
        with open_storage(settings_of(tmp_path)) as storage:
            return storage.transaction(accounts.meant_account, None).name

    monkeypatch.setenv("LOGNAME", "ann")
    monkeypatch.setattr("os.getuid", lambda: 1000)
    command(tmp_path, "pair")
    assert name() == "Ann"
    command(tmp_path, "pair", "--name", "Ann Example")
    assert name() == "Ann Example"


def test_somebody_without_a_login_is_the_sender(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise KeyError("getpwuid(): uid not found: 4711")

    monkeypatch.setattr("getpass.getuser", nobody)
    monkeypatch.setattr("os.getuid", lambda: 4711)
    assert login_name() == "The sender"


def test_a_system_account_is_the_sender(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "root")
    monkeypatch.setattr("os.getuid", lambda: 0)
    assert login_name() == "The sender"
