import asyncio
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import httpx2
import pytest
from playwright.sync_api import Browser, sync_playwright
from sealbreak_server.app import make_app, make_services
from sealbreak_server.settings import read_settings
from sealbreak_server.web import installation
from sealbreak_server.web.pages.first_steps.local import KEY_VARIABLE, is_local
from sealbreak_server.web.pages.first_steps.steps import CODES_SECONDS
from starlette.requests import Request as ServerRequest
from support.desktop.server import Server, server

CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server(tmp_path_factory.mktemp("steps"), **{KEY_VARIABLE: "the-key"}) as running:
        yield running


def ask(url: str, method: str = "GET", headers: Mapping[str, str] | None = None) -> tuple[int, str]:
    try:
        with urlopen(Request(url, method=method, headers=dict(headers or {}))) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.read().decode()


def page(running: Server) -> str:
    return f"{running.address}/first-steps/the-key"


def code_in(text: str) -> str:
    return text.partition('<span class="code">')[2].partition("<code>")[2].partition("</code>")[0]


def test_the_page_shows_the_remaining_steps(running: Server) -> None:
    status, text = ask(page(running))
    assert status == 200
    assert running.address in text
    assert "Not reachable from outside" in text


def test_a_get_request_makes_no_code(running: Server) -> None:
    assert code_in(ask(page(running))[1]) == ""


def test_the_button_makes_a_code_that_pairs_a_device(running: Server) -> None:
    code = code_in(ask(page(running), "POST")[1])
    paired = running.call("POST", "pair", {"code": code, "name": "A browser", "kind": "api"})
    assert paired["token"]
    assert "A browser" in ask(page(running))[1]


def test_a_package_puts_the_extension_into_downloads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = installation.packed_extension()
    assert packed is not None
    (tmp_path / "extension.zip").write_bytes(packed)
    folder = tmp_path / "Downloads/sealbreak-extension"
    monkeypatch.setattr(installation, "CLONE", None)
    monkeypatch.setattr(installation, "PACKED", tmp_path / "extension.zip")
    monkeypatch.setattr(installation, "extension_folder", lambda: folder)
    monkeypatch.setenv(KEY_VARIABLE, "the-key")
    settings = read_settings({"data": str(tmp_path), "public_url": "http://127.0.0.1:8787"}, {})
    services = make_services(settings)
    transport = httpx2.ASGITransport(make_app(services))

    async def press(*buttons: str) -> list[httpx2.Response]:
        async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            first = await client.get("/first-steps/the-key")
            return [first, *[await client.post(f"/first-steps/the-key?{one}") for one in buttons]]

    before, download, after = asyncio.run(press("download", "unpack"))
    services.storage.close()
    assert str(folder) not in before.text
    assert "Put the extension into Downloads" in before.text
    assert "make run" not in before.text
    assert download.content == packed
    assert str(folder) in after.text
    assert (folder / "manifest.json").is_file()


def test_an_hour_after_the_start_the_page_makes_no_more_codes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time()
    monkeypatch.setenv(KEY_VARIABLE, "the-key")
    settings = read_settings({"data": str(tmp_path), "public_url": "http://127.0.0.1:8787"}, {})
    services = make_services(settings, clock=lambda: now)
    transport = httpx2.ASGITransport(make_app(services))

    async def press_the_button() -> str:
        async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return (await client.post("/first-steps/the-key")).text

    assert code_in(asyncio.run(press_the_button()))
    now += CODES_SECONDS
    late = asyncio.run(press_the_button())
    services.storage.close()
    assert code_in(late) == ""
    assert "Make a" not in late
    assert "sealbreak-server pair" in late


def test_a_wrong_key_is_not_found(running: Server) -> None:
    assert ask(f"{running.address}/first-steps/another-key")[0] == 404
    assert ask(f"{running.address}/first-steps/", "POST")[0] == 404


def test_a_forwarded_request_is_not_found(running: Server) -> None:
    assert ask(page(running), headers={"X-Forwarded-For": "203.0.113.9"})[0] == 404
    assert ask(page(running), headers={"Host": "track.example.com"})[0] == 404


def test_a_server_without_a_launcher_has_no_such_page(tmp_path: Path) -> None:
    with server(tmp_path) as plain:
        assert ask(f"{plain.address}/first-steps/")[0] == 404


def test_other_methods_are_not_allowed(running: Server) -> None:
    assert ask(page(running), "DELETE")[0] == 405


def request_from(peer: str, host: str) -> ServerRequest:
    headers = [(b"host", host.encode())]
    scope = {"type": "http", "method": "GET", "path": "/", "headers": headers, "client": (peer, 1)}
    return ServerRequest({**scope, "scheme": "http", "query_string": b""})


@pytest.mark.parametrize(
    ("peer", "host", "expected"),
    [
        ("127.0.0.1", "127.0.0.1:8787", True),
        ("127.0.0.1", "localhost:8787", True),
        ("::1", "[::1]:8787", True),
        ("192.168.1.9", "127.0.0.1:8787", False),
        ("127.0.0.1", "rebound.example.com:8787", False),
        ("127.0.0.1", "192.168.1.4:8787", False),
    ],
)
def test_a_local_request_has_a_local_peer_and_host(peer: str, host: str, expected: bool) -> None:
    assert is_local(request_from(peer, host)) is expected


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu"]
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=options)


def test_the_code_is_copied_with_its_button(running: Server, browser: Browser) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    tab = context.new_page()
    tab.goto(page(running))
    tab.get_by_role("button", name="Make a code").click()
    tab.locator(".code").get_by_role("button", name="Copy").click()
    tab.get_by_role("button", name="Copied").wait_for()
    code = tab.locator(".code code").inner_text()
    assert tab.evaluate("navigator.clipboard.readText()") == code


def test_the_page_fits_a_narrow_window(running: Server, browser: Browser) -> None:
    tab = browser.new_page(viewport={"width": 340, "height": 700})
    tab.goto(page(running))
    assert tab.evaluate("document.documentElement.scrollWidth") <= 340
