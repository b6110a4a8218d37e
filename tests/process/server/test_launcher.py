import asyncio
import os
import signal
import socket
import webbrowser
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from playwright.sync_api import sync_playwright
from sealbreak_server.cli.run import launcher, subprocesses
from sealbreak_server.cli.run.launcher import Plan, demo_environ, from_here, tray_obstacle
from sealbreak_server.cli.run.port_owner import holder, is_taken
from sealbreak_server.cli.run.subprocesses import program
from sealbreak_server.settings import read_settings
from support.desktop.browser import BrowserRecorder
from support.desktop.bus import Notify, NotifyMonitor
from support.desktop.display import Display, skip_reason, virtual_display
from support.desktop.processes import Program, eventually, start
from support.desktop.tray import run as sealbreak

CHROMIUM = Path("/usr/bin/chromium")
PAGE = "http://127.0.0.1:8787/first-steps/the-key"

on_a_desktop = pytest.mark.skipif(bool(skip_reason()), reason=skip_reason())


def headless(folder: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(folder), "TMPDIR": str(folder)}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


@contextmanager
def launched(env: Mapping[str, str], folder: Path, *arguments: str) -> Iterator[Program]:
    command = program("sealbreak-server")
    assert command is not None
    launcher = start([command, *arguments], env, folder / "launcher.out")
    try:
        yield launcher
    finally:
        launcher.stop()


def wait_until_it_says(launcher: Program, words: str) -> None:
    def said() -> bool:
        assert words in launcher.said() or launcher.process.poll() is None, launcher.said()
        return words in launcher.said()

    eventually(said, words, within=40)


@contextmanager
def running(env: Mapping[str, str], folder: Path, *more: str) -> Iterator[tuple[Program, int]]:
    port = free_port()
    data = str(folder / "data")
    with launched(env, folder, "run", "--port", str(port), "--data", data, *more) as launcher:
        wait_until_it_says(launcher, "Ctrl-C stops everything.")
        yield launcher, port


def first_steps(launcher: Program) -> str:
    return next(word for word in launcher.said().split() if "/first-steps/" in word)


def test_run_serves_the_first_steps(tmp_path: Path) -> None:
    with running(headless(tmp_path), tmp_path) as (launcher, port):
        page = first_steps(launcher)
        assert page.startswith(f"http://127.0.0.1:{port}/first-steps/")
        with urlopen(page) as answer:
            assert "Load the extension" in answer.read().decode()


def test_without_a_desktop_run_says_how_to_start_the_tray_later(tmp_path: Path) -> None:
    with running(headless(tmp_path), tmp_path) as (launcher, port):
        assert "there is no desktop here" in launcher.said()
        assert f"sealbreak pair http://127.0.0.1:{port} CODE" in launcher.said()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_all_of_it_without_a_word_too_many(
    tmp_path: Path, number: signal.Signals
) -> None:
    with running(headless(tmp_path), tmp_path) as (launcher, port):
        launcher.process.send_signal(number)
        assert launcher.process.wait(20) == 0
        assert "Traceback" not in launcher.said()
        assert not is_taken("127.0.0.1", port)


def test_a_stop_while_it_starts_is_a_clean_one(tmp_path: Path) -> None:
    with launched(headless(tmp_path), tmp_path, "demo") as launcher:
        wait_until_it_says(launcher, "Server ")
        launcher.process.send_signal(signal.SIGINT)
        assert launcher.process.wait(20) == 0
        assert "Traceback" not in launcher.said()


def test_a_taken_port_is_told_with_its_holder_and_another_port(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with launched(headless(tmp_path), tmp_path, "run", "--port", str(port)) as launcher:
            assert launcher.process.wait(20) == 1
    assert f"(process {os.getpid()})" in launcher.said()
    assert f"--port {port + 1}" in launcher.said()


def test_a_server_that_ends_by_itself_ends_the_launcher_with_an_error(tmp_path: Path) -> None:
    with running(headless(tmp_path), tmp_path) as (launcher, port):
        server = int(holder(port).split("process ")[1].rstrip(")"))
        os.kill(server, signal.SIGKILL)
        assert launcher.process.wait(20) == 1
        assert "ended by itself" in launcher.said()


def test_a_setting_that_cannot_be_used_is_told_before_anything_starts(tmp_path: Path) -> None:
    with launched(headless(tmp_path), tmp_path, "run", "--port", "many") as launcher:
        assert launcher.process.wait(20) == 1
    assert "--port is 'many'" in launcher.said()


def test_the_demo_tells_its_story_and_leaves_nothing_behind(tmp_path: Path) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    env = {**headless(tmp_path), "TMPDIR": str(temporary)}
    with launched(env, tmp_path, "demo", "--once") as launcher:
        assert launcher.process.wait(40) == 0
    assert "live: Opened, through Gmail" in launcher.said()
    assert "History      http://127.0.0.1:" in launcher.said()
    assert list(temporary.iterdir()) == []


def test_the_demo_takes_nothing_of_the_users_own_settings() -> None:
    own = {"PATH": "/bin", "SEALBREAK_DATABASE_URL": "postgresql://x", "SEALBREAK_PORT": "8787"}
    environ = demo_environ(own, Path("/nowhere"))
    assert "SEALBREAK_DATABASE_URL" not in environ
    assert environ["SEALBREAK_PORT"] == "0"
    assert environ["SEALBREAK_STATE"] == "/nowhere/tray"
    assert environ["PATH"] == "/bin"


@pytest.mark.parametrize(
    ("address", "reached"),
    [
        ("http://127.0.0.1:8787", "http://127.0.0.1:8787"),
        ("http://0.0.0.0:8787", "http://127.0.0.1:8787"),
        ("http://[::]:8787", "http://[::1]:8787"),
    ],
)
def test_a_server_on_all_addresses_is_reached_on_loopback(address: str, reached: str) -> None:
    assert from_here(address) == reached


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({}, "no desktop"),
        ({"DISPLAY": ":0"}, "no session bus"),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "no session bus"),
        ({"DISPLAY": ":0", "DBUS_SESSION_BUS_ADDRESS": "unix:path=/run/bus"}, ""),
    ],
)
def test_what_stands_in_the_way_of_a_tray_is_named(environ: dict[str, str], words: str) -> None:
    assert (words in tray_obstacle(environ)) if words else tray_obstacle(environ) == ""


def test_a_session_bus_may_be_known_by_its_place_alone(tmp_path: Path) -> None:
    (tmp_path / "bus").touch()
    assert tray_obstacle({"DISPLAY": ":0", "XDG_RUNTIME_DIR": str(tmp_path)}) == ""


def test_the_code_for_the_tray_is_on_no_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, str]] = []

    async def finished(
        command: Sequence[str], environ: Mapping[str, str], limit: float, told: str = ""
    ) -> tuple[int, str]:
        asked.append((" ".join(command), told))
        return 1, "not paired"

    monkeypatch.setattr(subprocesses, "outcome", finished)
    monkeypatch.setattr(launcher, "_new_code", lambda _: "ABCD-EFGH")
    plan = Plan(read_settings({"data": str(tmp_path)}, {}), {}, token_file=True)
    asyncio.run(launcher._Launch(plan)._pair_tray("http://127.0.0.1:8787"))
    command, told = asked[-1]
    assert command.endswith("sealbreak pair http://127.0.0.1:8787 --token-file")
    assert told == "ABCD-EFGH"


def file_of(address: str) -> Path:
    assert address.startswith("file:///")
    return Path(urlsplit(address).path)


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
    """The launcher's loop, and what was opened in it."""

    async def begin() -> AsyncExitStack:
        stack = AsyncExitStack()
        launcher.browse(stack, PAGE)
        return stack

    with asyncio.Runner() as runner:
        stack = runner.run(begin())
        eventually(lambda: bool(recorder.opened), "a page in the browser")
        yield runner, recorder.opened[0]
        runner.run(stack.aclose())


def test_a_page_is_opened_by_a_file_that_only_we_can_read(recorder: Recorder) -> None:
    with browsing(recorder) as (_, address):
        file = file_of(address)
        assert PAGE in file.read_text()
        assert file.stat().st_mode & 0o777 == 0o600
        assert file.parent.stat().st_mode & 0o777 == 0o700
    assert not file.parent.exists()


def test_the_file_is_gone_after_a_while(
    recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launcher, "LEAD_SECONDS", 0.1)
    with browsing(recorder) as (runner, address):
        assert file_of(address).exists()
        runner.run(asyncio.sleep(0.2))
        assert not file_of(address).parent.exists()


def test_the_file_lies_where_every_browser_may_read(recorder: Recorder, tmp_path: Path) -> None:
    (tmp_path / "Downloads").mkdir()
    with browsing(recorder) as (_, address):
        assert file_of(address).parent.parent == tmp_path / "Downloads"


def test_where_no_file_can_be_written_the_page_itself_is_opened(
    recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/nowhere")
    with browsing(recorder) as (_, address):
        assert address == PAGE


def test_what_a_killed_launcher_left_is_removed(recorder: Recorder, tmp_path: Path) -> None:
    left, own = tmp_path / "sealbreak-first-steps-1", tmp_path / "sealbreak-first-steps-notes"
    for file in (left / "open.html", own / "notes.txt"):
        file.parent.mkdir()
        file.touch()
    with browsing(recorder):
        assert not left.exists()
        assert (own / "notes.txt").exists()


def test_nothing_in_an_address_ends_its_place_in_the_file(tmp_path: Path) -> None:
    async def text() -> str:
        async with AsyncExitStack() as stack:
            return file_of(launcher.lead_to(stack, 'http://x/"><b>', tmp_path)).read_text()

    assert asyncio.run(text()).count("http://x/&quot;&gt;&lt;b&gt;") == 2


def test_the_file_leads_a_browser_without_scripts_on(recorder: Recorder) -> None:
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


@pytest.fixture
def screen() -> Iterator[Display]:
    with virtual_display() as here:
        here.env["SEALBREAK_STATE"] = str(here.folder / "tray")
        yield here


@on_a_desktop
def test_on_a_desktop_run_starts_a_paired_tray_and_opens_the_first_steps(screen: Display) -> None:
    browser = BrowserRecorder(screen)
    with running(screen.env, screen.folder, "--token-file") as (launcher, port):
        assert "Tray         started\n" in launcher.said()
        assert sealbreak(screen, "paired", f"http://127.0.0.1:{port}").returncode == 0
        lead = file_of(browser.wait())
        assert first_steps(launcher) in lead.read_text()
        launcher.process.send_signal(signal.SIGINT)
        assert launcher.process.wait(20) == 0
        assert not lead.parent.exists()
        assert "Traceback" not in launcher.said()


@on_a_desktop
def test_without_a_keyring_run_says_what_consent_it_needs(screen: Display) -> None:
    with running(screen.env, screen.folder) as (launcher, _):
        assert "not paired" in launcher.said()
        assert "--token-file" in launcher.said()


@on_a_desktop
def test_the_demo_shows_pop_ups(screen: Display) -> None:
    def opened(notify: Notify) -> bool:
        return "Tea on Friday?" in f"{notify.title} {notify.body}"

    demo = launched(screen.env, screen.folder, "demo")
    with NotifyMonitor(screen.bus_address) as monitor, demo:
        monitor.wait(opened)
