"""Desktops, servers and the tray, all of them real."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.desktop.bus import NotifyMonitor
from support.desktop.display import Desktop, desktop, skip_reason
from support.desktop.scripted_server import ScriptedServer
from support.desktop.server import Server, server
from support.desktop.tray import StartTray, Tray, new_state, start_tray, write_pairing


@pytest.fixture(scope="session")
def tools() -> None:
    if reason := skip_reason():
        pytest.skip(reason)


@pytest.fixture
def desk(tools: None) -> Iterator[Desktop]:
    """A display, a bus, dunst; no panel."""
    with desktop(panel=False) as here:
        yield here


@pytest.fixture
def screen(tools: None) -> Iterator[Desktop]:
    """A whole desktop, with a panel."""
    with desktop() as here:
        yield here


@pytest.fixture
def bare(tools: None) -> Iterator[Desktop]:
    """A display and a bus, nothing on them."""
    with desktop(daemon=None, panel=False) as here:
        yield here


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Server]:
    """A real server on an empty database."""
    with server(tmp_path / "server") as running:
        yield running


@pytest.fixture
def scripted() -> Iterator[ScriptedServer]:
    with ScriptedServer() as running:
        yield running


@pytest.fixture
def tray_on(scripted: ScriptedServer) -> StartTray:
    """Start the real tray on a desktop, connected with the scripted server."""

    def begin(here: Desktop) -> Tray:
        write_pairing(new_state(here), scripted.address, "secret-token")
        return start_tray(here)

    return begin


@pytest.fixture
def pop_ups(desk: Desktop) -> Iterator[NotifyMonitor]:
    with NotifyMonitor(desk.bus_address) as monitor:
        yield monitor
