from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright
from support.pages import CHROMIUM, DESKTOP, Ground, Visiting, ground, running_day, sign_in

AWAY = "ERR_CONNECTION_REFUSED"
"""What a browser says of a server that is being started again."""
STATUS = "the server responded with a status of 4"
"""And of a page that is an answer to a mistake."""


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with ground(tmp_path_factory.mktemp("pages")) as made:
        yield made


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def signed_in(chromium: Browser, history: Ground) -> Any:
    """The cookie of a session."""
    context = chromium.new_context()
    sign_in(context.new_page(), history.server.call("POST", "sign-in", {})["url"])
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def visiting(chromium: Browser, history: Ground, signed_in: Any) -> Iterator[Visiting]:
    """Opens a page, signed in, in a browser of its own; what its console complains of fails."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def hear(said: ConsoleMessage, page: Page) -> None:
        is_its_own_status = said.location["url"] == page.url and STATUS in said.text
        if AWAY not in said.text and not is_its_own_status:
            complaints.append(said.text)

    def visit(path: str, **options: Any) -> Page:
        contexts.append(
            chromium.new_context(storage_state=signed_in, **{"viewport": DESKTOP, **options})
        )
        page = contexts[-1].new_page()
        page.on("console", lambda said: hear(said, page))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(history.server.address + path.format(read=history.read.id, day=running_day()))
        return page

    yield visit
    for context in contexts:
        context.close()
    assert complaints == []
