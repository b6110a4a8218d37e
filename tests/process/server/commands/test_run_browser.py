"""How the launcher opens a page, and the file that it leaves for the browser."""

import asyncio
import webbrowser
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright
from sealbreak_server.cli.run import redirect_file
from sealbreak_server.cli.run.browser import open_page
from support.desktop.processes import eventually
from support.server.launcher import file_of

CHROMIUM = Path("/usr/bin/chromium")
PAGE = "http://127.0.0.1:8787/first-steps/the-key"


class Recorder(webbrowser.GenericBrowser):
    """A browser that only remembers what it was asked to open."""

    def __init__(self) -> None:
        super().__init__("true")
        self.opened: list[str] = []

    def open(self, url: str, new: int = 0, autoraise: bool = True) -> bool:
        self.opened.append(url)
        return True


@pytest.fixture
def recorder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recorder:
    """In a home without downloads."""
    browser = Recorder()
    monkeypatch.setattr(webbrowser, "get", lambda: browser)
    monkeypatch.delenv("XDG_DOWNLOAD_DIR", raising=False)
    for name, value in {"DISPLAY": ":0", "HOME": tmp_path, "XDG_CONFIG_HOME": tmp_path}.items():
        monkeypatch.setenv(name, str(value))
    return browser


@contextmanager
def browsing(recorder: Recorder) -> Iterator[tuple[asyncio.Runner, str]]:
    """The loop, and the address that was opened."""

    async def begin() -> AsyncExitStack:
        stack = AsyncExitStack()
        open_page(stack, PAGE)
        return stack

    with asyncio.Runner() as runner:
        stack = runner.run(begin())
        eventually(lambda: bool(recorder.opened), "a page in the browser")
        yield runner, recorder.opened[0]
        runner.run(stack.aclose())


def test_a_page_is_opened_by_a_file_that_only_its_owner_can_read(recorder: Recorder) -> None:
    with browsing(recorder) as (_, address):
        file = file_of(address)
        assert PAGE in file.read_text()
        assert file.stat().st_mode & 0o777 == 0o600
        assert file.parent.stat().st_mode & 0o777 == 0o700
    assert not file.parent.exists()


def test_the_file_is_removed_after_its_lifetime(
    recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redirect_file, "LIFETIME_SECONDS", 0.1)
    with browsing(recorder) as (runner, address):
        assert file_of(address).exists()
        runner.run(asyncio.sleep(0.2))
        assert not file_of(address).parent.exists()


def test_the_file_lies_where_every_browser_may_read(recorder: Recorder, tmp_path: Path) -> None:
    (tmp_path / "Downloads").mkdir()
    with browsing(recorder) as (_, address):
        assert file_of(address).parent.parent == tmp_path / "Downloads"


def test_without_a_writable_folder_the_page_itself_is_opened(
    recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/nowhere")
    with browsing(recorder) as (_, address):
        assert address == PAGE


def test_files_of_a_killed_launcher_are_removed(recorder: Recorder, tmp_path: Path) -> None:
    left, own = tmp_path / "sealbreak-first-steps-1", tmp_path / "sealbreak-first-steps-notes"
    for file in (left / "open.html", own / "notes.txt"):
        file.parent.mkdir()
        file.touch()
    with browsing(recorder):
        assert not left.exists()
        assert (own / "notes.txt").exists()


def test_the_file_redirects_a_browser_without_scripts(recorder: Recorder) -> None:
    if not CHROMIUM.exists():
        pytest.skip("chromium is not installed")
    with browsing(recorder) as (_, address), sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        tab = browser.new_context(java_script_enabled=False).new_page()
        tab.route(PAGE, lambda route: route.fulfill(body="The first steps"))
        tab.goto(address)
        tab.wait_for_url(PAGE)
        browser.close()
