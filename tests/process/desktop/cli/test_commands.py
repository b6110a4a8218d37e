import io
import json
import sys
from pathlib import Path

import pytest
from sealbreak_desktop.cli import main
from sealbreak_desktop.files.history import History
from sealbreak_desktop.state.decoding import read_event
from support.desktop.scripted_server import golden
from support.desktop.server import Server
from support.desktop.tray import write_pairing

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "state"
    folder.mkdir()
    monkeypatch.setenv("SEALBREAK_STATE", str(folder))
    return folder


def keep_a_click(state: Path) -> None:
    write_pairing(state, "https://track.example.com", "secret")
    history = History(state / "history-abcdefgh.sqlite3")
    history.record(read_event(golden("clicked")), golden("clicked"), unread=True)
    history.close()


def test_help_teaches_the_first_steps(capsys: Capture) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    text = capsys.readouterr().out
    for word in ("first steps", "pair", "paired", "history", "doctor", "sign-out"):
        assert word in text


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


def test_paired_exits_with_1_without_a_pairing(capsys: Capture) -> None:
    assert main(["paired", "https://track.example.com"]) == 1
    assert capsys.readouterr().out == "Not paired with https://track.example.com.\n"


def test_a_server_that_is_down_is_still_paired(live: Server, capsys: Capture) -> None:
    main(["pair", live.address, live.pairing_code(), "--token-file"])
    live.stop()
    assert main(["paired", live.address]) == 0
    assert "No answer" in capsys.readouterr().err


def test_an_address_without_encryption_is_noticed(capsys: Capture) -> None:
    main(["pair", "http://track.invalid", "ABCD-EFGH", "--token-file"])
    assert "not encrypted" in capsys.readouterr().err


def test_the_history_is_printed(state: Path, capsys: Capture) -> None:
    keep_a_click(state)
    assert main(["history"]) == 0
    assert "Followed a link in Firefox on Linux, in Germany" in capsys.readouterr().out


def test_the_history_is_json_for_programs(state: Path, capsys: Capture) -> None:
    keep_a_click(state)
    assert main(["history", "--json", "--limit", "5"]) == 0
    assert json.loads(capsys.readouterr().out) == [golden("clicked")]


def test_an_empty_history_says_so(state: Path, capsys: Capture) -> None:
    write_pairing(state, "https://track.example.com", "secret")
    assert main(["history"]) == 0
    assert capsys.readouterr().out == "Nothing yet.\n"


def test_history_without_a_pairing_says_how_to_pair(capsys: Capture) -> None:
    assert main(["history"]) == 1
    assert "sealbreak-server pair" in capsys.readouterr().err


def test_a_package_that_is_not_installed_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setitem(sys.modules, "sealbreak_desktop.app", None)
    assert main([]) == 1
    assert "sealbreak[desktop]" in capsys.readouterr().err


def test_a_history_that_cannot_be_opened_is_reported(state: Path, capsys: Capture) -> None:
    keep_a_click(state)
    (state / "history-abcdefgh.sqlite3").unlink()
    (state / "history-abcdefgh.sqlite3").mkdir()
    assert main(["history"]) == 1
    assert capsys.readouterr().err.startswith("sealbreak: ")


def test_signing_out_is_confirmed(live: Server, capsys: Capture) -> None:
    main(["pair", live.address, live.pairing_code(), "--token-file"])
    assert main(["sign-out"]) == 0
    assert "The history on this computer is kept" in capsys.readouterr().out


def test_signing_out_without_the_server_says_what_remains_to_be_done(
    live: Server, capsys: Capture
) -> None:
    main(["pair", live.address, live.pairing_code(), "--token-file"])
    live.stop()
    assert main(["sign-out"]) == 0
    assert "sealbreak-server devices" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_is_reported(
    live: Server, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setenv("SEALBREAK_STATE", "/proc/nowhere")
    assert main(["pair", live.address, live.pairing_code(), "--token-file"]) == 1
    assert capsys.readouterr().err.startswith("sealbreak: ")
