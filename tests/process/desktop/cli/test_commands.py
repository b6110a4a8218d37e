import json
from pathlib import Path

import pytest
from sealbreak_desktop.cli import main
from sealbreak_desktop.files.history import History
from sealbreak_desktop.state.decoding import read_event
from support.desktop.scripted_server import golden
from support.desktop.tray import write_pairing

Capture = pytest.CaptureFixture[str]


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


def test_a_history_that_cannot_be_opened_is_reported(state: Path, capsys: Capture) -> None:
    keep_a_click(state)
    (state / "history-abcdefgh.sqlite3").unlink()
    (state / "history-abcdefgh.sqlite3").mkdir()
    assert main(["history"]) == 1
    assert capsys.readouterr().err.startswith("sealbreak: ")


def test_a_folder_on_the_command_line_is_the_variable(tmp_path: Path, capsys: Capture) -> None:
    """Windows starts programs at login without variables of their own."""
    (tmp_path / "other").mkdir()
    keep_a_click(tmp_path / "other")
    assert main(["history"]) == 1
    assert main(["--state", str(tmp_path / "other"), "history"]) == 0
    assert "Followed a link" in capsys.readouterr().out
