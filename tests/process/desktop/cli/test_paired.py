from pathlib import Path

import pytest
from sealbreak_desktop.cli import main
from support.desktop.server import Server
from support.desktop.tray import write_pairing

Capture = pytest.CaptureFixture[str]


def test_paired_exits_with_1_without_a_pairing(capsys: Capture) -> None:
    assert main(["paired", "https://track.example.com"]) == 1
    assert capsys.readouterr().out == "Not paired with https://track.example.com.\n"


def test_a_server_that_is_down_is_still_paired(own_server: Server, capsys: Capture) -> None:
    main(["pair", own_server.address, own_server.pairing_code(), "--token-file"])
    own_server.stop()
    assert main(["paired", own_server.address]) == 0
    assert "No answer" in capsys.readouterr().err


def test_another_server_is_not_paired(live: Server, capsys: Capture) -> None:
    main(["pair", live.address, live.pairing_code(), "--token-file"])
    assert main(["paired", "https://other.example.com"]) == 1
    assert "Not paired with https://other.example.com." in capsys.readouterr().out


def test_a_proxy_that_cannot_be_used_ends_no_pairing(
    live: Server, state: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    write_pairing(state, "http://track.test", "secret")
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:1080")
    assert main(["paired", "http://track.test"]) == 0
    assert "cannot be used" in capsys.readouterr().err
