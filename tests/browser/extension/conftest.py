from collections.abc import Callable, Iterator
from contextlib import ExitStack
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


_kept = ExitStack()


@pytest.fixture(scope="session")
def kept_browser(gmail: StandIn, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Browser]:
    """Starts one when there is none."""
    return _start_once(lambda: Browser(gmail, tmp_path_factory.mktemp("kept")))


def _start_once(make: Callable[[], Browser]) -> Callable[[], Browser]:
    running: list[Browser] = []

    def get() -> Browser:
        if not running:
            running.append(_kept.enter_context(make()))
            _kept.callback(running.clear)
        return running[0]

    return get


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> Iterator[None]:
    """Playwright occupies the event loop of the thread, which the tests of other folders need."""
    yield
    if nextitem is None or Path(__file__).parent not in nextitem.path.parents:
        _kept.close()


@pytest.fixture(scope="module")
def browser(kept_browser: Callable[[], Browser], tracker: Server) -> Browser:
    """As it is after its first start, paired with the real server."""
    running = kept_browser()
    running.forget()
    running.pair(tracker.address, tracker.pairing_code())
    return running


@pytest.fixture
def tab(browser: Browser) -> Iterator[Tab]:
    browser.gmail.forget()
    opened = browser.open()
    yield opened
    opened.close()
