import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sealbreak_server.cli.main import make_parser
from sealbreak_server.settings import SETTINGS
from support.server.process import PROGRAM, Sender, Server, command, visit


def test_help_lists_each_command() -> None:
    text = subprocess.run([*PROGRAM, "--help"], capture_output=True, text=True, check=True).stdout
    for name in (
        "serve", "pair", "devices", "classify", "export", "erase", "prune", "backup", "doctor",
        "run", "demo", "reclassify", "data",
    ):  # fmt: skip
        assert f"    {name} " in text


def test_serves_help_lists_each_setting(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        make_parser().parse_args(["serve", "--help"])
    text = capsys.readouterr().out
    assert all(setting.flag in text for setting in SETTINGS)
    assert all(setting.env in "".join(text.split()) for setting in SETTINGS)


def test_a_wrong_setting_is_said_in_one_line(tmp_path: Path) -> None:
    ran = command(tmp_path, "serve", "--port", "high")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == (
        "A setting cannot be used: --port is 'high': "
        "invalid literal for int() with base 10: 'high'.\n"
    )


def test_a_port_in_use_is_said(server: Server, tmp_path: Path) -> None:
    ran = command(tmp_path, "serve", "--port", server.url.rpartition(":")[2])
    assert ran.returncode == 1
    assert "Address already in use" in ran.stderr


def test_pair_names_the_account(server: Server) -> None:
    command(server.data, "pair", "--name", "Ann Example")
    assert server.sender().paired["account"]["name"] == "Ann Example"


def test_devices_lists_and_revokes(server: Server) -> None:
    other = server.sender()
    device = other.paired["device"]["id"]
    assert device in command(server.data, "devices").stdout
    assert command(server.data, "devices", "--revoke", device).returncode == 0
    assert other.http.get("/messages").status_code == 401
    assert command(server.data, "devices", "--revoke", device).returncode == 1


def test_export_holds_what_is_known(server: Server, sender: Sender) -> None:
    mail = sender.mail(subject="To be exported")
    visit(server, mail.pixel())
    sender.wait_for_events(mail, 1)
    parts = json.loads(command(server.data, "export").stdout)
    assert "To be exported" in [message["subject"] for message in parts["messages"]]
    assert mail.id in [hit["message"] for hit in parts["hits"]]
    assert mail.id in [event["message"]["id"] for event in parts["events"]]


def test_an_erased_message_is_gone_and_its_links_lead_on(server: Server, sender: Sender) -> None:
    mail = sender.mail(subject="To be erased")
    visit(server, mail.pixel())
    sender.wait_for_events(mail, 1)
    assert command(server.data, "erase", "--message", mail.id).returncode == 0
    assert sender.http.get(f"/messages/{mail.id}").status_code == 404
    assert visit(server, mail.link(1, "https://example.com/offer")).status_code == 302
    assert "To be erased" not in command(server.data, "export").stdout
    numbers = [event["number"] for event in sender.events()]
    assert numbers == list(range(1, len(numbers) + 1))


def test_an_erased_person_is_gone_from_shared_mails(server: Server, sender: Sender) -> None:
    people = [
        {"address": "Ben@example.com", "name": "Ben", "kind": "to"},
        {"address": "cleo@example.com", "name": "Cleo", "kind": "cc"},
    ]
    mail = sender.mail(recipients=people)
    visit(server, mail.pixel())
    sender.wait_for_events(mail, 1)
    assert "1 message" in command(server.data, "erase", "--recipient", "ben@example.com").stdout
    assert [p["name"] for p in sender.message(mail)["recipients"]] == ["Cleo"]
    assert "ben@" not in command(server.data, "export").stdout.lower()


def test_prune_forgets_what_is_old(server: Server, sender: Sender) -> None:
    old = sender.mail(sent_at="2020-01-01T00:00:00.000Z")
    new = sender.mail(sent_at="2026-11-20T00:00:00.000Z")
    assert "Forgot 1 message " in command(server.data, "prune", "1500").stdout
    assert sender.http.get(f"/messages/{old.id}").status_code == 404
    assert sender.http.get(f"/messages/{new.id}").status_code == 200


def test_a_backup_is_a_whole_database(server: Server, tmp_path: Path) -> None:
    target = tmp_path / "copy" / "sealbreak.sqlite3"
    ran = command(server.data, "backup", str(target))
    assert ran.returncode == 0, ran.stderr
    assert target.stat().st_mode & 0o777 == 0o600
    assert command(target.parent, "devices").stdout == command(server.data, "devices").stdout


def test_doctor_is_content_with_a_good_server(server: Server) -> None:
    ran = command(server.data, "doctor")
    assert (ran.returncode, "BAD" in ran.stdout) == (0, False)


def test_doctor_finds_keys_that_others_can_read(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("A" * 43)
    (tmp_path / "keys").chmod(0o644)
    ran = command(tmp_path, "doctor")
    assert ran.returncode == 1
    assert "chmod 600" in ran.stdout


def test_the_installed_command_is_there() -> None:
    program = Path(sys.executable).with_name("sealbreak-server")
    assert os.access(program, os.X_OK)
