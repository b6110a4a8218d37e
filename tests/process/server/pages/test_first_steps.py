import asyncio
import re
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

import httpx2
import pytest
from playwright.sync_api import Browser, expect, sync_playwright
from sealbreak_server.app import make_app, make_services
from sealbreak_server.checks.judgements.address import Look, Resolved
from sealbreak_server.checks.judgements.answers import Failed, Failure
from sealbreak_server.checks.judgements.set_up import Situation
from sealbreak_server.checks.probes import network
from sealbreak_server.cli.run.scenario import GMAIL, Client
from sealbreak_server.services import Services
from sealbreak_server.settings import read_settings
from sealbreak_server.web import installation
from sealbreak_server.web.pages.first_steps.local import KEY_VARIABLE, is_local
from sealbreak_server.web.pages.first_steps.steps import CODES_SECONDS
from starlette.requests import Request as ServerRequest
from support.desktop.processes import eventually
from support.desktop.server import COMMAND, Server, server
from support.pages import visit
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

STEPS = "/first-steps/the-key"
CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with server(tmp_path_factory.mktemp("steps"), **{KEY_VARIABLE: "the-key"}) as running:
        yield running


def ask(
    url: str,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    fields: Mapping[str, str] | None = None,
) -> tuple[int, str]:
    """Follows the redirect after a form."""
    data = urlencode(fields).encode() if fields else None
    try:
        with urlopen(Request(url, data, dict(headers or {}), method=method)) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.read().decode()


def page(running: Server) -> str:
    return f"{running.address}/first-steps/the-key"


def press(running: Server, do: str, **fields: str) -> str:
    return ask(page(running), "POST", fields={"do": do, **fields})[1]


def code_in(text: str) -> str:
    return text.partition('<span class="code">')[2].partition("<code>")[2].partition("</code>")[0]


def action_in(text: str) -> str:
    return text.partition('data-action="')[2].partition('"')[0]


def fact_in(text: str, name: str) -> str:
    line = text.partition(f'data-fact="{name}"')[2].partition("</li>")[0]
    return " ".join(re.sub("<[^>]*>", " ", line.partition("<span>")[2]).split())


def pair(running: Server, code: str, kind: str) -> str:
    body = {"code": code, "name": f"My {kind}", "kind": kind}
    return str(running.call("POST", "pair", body)["token"])


def test_on_this_computer_only_nothing_is_promised(running: Server) -> None:
    first = ask(page(running))[1]
    assert action_in(first) == "choose"
    assert fact_in(first, "Address") == f"Only this computer reaches {running.address}."
    loading = press(running, "choose", situation="alone")
    assert "readers cannot be tracked. Do not send real mail with this address" in loading
    assert action_in(loading) == "load"
    assert "Test mail" not in loading
    pairing = press(running, "tell", word="loaded")
    assert (action_in(pairing), code_in(pairing)) == ("pair", "")
    assert fact_in(pairing, "Extension") == "You said that it is loaded; none is paired."
    code = code_in(press(running, "code"))
    assert code_in(ask(page(running))[1]) == code  # the page renews itself
    pair(running, code, "extension")
    after = ask(page(running))[1]
    assert (action_in(after), code_in(after)) == ("tray", "")
    assert fact_in(after, "Extension") == "Paired: My extension."
    pair(running, running.pairing_code(), "desktop")
    done = ask(page(running))[1]
    assert action_in(done) == "nothing"
    assert fact_in(done, "Tray") == "Paired, and not connected now: My desktop."


@pytest.mark.parametrize(
    ("situation", "words"),
    [
        ("office", "Readers in Gmail cannot"),
        ("tunnel", "tailscale funnel --bg"),
        ("elsewhere", "Let a name of your domain lead to the server"),
    ],
)
def test_elsewhere_the_first_step_is_an_address(
    running: Server, situation: str, words: str
) -> None:
    text = press(running, "choose", situation=situation)
    assert action_in(text) == "address"
    assert words in text
    assert "--public-url" in text


def test_the_choice_survives_a_restart_with_a_public_address(tmp_path: Path) -> None:
    """The steps of a tunnel and of a server elsewhere."""
    environment = {KEY_VARIABLE: "the-key"}
    with server(tmp_path, **environment) as first:
        assert action_in(press(first, "choose", situation="tunnel")) == "address"
    environment |= {
        "SEALBREAK_PUBLIC_URL": "https://nowhere.invalid", "SEALBREAK_TRUSTED_PROXIES": "127.0.0.1"
    }  # fmt: skip
    with server(tmp_path, **environment) as second:
        text = ask(page(second))[1]
        assert (action_in(text), "This computer, with a tunnel" in text) == ("check", True)
        assert "was not looked at since the server started" in fact_in(text, "Address")
        press(second, "check")
        eventually(lambda: "Check again" in ask(page(second))[1], "the end of the check")
        text = ask(page(second))[1]
        assert action_in(text) == "check"
        assert "nowhere.invalid" in fact_in(text, "Address")
        assert "✓" not in fact_in(text, "Address")


def test_a_choice_that_the_address_contradicts_is_asked_again(tmp_path: Path) -> None:
    environment = {KEY_VARIABLE: "the-key", "SEALBREAK_PUBLIC_URL": "https://nowhere.invalid"}
    with server(tmp_path, **environment) as public:
        text = press(public, "choose", situation="alone")
        assert action_in(text) == "choose"
        assert "https://nowhere.invalid, which does not fit" in text


@pytest.mark.parametrize(
    ("situation", "url", "device"),
    [
        ("office", "http://office.lan:8787", "192.168.1.20"),
        ("elsewhere", "https://track.example.com", "84.130.20.9"),
    ],
)
def test_another_device_proves_what_this_machine_cannot_see(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, situation: str, url: str, device: str
) -> None:
    resolved = Resolved(urlsplit(url).netloc, ["203.0.113.9"])
    silent = Look("203.0.113.9", Failed(Failure.SILENT))
    monkeypatch.setattr(network, "resolve", lambda _url: resolved)
    monkeypatch.setattr(network, "look", lambda *_: silent)
    monkeypatch.setenv(KEY_VARIABLE, "the-key")
    flags = {"data": str(tmp_path), "public_url": url, "trusted_proxies": "127.0.0.1"}
    services = make_services(read_settings(flags, {}))

    async def visits() -> tuple[str, str]:
        async with client_of(services) as client:
            await client.post(STEPS, data={"do": "choose", "situation": situation})
            text = (await client.post(STEPS, data={"do": "check"})).text
            while action_in(text) == "check":
                await asyncio.sleep(0.05)
                text = (await client.get(STEPS)).text
            code = re.search(r"/check/[\w-]{32}", text)
            assert code
            headers = {"x-forwarded-for": device}
            await client.get(f"http://127.0.0.1{code[0]}", headers=headers)
            return text, (await client.get(STEPS)).text

    before, after = asyncio.run(visits())
    services.storage.close()
    assert (action_in(before), 'class="qr"' in before) == ("phone", True)
    assert fact_in(before, "Phone") == "No phone has opened the code yet."
    assert action_in(after) == "load"
    assert f"A device reached this server from {device}" in fact_in(after, "Phone")


def test_a_get_request_makes_no_code(running: Server) -> None:
    assert code_in(ask(page(running))[1]) == ""


def test_unknown_words_and_buttons_change_nothing(running: Server) -> None:
    before = action_in(ask(page(running))[1])
    for fields in ({"do": "choose", "situation": "x"}, {"do": "tell", "word": "x"}, {"do": "x"}):
        assert action_in(ask(page(running), "POST", fields=fields)[1]) == before


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

    async def press(*buttons: str) -> list[httpx2.Response]:
        async with client_of(services) as client:
            await client.post(STEPS, data={"do": "choose", "situation": "alone"})
            return [
                await client.get(STEPS),
                *[await client.post(STEPS, data={"do": b}) for b in buttons],
            ]

    before, download, after = asyncio.run(press("download", "unpack"))
    services.storage.close()
    assert str(folder) not in before.text
    assert "Put the extension into Downloads" in before.text
    assert "make run" not in before.text
    assert download.content == packed
    assert str(folder) in after.text
    assert (folder / "manifest.json").is_file()


def client_of(services: Services) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(
        transport=httpx2.ASGITransport(make_app(services)),
        base_url="http://127.0.0.1",
        follow_redirects=True,
    )


def test_an_hour_after_the_start_the_page_makes_no_more_codes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time()
    monkeypatch.setenv(KEY_VARIABLE, "the-key")
    settings = read_settings({"data": str(tmp_path), "public_url": "http://127.0.0.1:8787"}, {})
    services = make_services(settings, clock=lambda: now)

    async def texts() -> tuple[str, str]:
        nonlocal now
        async with client_of(services) as client:
            await client.post(STEPS, data={"do": "choose", "situation": "alone"})
            await client.post(STEPS, data={"do": "tell", "word": "loaded"})
            first = await client.post(STEPS, data={"do": "code"})
            now += CODES_SECONDS
            return first.text, (await client.post(STEPS, data={"do": "code"})).text

    first, late = asyncio.run(texts())
    services.storage.close()
    assert code_in(first)
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


def test_the_code_is_copied_with_its_button(tmp_path: Path, browser: Browser) -> None:
    with server(tmp_path, **{KEY_VARIABLE: "the-key"}) as running:
        press(running, "choose", situation="alone")
        press(running, "tell", word="loaded")
        copies_the_code(running, browser)


def copies_the_code(running: Server, browser: Browser) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    tab = context.new_page()
    tab.goto(page(running))
    tab.get_by_role("button", name="Make a code").click()
    tab.locator(".code").get_by_role("button", name="Copy").click()
    tab.get_by_role("button", name="Copied").wait_for()
    code = tab.locator(".code code").inner_text()
    assert tab.evaluate("navigator.clipboard.readText()") == code
    context.close()


def test_the_page_fits_a_narrow_window(running: Server, browser: Browser) -> None:
    tab = browser.new_page(viewport={"width": 340, "height": 700})
    for situation in ("", *Situation):
        press(running, "choose", situation=situation)
        tab.goto(page(running))
        assert tab.evaluate("document.documentElement.scrollWidth") <= 340


def test_the_page_turns_from_waiting_to_proven_while_it_is_open(
    tmp_path: Path, browser: Browser
) -> None:
    environment = {
        KEY_VARIABLE: "the-key", "SEALBREAK_PUBLIC_URL": "https://track.example.com",
        "SEALBREAK_TRUSTED_PROXIES": "127.0.0.1",
    }  # fmt: skip
    with server(tmp_path, **environment) as running:
        press(running, "choose", situation="tunnel")
        picture = picture_of(running, pair(running, running.pairing_code(), "extension"))
        tab = browser.new_page()
        tab.goto(page(running))
        said = tab.locator('[data-fact="Test mail"]')
        expect(said).to_contain_text("Nothing has asked for the picture of the test mail yet.")
        tab.evaluate("window.isSame = true")
        visit(picture, Client("203.0.113.7", {**GMAIL.headers, "Host": "track.example.com"}))
        expect(said).to_contain_text("from 203.0.113.7")
        expect(said).to_contain_text("that address is not in Google's network")
        visit(picture, Client(GMAIL.address, {**GMAIL.headers, "Host": "track.example.com"}))
        expect(said).to_contain_text("Gmail reached this server at ")
        expect(said).to_contain_text(", through https://track.example.com.")
        expect(said).to_have_class("ok")
        expect(said.locator("time")).not_to_contain_text("UTC")  # the browser's zone
        expect(tab.locator("#next")).to_have_attribute("data-action", "tray")
        assert tab.evaluate("window.isSame")  # it was not loaded again
        tab.close()


def picture_of(running: Server, token: str) -> str:
    made = running.call("POST", "self-test", {}, token)
    nonce = made["page"].rpartition("/")[2]
    return f"{running.address}/o/check/{nonce}.gif"


def test_a_signed_in_browser_sees_them_too_and_makes_no_codes(
    running: Server, browser: Browser
) -> None:
    link = running.call("POST", "sign-in", {"path": "/history/first-steps"})["url"]
    tab = browser.new_page()
    tab.goto(link)
    tab.get_by_role("button", name="Open the history").click()
    press(running, "choose", situation="")
    expect(tab.locator("#next")).to_have_attribute("data-action", "choose")
    tab.get_by_role("button", name="This computer only").click()
    expect(tab.get_by_text("Do not send real mail with this address")).to_be_visible()
    assert tab.get_by_role("button", name="Make a code").count() == 0
    tab.close()


def test_a_link_of_the_command_signs_in_once_and_makes_codes(
    tmp_path: Path, browser: Browser
) -> None:
    with server(tmp_path) as running:
        done = subprocess.run(
            [str(COMMAND), "first-steps"],
            env=running.env,
            capture_output=True,
            text=True,
            check=True,
        )
        link = done.stdout.splitlines()[1].strip()
        assert link.startswith(f"{running.address}/sign-in/")
        assert f"ssh -L {urlsplit(running.address).port}:127.0.0.1:" in done.stdout
        tab = browser.new_page()
        tab.goto(link)
        tab.get_by_role("button", name="Open the history").click()
        tab.get_by_role("button", name="This computer only").click()
        tab.get_by_role("button", name="It is loaded").click()
        tab.get_by_role("button", name="Make a code").click()
        code = tab.locator(".code code").inner_text()
        pair(running, code, "extension")
        expect(tab.locator("#next")).to_have_attribute("data-action", "tray")
        tab.context.clear_cookies()
        tab.goto(link)
        expect(tab.get_by_text("already used")).to_be_visible()
        tab.close()


def test_the_live_connection_needs_the_key(running: Server) -> None:
    live = f"ws{running.address[4:]}/first-steps"
    with connect(f"{live}/the-key/live", proxy=None) as websocket:
        assert websocket.recv(10) == "{}"
    for path, headers in (("another-key/live", {}), ("the-key/live", {"X-Forwarded-For": "::1"})):
        with (
            pytest.raises(InvalidStatus, match="404"),
            connect(f"{live}/{path}", proxy=None, additional_headers=headers),
        ):
            pass
