import plistlib
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sealbreak_desktop.files.paths import Paths, paths_from
from sealbreak_desktop.system.autostart import autostart_for


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setenv("HOME", str(tmp_path))
    found = paths_from({})
    assert found.autostart == tmp_path / "Library" / "LaunchAgents"
    return found


def read(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = plistlib.loads(file.read_bytes())
    return found


def test_it_is_off_until_asked_for(paths: Paths) -> None:
    autostart = autostart_for(paths)
    assert autostart.state is False
    autostart.set(True)
    entry = read(paths.autostart / "sealbreak.plist")
    assert entry["Label"] == "sealbreak"
    assert Path(entry["ProgramArguments"][0]).is_absolute()
    assert entry["RunAtLoad"] is True
    assert (autostart.state, autostart.missing_program) == (True, "")
    autostart.set(False)
    assert autostart.state is False


def test_each_state_folder_has_an_entry_that_names_it(paths: Paths, tmp_path: Path) -> None:
    second = autostart_for(replace(paths, override=tmp_path / "my state"))
    second.set(True)
    assert autostart_for(paths).state is False
    (file,) = paths.autostart.iterdir()
    assert str(file) == second.place
    entry = read(file)
    assert entry["EnvironmentVariables"] == {"SEALBREAK_STATE": str(tmp_path / "my state")}
    assert entry["Label"] == file.stem


def test_an_entry_that_is_switched_off_is_off_and_stays_so(paths: Paths) -> None:
    autostart = autostart_for(paths)
    autostart.set(True)
    file = paths.autostart / "sealbreak.plist"
    file.write_bytes(plistlib.dumps({**read(file), "Disabled": True}))
    autostart.refresh()
    assert autostart.state is False


def test_a_program_that_moved_is_found_again(paths: Paths) -> None:
    autostart = autostart_for(paths)
    autostart.set(True)
    file = paths.autostart / "sealbreak.plist"
    file.write_bytes(plistlib.dumps({**read(file), "ProgramArguments": ["/gone/sealbreak"]}))
    assert autostart.missing_program == "/gone/sealbreak"
    autostart.refresh()
    assert autostart.missing_program == ""


@pytest.mark.parametrize("damaged", [b"", b"<plist>", b"bplist00", b"<plist><array/></plist>"])
def test_a_damaged_entry_is_off(paths: Paths, damaged: bytes) -> None:
    paths.autostart.mkdir(parents=True)
    (paths.autostart / "sealbreak.plist").write_bytes(damaged)
    assert autostart_for(paths).state is False


def test_a_folder_that_cannot_be_entered_has_no_entry(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Path) -> bytes:
        raise PermissionError

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert autostart_for(paths).state is False
