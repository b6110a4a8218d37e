"""What the commands print and refuse; test_cli.py runs them beside a server."""

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sealbreak_server.cli import commands
from sealbreak_server.errors import ForbiddenError, NotFoundError, SettingsError
from sealbreak_server.ingest.spool import Spool
from sealbreak_server.model.hit import Hit, Kind
from sealbreak_server.settings import Settings, read_settings
from sealbreak_server.storage import accounts
from sealbreak_server.storage.tables import Message
from support.server.account import NOW, AccountBuilder

CODE = re.compile(r"[A-Z2-9]{4}-[A-Z2-9]{4}")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read_settings({"data": str(tmp_path / "data")}, {})


def device(settings: Settings) -> str:
    with commands.opened(settings) as storage:
        code = storage.transaction(accounts.new_pairing, None, "Ann", NOW)
        return storage.transaction(accounts.pair, code, "A laptop", "desktop", NOW)[1].device


def register(settings: Settings, **changes: object) -> str:
    with commands.opened(settings) as storage:
        builder = AccountBuilder(storage)
        builder.register(**changes)
        return builder.message


def test_a_code_is_printed_for_people_and_for_programs(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    commands.pair(settings, None, None, as_json=False)
    assert CODE.fullmatch(capsys.readouterr().out.splitlines()[0])
    commands.pair(settings, None, None, as_json=True)
    said = json.loads(capsys.readouterr().out)
    assert CODE.fullmatch(said["code"])
    assert said["expires_at"].endswith("Z")


def test_the_account_bears_the_login_name(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "ann")
    commands.pair(settings, None, None, as_json=False)
    commands.pair(settings, None, "Ann", as_json=False)
    with commands.opened(settings) as storage:
        assert storage.transaction(accounts.meant_account, None).name == "Ann"


def test_somebody_without_a_login_is_the_sender(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise KeyError("getpwuid(): uid not found: 4711")

    monkeypatch.setattr("getpass.getuser", nobody)
    assert commands.login_name() == "The sender"


def test_devices_are_listed_with_what_became_of_them(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    gone, there = device(settings), device(settings)
    commands.revoke_device(settings, None, gone)
    capsys.readouterr()
    commands.list_devices(settings, None, as_json=True)
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {row["id"]: row["state"] for row in rows} == {
        gone: "revoked", there: "last seen 2027-01-15T08:00:00.000Z",
    }  # fmt: skip
    commands.list_devices(settings, None, as_json=False)
    assert f"{there}  desktop    A laptop  (last seen" in capsys.readouterr().out


def test_a_device_that_is_not_there_cannot_be_revoked(settings: Settings) -> None:
    device(settings)
    with pytest.raises(ForbiddenError, match="'nobody'"):
        commands.revoke_device(settings, None, "nobody")


def test_an_export_into_a_file_is_for_its_owner_only(settings: Settings, tmp_path: Path) -> None:
    register(settings, subject="Grüße")
    commands.export(settings, None, tmp_path / "all.json")
    assert (tmp_path / "all.json").stat().st_mode & 0o777 == 0o600
    text = (tmp_path / "all.json").read_text(encoding="utf-8")
    assert "Grüße" in text
    assert json.loads(text)["messages"][0]["subject"] == "Grüße"


def test_a_message_that_is_not_there_cannot_be_erased(settings: Settings) -> None:
    register(settings)
    with pytest.raises(NotFoundError, match="'aaaa'"):
        commands.erase_message(settings, None, "aaaa")


def test_a_person_is_erased_from_all_mails_of_the_account(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    register(settings)
    register(settings)
    commands.erase_recipient(settings, "Ann", "ANN@example.com")
    assert capsys.readouterr().out == "Erased from 2 messages.\n"


@pytest.mark.parametrize(("days", "age"), [(1, "a day"), (30, "30 days")])
def test_all_that_is_old_is_forgotten_and_counted(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
    days: int, age: str,
) -> None:  # fmt: skip
    monkeypatch.setattr("sealbreak_server.storage.retention.AT_ONCE", 1)
    register(settings, sent_at="2020-01-01T00:00:00Z")
    register(settings, sent_at="2020-01-01T00:00:00Z")
    kept = register(settings, sent_at="2100-01-01T00:00:00Z")
    commands.prune(settings, days)
    assert capsys.readouterr().out == f"Forgot 2 messages older than {age}.\n"
    with commands.opened(settings) as storage:
        assert storage.transaction(lambda: [row.id for row in Message.select()]) == [kept]


def test_a_backup_replaces_nothing(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("A letter.")
    with pytest.raises(SettingsError, match="is there already"):
        commands.backup(settings, tmp_path / "mine")
    assert (tmp_path / "mine").read_text() == "A letter."


def test_a_backup_holds_what_waits_in_the_spool(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    message = register(settings)
    hit = Hit(Kind.OPEN, "a" * 8, message, 0, None, NOW, "GET", "192.0.2.1", ())
    for times in range(3):
        spool = Spool(settings.spool_folder)
        spool.append([hit] * 400)
        spool.append([hit] * times)
        spool.close()
    kept = {path: path.read_bytes() for path in spool.files()}
    commands.backup(settings, tmp_path / "copy")
    assert "\r1,203 hits that waited are in the copy\n" in capsys.readouterr().err
    with closing(sqlite3.connect(tmp_path / "copy")) as copy:
        assert copy.execute("SELECT count(*) FROM hit").fetchone() == (1203,)
    assert {path: path.read_bytes() for path in spool.files()} == kept
    assert {path.name for path in tmp_path.iterdir()} == {"copy", "data"}


def test_a_backup_of_nothing_is_refused(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="There is no database in"):
        commands.backup(settings, tmp_path / "copy")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_is_told(settings: Settings, tmp_path: Path) -> None:
    register(settings)
    (tmp_path / "mine").write_text("A letter.")
    with pytest.raises(SettingsError, match="mine/copy cannot be written"):
        commands.backup(settings, tmp_path / "mine" / "copy")
    with pytest.raises(SettingsError, match=r"mine/all\.json cannot be written"):
        commands.export(settings, None, tmp_path / "mine" / "all.json")
