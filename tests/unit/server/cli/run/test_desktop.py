import sys

import pytest
from sealbreak_server.cli.run import subprocesses
from sealbreak_server.cli.run.desktop import desktop_obstacle
from sealbreak_server.cli.run.tray import tray_obstacle


@pytest.mark.parametrize("system", ["win32", "darwin"])
def test_only_linux_tells_a_desktop_by_its_variables(
    system: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    assert desktop_obstacle({}) == ""
    assert "SSH" in desktop_obstacle({"SSH_CONNECTION": "192.0.2.1 50000 192.0.2.2 22"})
    monkeypatch.setattr(sys, "platform", "linux")
    assert "no desktop" in desktop_obstacle({})


@pytest.mark.parametrize("system", ["win32", "darwin"])
def test_the_tray_needs_no_bus_where_there_is_none(
    system: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subprocesses, "find_program", lambda _: "there")
    monkeypatch.setattr(sys, "platform", system)
    assert tray_obstacle({}) == ""
