from pathlib import Path

import pytest
from sealbreak_server.cli.storage.files import writing
from sealbreak_server.errors import SettingsError
from support.server.commands import register
from support.server.process import command


def test_a_file_that_cannot_be_written_is_named() -> None:
    with (
        pytest.raises(SettingsError, match="/nowhere/copy cannot be written: No such file"),
        writing(Path("/nowhere/copy")),
    ):
        Path("/nowhere/copy").touch()


def test_backup_and_export_name_the_file_that_they_cannot_write(tmp_path: Path) -> None:
    data = tmp_path / "data"
    register(data)
    (tmp_path / "mine").write_text("My notes.")
    copied = command(data, "backup", str(tmp_path / "mine" / "copy"))
    exported = command(data, "export", "--output", str(tmp_path / "mine" / "all.json"))
    assert (copied.returncode, exported.returncode) == (1, 1)
    assert "mine/copy cannot be written" in copied.stderr
    assert "mine/all.json cannot be written" in exported.stderr
