import json
from pathlib import Path

from support.server.commands import pair_device
from support.server.process import command


def test_devices_are_listed_with_their_state(tmp_path: Path) -> None:
    revoked, paired = pair_device(tmp_path), pair_device(tmp_path)
    command(tmp_path, "devices", "--revoke", revoked)
    lines = command(tmp_path, "devices", "--json").stdout.splitlines()
    assert {row["id"]: row["state"] for row in map(json.loads, lines)} == {
        revoked: "revoked", paired: "last seen 2027-01-15T08:00:00.000Z",
    }  # fmt: skip
    assert f"{paired}  desktop    A laptop  (last seen" in command(tmp_path, "devices").stdout


def test_an_unknown_device_cannot_be_revoked(tmp_path: Path) -> None:
    pair_device(tmp_path)
    refused = command(tmp_path, "devices", "--revoke", "nobody")
    assert refused.returncode == 1
    assert "'nobody'" in refused.stderr
