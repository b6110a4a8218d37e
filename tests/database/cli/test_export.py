import json
from pathlib import Path

from support.server.commands import register
from support.server.process import command


def test_an_export_into_a_file_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    data, file = tmp_path / "data", tmp_path / "all.json"
    register(data, subject="Grüße")
    assert command(data, "export", "--output", str(file)).returncode == 0
    assert file.stat().st_mode & 0o777 == 0o600
    text = file.read_text(encoding="utf-8")
    assert "Grüße" in text
    assert json.loads(text)["messages"][0]["subject"] == "Grüße"
