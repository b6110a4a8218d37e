import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from sealbreak_desktop.cli.checks import files
from sealbreak_desktop.cli.checks.files import examine
from sealbreak_desktop.cli.checks.finding import Finding, Status
from sealbreak_desktop.files.keyrings import KeyringState
from sealbreak_desktop.files.paths import Paths, paths_from
from sealbreak_desktop.system.autostart.desktop_entry import DesktopEntry
from support.desktop.tray import write_pairing


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    monkeypatch.setattr(sys, "platform", "linux")
    state = tmp_path / "state"
    state.mkdir()
    write_pairing(state, "https://track.example.com", "secret")
    found = paths_from({"SEALBREAK_STATE": str(state)})
    found.token.chmod(0o600)
    return replace(found, autostart=tmp_path / "autostart")


def findings(paths: Paths) -> dict[str, Finding]:
    return {finding.topic: finding for finding in examine(paths)}


def test_a_private_token_and_a_folder_that_can_be_written_are_ok(paths: Paths) -> None:
    found = findings(paths)
    assert [one.status for one in found.values()] == [Status.OK] * 3
    assert "does not start at login" in found["login"].summary


@pytest.mark.skipif(os.name != "posix", reason="Windows has other rights")
def test_a_token_that_others_can_read_is_a_problem(paths: Paths) -> None:
    paths.token.chmod(0o644)
    found = findings(paths)["token file"]
    assert (found.status, found.advice) == (Status.PROBLEM, f"chmod 600 {paths.token}")


def test_a_missing_token_is_a_problem(paths: Paths) -> None:
    paths.token.unlink()
    assert findings(paths)["token file"].status is Status.PROBLEM


def test_a_folder_that_is_not_there_is_not_checked(paths: Paths, tmp_path: Path) -> None:
    assert findings(replace(paths, state=tmp_path / "later"))["files"].status is Status.NOT_CHECKED


def test_a_folder_that_cannot_be_written_is_a_problem(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write everywhere
    assert findings(paths)["files"].status is Status.PROBLEM


def test_the_entry_at_login_is_named(paths: Paths) -> None:
    autostart = DesktopEntry(paths)
    autostart.set(True)
    found = findings(paths)["login"]
    assert (found.status, str(autostart.file) in found.summary) == (Status.OK, True)


def test_an_entry_that_starts_nothing_is_a_problem(paths: Paths) -> None:
    autostart = DesktopEntry(paths)
    autostart.set(True)
    autostart.file.write_text("[Desktop Entry]\nTryExec=/gone/sealbreak\n")
    found = findings(paths)["login"]
    assert found.status is Status.PROBLEM
    assert "/gone/sealbreak" in found.summary


@pytest.mark.parametrize(
    ("state", "tells", "status"),
    [
        (KeyringState.NONE, True, Status.PROBLEM),
        (KeyringState.LOCKED, True, Status.PROBLEM),
        (KeyringState.READY, True, Status.OK),
        (KeyringState.READY, False, Status.NOT_CHECKED),
    ],
)
def test_a_keyring_is_ok_only_when_it_says_that_it_is_unlocked(
    paths: Paths,
    monkeypatch: pytest.MonkeyPatch,
    state: KeyringState,
    tells: bool,
    status: Status,
) -> None:
    paths.settings.unlink()
    monkeypatch.setattr(files, "keyring_state", lambda: state)
    monkeypatch.setattr(files, "keyring_backend", object)
    monkeypatch.setattr(files, "tells_state", lambda _: tells)
    assert findings(paths)["keyring"].status is status
