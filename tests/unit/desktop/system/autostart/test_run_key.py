import sys
from dataclasses import replace
from pathlib import Path

import pytest
from sealbreak_desktop.files.paths import Paths, paths_from
from sealbreak_desktop.system.autostart import autostart_for
from sealbreak_desktop.system.autostart.run_key import APPROVED, RUN
from support.desktop.systems.registry import FakeWinreg

PROGRAM = "sealbreak-tray.exe"


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeWinreg:
    fake = FakeWinreg()
    fake.keys[RUN.lower()] = {"another": ("another.exe", fake.REG_SZ)}
    monkeypatch.setitem(sys.modules, "winreg", fake)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "my programs" / "python.exe"))
    monkeypatch.setattr(sys, "platform", "win32")
    (tmp_path / "my programs").mkdir()
    (tmp_path / "my programs" / PROGRAM).touch()
    return fake


@pytest.fixture
def paths(registry: FakeWinreg) -> Paths:
    return paths_from({})


def entries(registry: FakeWinreg) -> dict[str, str]:
    return {name: value for name, (value, _) in registry.keys[RUN.lower()].items()}


def test_it_is_off_until_asked_for_and_starts_without_a_console(
    paths: Paths, registry: FakeWinreg, tmp_path: Path
) -> None:
    autostart = autostart_for(paths)
    assert autostart.state is False
    autostart.set(True)
    assert autostart.state is True
    assert entries(registry)["sealbreak"] == f'"{tmp_path / "my programs" / PROGRAM}"'
    assert autostart.place.startswith("HKCU\\Software")
    assert autostart.missing_program == ""


def test_without_the_program_python_itself_starts_it_without_a_console(
    paths: Paths, registry: FakeWinreg, tmp_path: Path
) -> None:
    (tmp_path / "my programs" / PROGRAM).unlink()
    autostart_for(paths).set(True)
    python = tmp_path / "my programs" / "pythonw.exe"
    assert entries(registry)["sealbreak"] == f'"{python}" -m sealbreak_desktop'
    assert autostart_for(paths).missing_program == str(python)


def test_switched_off_it_leaves_other_programs_alone(paths: Paths, registry: FakeWinreg) -> None:
    autostart = autostart_for(paths)
    autostart.set(True)
    autostart.set(False)
    autostart.set(False)
    assert entries(registry) == {"another": "another.exe"}


def test_each_state_folder_has_an_entry_that_names_it(
    paths: Paths, registry: FakeWinreg, tmp_path: Path
) -> None:
    autostart_for(paths).set(True)
    second = autostart_for(replace(paths, override=tmp_path / "my state"))
    assert second.state is False
    second.set(True)
    (name,) = entries(registry).keys() - {"another", "sealbreak"}
    assert entries(registry)[name].endswith(f' --state "{tmp_path / "my state"}"')


def test_what_the_task_manager_switches_off_is_off_and_stays_so(
    paths: Paths, registry: FakeWinreg
) -> None:
    autostart = autostart_for(paths)
    autostart.set(True)
    registry.keys[APPROVED.lower()] = {"sealbreak": (b"\x03" + bytes(11), registry.REG_BINARY)}
    autostart.refresh()
    assert autostart.state is False
    autostart.set(True)
    assert autostart.state is True
    registry.keys[APPROVED.lower()] = {"sealbreak": (b"\x02" + bytes(11), registry.REG_BINARY)}
    assert autostart.state is True


def test_a_program_that_moved_is_found_again_and_nothing_is_switched_on(
    paths: Paths, registry: FakeWinreg
) -> None:
    autostart = autostart_for(paths)
    autostart.refresh()
    assert autostart.state is False
    registry.keys[RUN.lower()]["sealbreak"] = (r"C:\gone\sealbreak-tray.exe", registry.REG_SZ)
    assert autostart.missing_program == r"C:\gone\sealbreak-tray.exe"
    autostart.refresh()
    assert autostart.missing_program == ""


def test_a_command_that_windows_would_not_start_is_refused(paths: Paths, tmp_path: Path) -> None:
    """An emoji is two UTF-16 units."""
    autostart = autostart_for(replace(paths, override=tmp_path / ("🙂" * 110)))
    with pytest.raises(OSError, match="260") as refused:
        autostart.set(True)
    assert refused.value.strerror
    assert autostart.state is False
