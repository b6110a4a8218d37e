from pathlib import Path

import platformdirs.windows
import pytest
from sealbreak_desktop.files.paths import paths_from, write_private


def test_one_variable_puts_everything_in_one_folder(tmp_path: Path) -> None:
    paths = paths_from({"SEALBREAK_STATE": str(tmp_path)})
    files = (paths.settings, paths.token, paths.lock, paths.log_file, paths.history("abc"))
    assert {file.parent for file in files} == {tmp_path}


def test_without_the_variable_the_platform_decides_the_folders() -> None:
    paths = paths_from({})
    assert "sealbreak" in paths.settings.parts
    assert paths.override is None


def test_a_private_file_is_never_readable_by_others(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "token"
    write_private(file, "one")
    write_private(file, "two")
    assert file.read_text() == "two"
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(file.parent.iterdir()) == [file]


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    file = tmp_path / "token"
    write_private(file, "old")
    with pytest.raises(UnicodeEncodeError):
        write_private(file, "\ud800")
    assert file.read_text() == "old"


def test_windows_has_one_folder_of_our_name(monkeypatch: pytest.MonkeyPatch) -> None:
    windows = platformdirs.windows.Windows
    monkeypatch.setattr("platformdirs.PlatformDirs", windows)
    monkeypatch.setattr("platformdirs.windows.get_win_folder", lambda _: "/local")
    paths = paths_from({})
    assert str(paths.config).replace("\\", "/") == "/local/sealbreak"
    assert str(paths.state).replace("\\", "/") == "/local/sealbreak"
