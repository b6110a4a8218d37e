from pathlib import Path

import pytest
from sealbreak_desktop.cli import main
from sealbreak_desktop.system import instance
from support.desktop.server import Server

Capture = pytest.CaptureFixture[str]


def test_signing_out_is_confirmed(live: Server, capsys: Capture) -> None:
    main(["pair", live.address, live.pairing_code(), "--token-file"])
    assert main(["sign-out"]) == 0
    assert "The history on this computer is kept" in capsys.readouterr().out


def test_signing_out_without_the_server_says_what_remains_to_be_done(
    own_server: Server, capsys: Capture
) -> None:
    main(["pair", own_server.address, own_server.pairing_code(), "--token-file"])
    own_server.stop()
    assert main(["sign-out"]) == 0
    assert "sealbreak-server devices" in capsys.readouterr().err


def test_a_running_tray_hears_that_it_is_signed_out(live: Server, state: Path) -> None:
    main(["pair", live.address, live.pairing_code(), "--token-file"])
    commands: list[str] = []
    running = instance.acquire(state / "tray.lock")
    assert running
    running.listen(commands.append)
    assert main(["sign-out"]) == 0
    running.close()
    assert commands == [instance.RELOAD]


def test_signing_out_without_a_pairing_says_how_to_pair(capsys: Capture) -> None:
    assert main(["sign-out"]) == 1
    assert "sealbreak-server pair" in capsys.readouterr().err
