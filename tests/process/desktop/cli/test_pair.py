import io
import sys
from pathlib import Path

import pytest
from sealbreak_desktop.cli import main
from sealbreak_desktop.system import instance
from support.desktop.server import Server

Capture = pytest.CaptureFixture[str]


def test_pairing_twice_says_that_it_works_already(live: Server, capsys: Capture) -> None:
    assert main(["pair", live.address, live.pairing_code(), "--token-file"]) == 0
    assert f"Paired with {live.address} as " in capsys.readouterr().out
    assert main(["pair", live.address, "SOME-CODE", "--token-file"]) == 0
    assert "already" in capsys.readouterr().out
    assert main(["paired", live.address]) == 0


def test_a_code_that_is_not_on_the_command_line_is_asked_for(
    live: Server, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{live.pairing_code()}\n"))
    assert main(["pair", live.address, "--token-file"]) == 0
    assert capsys.readouterr().out.startswith(f"Paired with {live.address} as ")


def test_a_person_at_a_terminal_is_asked_for_the_code(
    live: Server, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    keyboard = io.StringIO(f"{live.pairing_code()}\n")
    monkeypatch.setattr(keyboard, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdin", keyboard)
    assert main(["pair", live.address, "--token-file"]) == 0
    assert capsys.readouterr().out.startswith("Code: ")


def test_a_missing_code_is_reported(
    live: Server, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    assert main(["pair", live.address, "--token-file"]) == 1
    assert "code must be" in capsys.readouterr().err


def test_a_wrong_code_is_reported_without_a_traceback(live: Server, capsys: Capture) -> None:
    assert main(["pair", live.address, "WRNG-CODE", "--token-file"]) == 1
    told = capsys.readouterr().err
    assert told.startswith("sealbreak: ")
    assert "Traceback" not in told


def test_a_missing_server_is_reported_with_advice(capsys: Capture) -> None:
    assert main(["pair", "http://127.0.0.1:1", "ABCD-EFGH", "--token-file"]) == 1
    assert "Is the server running" in capsys.readouterr().err


def test_an_address_without_encryption_is_noticed(capsys: Capture) -> None:
    main(["pair", "http://track.invalid", "ABCD-EFGH", "--token-file"])
    assert "not encrypted" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_is_reported(
    live: Server, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setenv("SEALBREAK_STATE", "/proc/nowhere")
    assert main(["pair", live.address, live.pairing_code(), "--token-file"]) == 1
    assert capsys.readouterr().err.startswith("sealbreak: ")


def test_a_running_tray_takes_the_new_pairing(
    live: Server, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands: list[str] = []
    running = instance.acquire(state / "tray.lock")
    assert running
    running.listen(commands.append)
    assert main(["pair", live.address, live.pairing_code(), "--token-file"]) == 0
    running.close()
    assert commands == [instance.RELOAD]
