"""Displays, servers and the tray, all of them real."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from support.desktop.bus import NotifyMonitor
from support.desktop.display import Display, skip_reason, virtual_display
from support.desktop.scripted_server import ScriptedServer
from support.desktop.server import Server, server
from support.desktop.tray import StartTray, Tray, new_state, start_tray, write_pairing


@pytest.fixture(scope="session")
def tools() -> None:
    if reason := skip_reason():
        pytest.skip(reason)


@pytest.fixture
def display(tools: None) -> Iterator[Display]:
    """With a bus and dunst, without a panel."""
    with virtual_display(panel=False) as here:
        yield here


@pytest.fixture
def panel_display(tools: None) -> Iterator[Display]:
    """With a bus, dunst and a panel."""
    with virtual_display() as here:
        yield here


@pytest.fixture
def bare_display(tools: None) -> Iterator[Display]:
    """With a bus only."""
    with virtual_display(daemon=None, panel=False) as here:
        yield here


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Server]:
    """A real server on an empty database, for a test that stops it."""
    with server(tmp_path / "server") as running:
        yield running


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server(tmp_path_factory.mktemp("shared")) as running:
        yield running


@pytest.fixture
def live(shared_server: Server) -> Server:
    """A real server, with an account of the test's own."""
    return shared_server.of(f"Ann {uuid4().hex[:8]}")


@pytest.fixture
def scripted() -> Iterator[ScriptedServer]:
    with ScriptedServer() as running:
        yield running


@pytest.fixture
def tray_on(scripted: ScriptedServer) -> StartTray:
    """Start the real tray on a display, connected to the scripted server."""

    def begin(here: Display) -> Tray:
        write_pairing(new_state(here), scripted.address, "secret-token")
        return start_tray(here)

    return begin


@pytest.fixture
def pop_ups(display: Display) -> Iterator[NotifyMonitor]:
    with NotifyMonitor(display.bus_address) as monitor:
        yield monitor
