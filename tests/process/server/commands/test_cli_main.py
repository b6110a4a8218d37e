"""The program itself, and its commands beside a running server."""

import json
import os
import sys
from pathlib import Path
from subprocess import run

import pytest
from sealbreak_server.cli.main import COMMANDS, main
from sealbreak_server.settings import SETTINGS
from support.server.process import PROGRAM, Sender, Server, command, program, run_main, visit


def test_the_program_lists_its_commands() -> None:
    listed = run([*PROGRAM, "--help"], capture_output=True, text=True, check=True).stdout
    first_words = [line[4:].split(" ")[0] for line in listed.splitlines() if line[:4] == "    "]
    assert [word for word in first_words if word] == [each.name for each in COMMANDS]


def test_the_list_of_commands_imports_none_of_them() -> None:
    code = """
import sys
from sealbreak_server.cli.main import make_parser
make_parser()
print({"peewee", "starlette", "orjson"} & {*sys.modules})
"""
    done = run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


@pytest.mark.parametrize("name", [each.name for each in COMMANDS])
def test_each_command_explains_itself(name: str) -> None:
    text = run_main(name, "--help").stdout
    assert f"usage: sealbreak-server {name}" in text
    assert f"\n  sealbreak-server {name}" in text


def test_serves_help_lists_each_setting() -> None:
    text = run_main("serve", "--help").stdout
    assert all(setting.flag in text for setting in SETTINGS)
    assert all(setting.env in "".join(text.split()) for setting in SETTINGS)


def test_a_wrong_setting_is_reported_in_one_line(tmp_path: Path) -> None:
    ran = command(tmp_path, "serve", "--port", "high")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == (
        "A setting cannot be used: --port is 'high': "
        "invalid literal for int() with base 10: 'high'.\n"
    )


def test_an_interrupted_command_has_the_status_of_a_shell(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(_options: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("sealbreak_server.cli.account.pair.run", interrupted)
    assert main(["pair"]) == 130
    assert capsys.readouterr().err == "Stopped.\n"


def test_a_port_in_use_is_reported(server: Server, tmp_path: Path) -> None:
    ran = program(tmp_path, "serve", "--port", server.url.rpartition(":")[2])
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


def test_export_holds_messages_hits_and_events(server: Server, sender: Sender) -> None:
    mail = sender.mail(subject="To be exported")
    visit(server, mail.pixel())
    sender.wait_for_events(mail, 1)
    parts = json.loads(command(server.data, "export").stdout)
    assert "To be exported" in [message["subject"] for message in parts["messages"]]
    assert mail.id in [hit["message"] for hit in parts["hits"]]
    assert mail.id in [event["message"]["id"] for event in parts["events"]]


def test_an_erased_message_is_gone_and_its_links_keep_working(
    server: Server, sender: Sender
) -> None:
    mail = sender.mail(subject="To be erased")
    visit(server, mail.pixel())
    sender.wait_for_events(mail, 1)
    assert command(server.data, "erase", "--yes", "--message", mail.id).returncode == 0
    assert sender.http.get(f"/messages/{mail.id}").status_code == 410
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
    assert (
        "from 1 mail."
        in command(server.data, "erase", "--yes", "--recipient", "ben@example.com").stdout
    )
    assert [p["name"] for p in sender.message(mail)["recipients"]] == ["Cleo"]
    assert "ben@" not in command(server.data, "export").stdout.lower()


def test_prune_erases_old_messages(server: Server, sender: Sender) -> None:
    old = sender.mail(sent_at="2020-01-01T00:00:00.000Z")
    new = sender.mail(sent_at="2026-11-20T00:00:00.000Z")
    assert "Erased 1 mail " in command(server.data, "prune", "--yes", "1500").stdout
    assert sender.http.get(f"/messages/{old.id}").status_code == 410
    assert sender.http.get(f"/messages/{new.id}").status_code == 200


def test_a_backup_is_a_whole_database(server: Server, tmp_path: Path) -> None:
    target = tmp_path / "copy" / "sealbreak.sqlite3"
    ran = command(server.data, "backup", str(target))
    assert ran.returncode == 0, ran.stderr
    assert target.stat().st_mode & 0o777 == 0o600
    assert command(target.parent, "devices").stdout == command(server.data, "devices").stdout


def test_doctor_finds_nothing_bad_about_a_good_server(server: Server) -> None:
    ran = command(server.data, "doctor")
    assert (ran.returncode, "problem" in ran.stdout) == (0, False)


def test_doctor_finds_keys_that_others_can_read(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("A" * 43)
    (tmp_path / "keys").chmod(0o644)
    ran = command(tmp_path, "doctor")
    assert ran.returncode == 1
    assert "chmod 600" in ran.stdout


def test_the_installed_program_is_executable() -> None:
    assert os.access(Path(sys.executable).with_name("sealbreak-server"), os.X_OK)
