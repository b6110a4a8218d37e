from dataclasses import replace
from pathlib import Path

import pytest
from sealbreak_desktop.files.paths import Paths, paths_from
from sealbreak_desktop.system.autostart.desktop_entry import DesktopEntry, _quoted


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return replace(paths_from({}), autostart=tmp_path / "autostart")


def test_it_is_off_until_asked_for(paths: Paths) -> None:
    assert DesktopEntry(paths).state is False


def test_an_entry_that_is_right_is_not_written_again(paths: Paths) -> None:
    DesktopEntry(paths).set(True)
    entry = paths.autostart / "sealbreak.desktop"
    written = entry.stat().st_ino
    DesktopEntry(paths).refresh()
    assert entry.stat().st_ino == written
    entry.write_text("old")
    DesktopEntry(paths).refresh()
    assert entry.read_text() != "old"


def test_it_is_switched_on_and_off(paths: Paths) -> None:
    autostart = DesktopEntry(paths)
    autostart.set(True)
    assert autostart.state is True
    autostart.set(False)
    assert autostart.state is False


def test_the_entry_starts_this_very_program(paths: Paths) -> None:
    DesktopEntry(paths).set(True)
    entry = (paths.autostart / "sealbreak.desktop").read_text()
    assert "\nExec=/" in entry
    assert entry.startswith("[Desktop Entry]\nType=Application\n")


def test_a_program_that_moved_is_found_again(paths: Paths) -> None:
    autostart = DesktopEntry(paths)
    autostart.set(True)
    (paths.autostart / "sealbreak.desktop").write_text("Exec=/gone")
    autostart.refresh()
    assert "/gone" not in (paths.autostart / "sealbreak.desktop").read_text()


def test_a_refresh_switches_nothing_on(paths: Paths) -> None:
    DesktopEntry(paths).refresh()
    assert DesktopEntry(paths).state is False


def test_the_entry_keeps_a_state_folder_of_its_own(paths: Paths) -> None:
    autostart = DesktopEntry(replace(paths, override=Path("/tmp/my state")))
    autostart.set(True)
    entry = autostart.file.read_text()
    assert "\nName=Sealbreak (my state)\n" in entry
    assert '\nExec=env "SEALBREAK_STATE=/tmp/my state" /' in entry


def test_a_second_tray_leaves_the_users_entry_alone(paths: Paths, tmp_path: Path) -> None:
    DesktopEntry(paths).set(True)
    entry = (paths.autostart / "sealbreak.desktop").read_text()
    second = DesktopEntry(replace(paths, override=tmp_path / "second"))
    second.refresh()
    assert second.state is False
    second.set(True)
    second.refresh()
    assert (paths.autostart / "sealbreak.desktop").read_text() == entry
    second.set(False)
    assert DesktopEntry(paths).state is True


def test_each_state_folder_has_one_entry(paths: Paths, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "one")
    entries = [
        DesktopEntry(replace(paths, override=tmp_path / name)).file
        for name in ("one", "link", "two")
    ]
    assert entries[0] == entries[1] != entries[2]


@pytest.mark.parametrize("line", ["Hidden=true", "X-GNOME-Autostart-enabled=false"])
def test_an_entry_that_the_desktop_switched_off_is_off_and_stays_so(
    paths: Paths, line: str
) -> None:
    autostart = DesktopEntry(paths)
    autostart.set(True)
    entry = autostart.file.read_text().replace("X-GNOME-Autostart-enabled=true", "")
    autostart.file.write_text(f"{entry}{line}\n")
    autostart.refresh()
    assert autostart.state is False
    assert line in autostart.file.read_text()
    autostart.set(True)
    assert autostart.state is True


def test_a_program_that_is_gone_is_named(paths: Paths) -> None:
    autostart = DesktopEntry(paths)
    assert autostart.missing_program == ""
    autostart.set(True)
    assert autostart.missing_program == ""
    autostart.file.write_text("[Desktop Entry]\nTryExec=/gone/sealbreak\n")
    assert autostart.missing_program == "/gone/sealbreak"


@pytest.mark.parametrize(
    ("given", "quoted"),
    [("/plain", "/plain"), ("/a b", '"/a b"'), ("100%", "100%%"), ("a$b", '"a\\\\$b"')],
)
def test_arguments_are_quoted_by_the_rules_of_exec_keys(given: str, quoted: str) -> None:
    assert _quoted(given) == quoted
