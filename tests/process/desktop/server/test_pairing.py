from pathlib import Path

import pytest
from sealbreak_desktop.errors import NotPairedError, RefusedError
from sealbreak_desktop.files.history import History
from sealbreak_desktop.files.paths import Paths, paths_from
from sealbreak_desktop.files.settings import load_pairing
from sealbreak_desktop.server import pairing
from support.desktop.server import Server, fetch


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return paths_from({"SEALBREAK_STATE": str(tmp_path / "state")})


def test_a_pairing_works_and_is_stored(paths: Paths, live: Server) -> None:
    pairing.pair(paths, live.address, live.pairing_code(), "file")
    assert pairing.works(paths, live.address)
    assert not pairing.works(paths, "https://other.example.com")
    assert paths.token.stat().st_mode & 0o777 == 0o600


def test_a_refused_code_leaves_nothing_behind(paths: Paths, live: Server) -> None:
    with pytest.raises(RefusedError):
        pairing.pair(paths, live.address, "WRNG-CODE", "file")
    assert load_pairing(paths.settings) is None
    assert not paths.token.exists()


def test_events_from_before_the_pairing_are_not_new(paths: Paths, live: Server) -> None:
    fetch(live.message().pixel)
    paired = pairing.pair(paths, live.address, live.pairing_code(), "file")
    history = History(paths.history(paired.owner))
    assert history.snapshot(0).silent_until == 1
    history.close()


def test_signing_out_deletes_the_token_and_keeps_the_history(paths: Paths, live: Server) -> None:
    paired = pairing.pair(paths, live.address, live.pairing_code(), "file")
    assert pairing.sign_out(paths) is True
    assert not paths.token.exists()
    assert paths.history(paired.owner).exists()
    with pytest.raises(NotPairedError):
        pairing.signed_in(paths)


def test_signing_out_works_without_the_server(paths: Paths, own_server: Server) -> None:
    pairing.pair(paths, own_server.address, own_server.pairing_code(), "file")
    own_server.stop()
    assert pairing.sign_out(paths) is False
    assert not paths.token.exists()


def test_a_new_pairing_deletes_the_token_of_the_old(paths: Paths, live: Server) -> None:
    first = pairing.pair(paths, live.address, live.pairing_code(), "file")
    before = paths.token.read_text()
    second = pairing.pair(paths, live.address, live.pairing_code(), "file")
    assert paths.token.read_text() != before
    assert first.device != second.device


def test_a_revoked_token_no_longer_works(paths: Paths, live: Server) -> None:
    paired = pairing.pair(paths, live.address, live.pairing_code(), "file")
    live.call("DELETE", f"devices/{paired.device}")
    assert not pairing.works(paths, live.address)
