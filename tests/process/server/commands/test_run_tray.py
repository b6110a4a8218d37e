import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from sealbreak_server.cli.run import subprocesses, tray
from sealbreak_server.cli.run.tray import tray_obstacle
from sealbreak_server.settings import read_settings


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({}, "no desktop"),
        ({"DISPLAY": ":0"}, "no session bus"),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "no session bus"),
        ({"DISPLAY": ":0", "DBUS_SESSION_BUS_ADDRESS": "unix:path=/run/bus"}, ""),
    ],
)
def test_the_reason_why_no_tray_can_run_is_named(environ: dict[str, str], words: str) -> None:
    assert (words in tray_obstacle(environ)) if words else tray_obstacle(environ) == ""


def test_a_session_bus_is_found_by_its_socket(tmp_path: Path) -> None:
    (tmp_path / "bus").touch()
    assert tray_obstacle({"DISPLAY": ":0", "XDG_RUNTIME_DIR": str(tmp_path)}) == ""


def test_the_code_for_the_tray_is_on_no_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, str]] = []

    async def finished(
        command: Sequence[str], environ: Mapping[str, str], limit: float, text: str = ""
    ) -> tuple[int, str]:
        asked.append((" ".join(command), text))
        return 1, "not paired"

    monkeypatch.setattr(subprocesses, "finished", finished)
    monkeypatch.setattr(tray, "new_code", lambda *_: "ABCD-EFGH")
    settings = read_settings({"data": str(tmp_path)}, {})
    asyncio.run(tray.pair_tray(settings, {}, "http://127.0.0.1:8787", token_file=True))
    command, text = asked[-1]
    assert command.endswith("sealbreak pair http://127.0.0.1:8787 --token-file")
    assert text == "ABCD-EFGH"


def test_a_runtime_folder_that_cannot_be_entered_has_no_bus(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Another user's, as after `sudo -E`."""

    def refuse(_: Path) -> bool:
        raise PermissionError

    monkeypatch.setattr(Path, "exists", refuse)
    environ = {"DISPLAY": ":0", "XDG_RUNTIME_DIR": "/run/user/1000"}
    assert "no session bus" in tray_obstacle(environ)
