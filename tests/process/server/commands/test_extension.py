"""`sealbreak-server extension`, with the extension that the tests have built."""

import json
from pathlib import Path

import pytest
from sealbreak_server.cli.main import main

Capture = pytest.CaptureFixture[str]


def test_the_extension_is_put_into_a_new_folder(tmp_path: Path, capsys: Capture) -> None:
    folder = tmp_path / "new" / "sealbreak"
    assert main(["extension", str(folder)]) == 0
    assert json.loads((folder / "manifest.json").read_text())["name"] == "Sealbreak"
    assert (folder / "icons/16.png").is_file()
    said = capsys.readouterr().out
    assert f"The extension is in {folder}\n" in said
    assert "Load unpacked" in said
