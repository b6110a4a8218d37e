from collections.abc import Iterator
from pathlib import Path

import pytest
from support.desktop.server import Server, server
from support.gmail.browser import Browser
from support.gmail.outage import Outage
from support.gmail.stand_in import TRACKER, StandIn
from support.gmail.tab import Tab


@pytest.fixture(scope="session")
def gmail() -> Iterator[StandIn]:
    with StandIn() as running:
        yield running


@pytest.fixture(scope="session")
def tracker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server(tmp_path_factory.mktemp("tracker"), SEALBREAK_PUBLIC_URL=TRACKER) as running:
        yield running


@pytest.fixture(scope="module")
def outage(tracker: Server) -> Iterator[Outage]:
    with Outage(tracker.address) as proxy:
        yield proxy


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("browser")


@pytest.fixture(scope="module")
def browser(gmail: StandIn, tracker: Server, profile: Path) -> Iterator[Browser]:
    """Paired with the real server."""
    with Browser(gmail, profile) as running:
        running.pair(tracker.address, tracker.pairing_code())
        yield running


@pytest.fixture
def tab(browser: Browser) -> Iterator[Tab]:
    browser.gmail.forget()
    opened = browser.open()
    yield opened
    opened.close()
