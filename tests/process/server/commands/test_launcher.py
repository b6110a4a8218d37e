import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from sealbreak_server.cli.run.launcher import local_address
from sealbreak_server.cli.run.ports import is_taken, port_owner
from support.desktop.browser import BrowserRecorder
from support.desktop.display import Display
from support.desktop.tray import run as sealbreak
from support.server.launcher import (
    desktop_session,
    file_of,
    first_steps,
    headless,
    launched,
    on_a_desktop,
    running,
    wait_for_output,
)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_all_of_it_without_a_traceback(
    tmp_path: Path, number: signal.Signals
) -> None:
    with running(headless(tmp_path), tmp_path) as (launcher, port):
        launcher.process.send_signal(number)
        assert launcher.process.wait(20) == 0
        assert "Traceback" not in launcher.said()
        assert not is_taken("127.0.0.1", port)


def test_without_a_desktop_run_says_how_another_computer_sees_the_first_steps(
    tmp_path: Path,
) -> None:
    with running(headless(tmp_path), tmp_path) as (launcher, port):
        wait_for_output(launcher, "sealbreak-server first-steps")
        assert f"ssh -L {port}:127.0.0.1:{port} " in launcher.said()


def test_a_stop_while_it_starts_is_a_clean_one(tmp_path: Path) -> None:
    with launched(headless(tmp_path), tmp_path, "demo") as launcher:
        wait_for_output(launcher, "Server ")
        launcher.process.send_signal(signal.SIGINT)
        assert launcher.process.wait(20) == 0
        assert "Traceback" not in launcher.said()


def test_a_taken_port_is_reported_with_its_owner_and_another_port(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with launched(headless(tmp_path), tmp_path, "run", "--port", str(port)) as launcher:
            assert launcher.process.wait(20) == 1
    assert f"(process {os.getpid()})" in launcher.said()
    assert f"--port {port + 1}" in launcher.said()


def test_a_server_that_ends_by_itself_ends_the_launcher_with_an_error(tmp_path: Path) -> None:
    with running(headless(tmp_path), tmp_path) as (launcher, port):
        server = int(port_owner(port).split("process ")[1].rstrip(")"))
        os.kill(server, signal.SIGKILL)
        assert launcher.process.wait(20) == 1
        assert "ended unexpectedly" in launcher.said()


@pytest.mark.parametrize(
    ("address", "reached"),
    [
        ("http://127.0.0.1:8787", "http://127.0.0.1:8787"),
        ("http://0.0.0.0:8787", "http://127.0.0.1:8787"),
        ("http://[::]:8787", "http://[::1]:8787"),
    ],
)
def test_a_server_on_all_addresses_is_reached_on_loopback(address: str, reached: str) -> None:
    assert local_address(address) == reached


@pytest.fixture
def here() -> Iterator[Display]:
    with desktop_session() as desktop:
        yield desktop


@on_a_desktop
def test_on_a_desktop_run_starts_a_paired_tray_and_opens_the_first_steps(here: Display) -> None:
    browser = BrowserRecorder(here)
    with running(here.env, here.folder, "--token-file") as (launcher, port):
        assert "Tray         started\n" in launcher.said()
        assert sealbreak(here, "paired", f"http://127.0.0.1:{port}").returncode == 0
        redirect = file_of(browser.wait())
        assert first_steps(launcher) in redirect.read_text()
        launcher.process.send_signal(signal.SIGINT)
        assert launcher.process.wait(20) == 0
        assert not redirect.parent.exists()
        assert "Traceback" not in launcher.said()


@on_a_desktop
def test_without_a_keyring_run_says_what_consent_it_needs(here: Display) -> None:
    with running(here.env, here.folder) as (launcher, _):
        assert "not paired" in launcher.said()
        assert "--token-file" in launcher.said()
