import sys
from pathlib import Path

import pytest
from sealbreak_desktop.cli import main
from sealbreak_desktop.system import instance

Capture = pytest.CaptureFixture[str]


def test_a_package_that_is_not_installed_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setitem(sys.modules, "sealbreak_desktop.app", None)
    assert main([]) == 1
    assert "sealbreak[desktop]" in capsys.readouterr().err


def test_a_second_start_opens_the_history_of_the_first(state: Path, capsys: Capture) -> None:
    commands: list[str] = []
    running = instance.acquire(state / "tray.lock")
    assert running
    running.listen(commands.append)
    assert main([]) == 0
    running.close()
    assert commands == [instance.SHOW]
    assert "running already" in capsys.readouterr().out
