"""The name of an entry at login, and the program that it starts."""

import sys
from pathlib import Path

import pytest
from sealbreak_desktop.system.autostart.entry import command, entry_name, windowed_command


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where Python seems to be, without any program of ours."""
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python.exe"))
    return tmp_path


def test_each_state_folder_has_an_entry_of_its_own(tmp_path: Path) -> None:
    """A tray on test data never rewrites the user's entry."""
    assert entry_name(None) == "sealbreak"
    one, other = entry_name(tmp_path / "one"), entry_name(tmp_path / "other")
    assert len({one, other, "sealbreak"}) == 3
    assert entry_name(tmp_path / "x" / ".." / "one") == one


def test_the_script_beside_python_is_started(folder: Path) -> None:
    assert command() == [sys.executable, "-m", "sealbreak_desktop"]
    (folder / "sealbreak").touch()
    assert command() == [str(folder / "sealbreak")]


def test_windows_starts_a_program_without_a_console(folder: Path) -> None:
    assert windowed_command() == [str(folder / "pythonw.exe"), "-m", "sealbreak_desktop"]
    (folder / "sealbreak-tray.exe").touch()
    assert windowed_command() == [str(folder / "sealbreak-tray.exe")]
