from dataclasses import replace
from pathlib import Path

import pytest
from sealbreak_desktop.files.paths import Paths, paths_from
from sealbreak_desktop.system.autostart import Autostart, _quoted


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return replace(paths_from({}), autostart=tmp_path / "autostart")


def test_it_is_off_until_asked_for(paths: Paths) -> None:
    assert Autostart(paths).state is False


def test_an_entry_that_is_right_is_not_written_again(paths: Paths) -> None:
    Autostart(paths).set(True)
    entry = paths.autostart / "sealbreak.desktop"
    written = entry.stat().st_ino
    Autostart(paths).refresh()
    assert entry.stat().st_ino == written
    entry.write_text("old")
    Autostart(paths).refresh()
    assert entry.read_text() != "old"


def test_it_is_switched_on_and_off(paths: Paths) -> None:
    autostart = Autostart(paths)
    autostart.set(True)
    assert autostart.state is True
    autostart.set(False)
    assert autostart.state is False


def test_the_entry_starts_this_very_program(paths: Paths) -> None:
    Autostart(paths).set(True)
    entry = (paths.autostart / "sealbreak.desktop").read_text()
    assert "\nExec=/" in entry
    assert entry.startswith("[Desktop Entry]\nType=Application\n")


def test_a_program_that_moved_is_found_again(paths: Paths) -> None:
    autostart = Autostart(paths)
    autostart.set(True)
    (paths.autostart / "sealbreak.desktop").write_text("Exec=/gone")
    autostart.refresh()
    assert "/gone" not in (paths.autostart / "sealbreak.desktop").read_text()


def test_a_refresh_switches_nothing_on(paths: Paths) -> None:
    Autostart(paths).refresh()
    assert Autostart(paths).state is False


def test_the_entry_keeps_a_state_folder_of_its_own(paths: Paths) -> None:
    Autostart(replace(paths, override=Path("/tmp/my state"))).set(True)
    entry = (paths.autostart / "sealbreak.desktop").read_text()
    assert '\nExec=env "SEALBREAK_STATE=/tmp/my state" /' in entry


@pytest.mark.parametrize(
    ("given", "quoted"),
    [("/plain", "/plain"), ("/a b", '"/a b"'), ("100%", "100%%"), ("a$b", '"a\\\\$b"')],
)
def test_arguments_are_quoted_by_the_rules_of_exec_keys(given: str, quoted: str) -> None:
    assert _quoted(given) == quoted
