"""Where the extension lies, and how it gets into a folder."""

from pathlib import Path

import pytest
from sealbreak_server.errors import ExtensionError
from sealbreak_server.web import installation
from sealbreak_server.web.installation import unpack_extension


def test_a_newer_version_replaces_the_files_of_an_older_one(tmp_path: Path) -> None:
    unpack_extension(tmp_path / "it")
    (tmp_path / "it/old.js").touch()
    (tmp_path / "it/popup.js").unlink()
    unpack_extension(tmp_path / "it")
    assert not (tmp_path / "it/old.js").exists()
    assert (tmp_path / "it/popup.js").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["it"]


@pytest.mark.parametrize("name", ["letter.txt", "manifest.json"])
def test_a_folder_with_something_else_is_left_as_it_is(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text('{"name": "Another extension"}')
    with pytest.raises(ExtensionError, match="holds something else"):
        unpack_extension(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("path", ["file", "file/below"])
def test_a_file_in_the_way_is_named(tmp_path: Path, path: str) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(ExtensionError, match=str(tmp_path / path)):
        unpack_extension(tmp_path / path)
    assert (tmp_path / "file").read_text() == "mine"


def test_a_package_without_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installation, "CLONE", None)
    monkeypatch.setattr(installation, "PACKED", tmp_path / "absent.zip")
    with pytest.raises(ExtensionError, match="does not contain it"):
        unpack_extension(tmp_path / "it")


def test_commands_are_named_as_this_installation_has_them(monkeypatch: pytest.MonkeyPatch) -> None:
    assert installation.command("--token-file") == "make run ARGS=--token-file"
    assert (
        installation.command("--port 1", "--token-file") == 'make run ARGS="--port 1 --token-file"'
    )
    monkeypatch.setattr(installation, "CLONE", None)
    assert installation.command("--token-file") == "sealbreak-server run --token-file"
