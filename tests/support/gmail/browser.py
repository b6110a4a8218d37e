"""Chromium with the extension, in which mail.google.com is the stand-in."""

import json
import os
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from playwright.sync_api import (
    BrowserContext,
    Error,
    Page,
    Playwright,
    Worker,
    expect,
    sync_playwright,
)
from support.desktop.processes import eventually
from support.gmail.stand_in import TRACKER, StandIn
from support.gmail.tab import Tab
from support.paths import ROOT

EXTENSION = ROOT / "extension"
CHROMIUM = "/usr/bin/chromium"
TIMEOUT_MS = 60_000
"""Pages take a second or two; a busy machine takes much longer."""
expect.set_options(timeout=TIMEOUT_MS)


def build() -> Path:
    """The built extension, rebuilt when its sources are newer than the last build."""
    dist = EXTENSION / "dist"
    sources = [path for path in (EXTENSION / "src").rglob("*") if path.is_file()]
    sources += [
        EXTENSION / "manifest.json",
        EXTENSION / "build.mjs",
        EXTENSION / "package-lock.json",
    ]
    built = dist / "manifest.json"
    if not built.exists() or built.stat().st_ctime < max(one.stat().st_mtime for one in sources):
        if not (EXTENSION / "node_modules").exists():
            subprocess.run(["npm", "ci"], cwd=EXTENSION, check=True, capture_output=True)
        subprocess.run(["npm", "run", "build"], cwd=EXTENSION, check=True, capture_output=True)
    return dist


def with_hosts_granted(dist: Path, folder: Path, *permissions: str) -> Path:
    """A copy with permissions granted: nobody can answer a headless browser's prompt."""
    copy = shutil.copytree(dist, folder, dirs_exist_ok=True)
    manifest = json.loads((copy / "manifest.json").read_text())
    manifest["host_permissions"] = ["http://127.0.0.1/*", f"{TRACKER}/*"]
    manifest["permissions"] += permissions
    (copy / "manifest.json").write_text(json.dumps(manifest))
    return copy


class _Driver:
    """Playwright runs once in a process for all browsers."""

    def __init__(self) -> None:
        self.users = 0
        self.running: Playwright

    def acquire(self) -> None:
        if self.users == 0:
            self.running = sync_playwright().start()
        self.users += 1

    def release(self) -> None:
        self.users -= 1
        if self.users == 0:
            self.running.stop()


_driver = _Driver()


class Browser:
    """`folder` contains the profile, so that a restart continues with the same browser."""

    def __init__(
        self, gmail: StandIn, folder: Path, extra: tuple[Path, ...] = (), bare: bool = False
    ) -> None:
        """`bare` is a browser without the extension, to compare with."""
        self.gmail = gmail
        self.folder = folder
        self.bare = bare
        self.extension = with_hosts_granted(build(), folder / "extension", "notifications")
        self.extra = extra

    def __enter__(self) -> Self:
        _driver.acquire()
        self._prefer_developer_mode()
        self.context = self._launch()
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()
        _driver.release()

    def _prefer_developer_mode(self) -> None:
        """Without it an unpacked extension stays disabled after a reload."""
        preferences = self.folder / "profile" / "Default" / "Preferences"
        if not preferences.exists():
            preferences.parent.mkdir(parents=True)
            preferences.write_text(json.dumps({"extensions": {"ui": {"developer_mode": True}}}))

    def restart(self) -> None:
        self.context.close()
        self.context = self._launch()

    def restart_killed(self) -> None:
        """As after a crash: no process of the browser could clean up."""
        process = eventually(self._process, "the browser's process")
        assert process
        os.kill(int(process.name), signal.SIGKILL)
        with suppress(Error):
            self.context.close()
        eventually(lambda: self._process() is None, "its end")
        self.context = self._launch()

    def _process(self) -> Path | None:
        """The browser's main process, in /proc."""
        profile = f"--user-data-dir={self.folder / 'profile'}".encode()
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                words = (process / "cmdline").read_bytes().split(b"\0")
                if profile in words and not any(word.startswith(b"--type=") for word in words):
                    return process
        return None

    def _launch(self) -> BrowserContext:
        local = f"127.0.0.1:{self.gmail.port}"
        hosts = ("mail.google.com", "*.googleusercontent.com", TRACKER.removeprefix("https://"))
        known = ", ".join(f"MAP {host} {local}" for host in hosts)
        rules = f"{known}, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
        folders = ",".join(str(path) for path in (self.extension, *self.extra))
        loaded = [f"--disable-extensions-except={folders}", f"--load-extension={folders}"]
        context = _driver.running.chromium.launch_persistent_context(
            self.folder / "profile",
            executable_path=CHROMIUM,
            headless=True,
            ignore_https_errors=True,
            args=[
                "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--ignore-certificate-errors", f"--host-resolver-rules={rules}",
                *([] if self.bare else loaded),
            ],
            timeout=2 * TIMEOUT_MS,
        )  # fmt: skip
        context.set_default_timeout(TIMEOUT_MS)
        if not self.bare:
            _close_options(context)
        return context

    @property
    def worker(self) -> Worker:
        ours = [one for one in self.context.service_workers if one.url.endswith("/background.js")]
        return ours[0] if ours else self.context.wait_for_event("serviceworker")

    @cached_property
    def id(self) -> str:
        return self.worker.url.split("/")[2]

    def page(self, name: str) -> Page:
        """One of the extension's own pages."""
        page = self.context.new_page()
        page.goto(f"chrome-extension://{self.id}/{name}")
        return page

    def pair(self, address: str, code: str) -> None:
        """As a user does it, on the options page."""
        page = self.page("options.html")
        page.fill("#address", address)
        page.fill("#code", code)
        page.check("#consent")
        page.click("#pair-button")
        page.wait_for_selector("#account:not([hidden]), #pair-problem:not(:empty)")
        assert page.is_visible("#account"), page.inner_text("#pair-problem")
        page.close()

    def stored(self, key: str) -> Any:
        return self.worker.evaluate(
            "(key) => chrome.storage.local.get(key).then((all) => all[key])", key
        )

    def waiting(self) -> int:
        """The number of registrations that wait for delivery."""
        return len((self.stored("queue") or {"entries": []})["entries"])

    def stall_worker(self, seconds: float) -> None:
        """Blocks the worker for this long: it receives nothing meanwhile."""
        self.worker.evaluate(
            """(ms) => {
                setTimeout(() => { const end = Date.now() + ms; while (Date.now() < end); }, 0);
            }""",
            1000 * seconds,
        )

    def forget(self) -> None:
        """Neither a pairing nor anything else is left, and a new worker will start."""
        page = self.page("popup.html")
        empty = "Promise.all([chrome.storage.local.clear(), chrome.alarms.clearAll()])"
        page.evaluate(empty)
        self._stop_worker(page)
        page.evaluate(empty)  # what the worker wrote at last
        for other in self.context.pages[1:]:
            other.close()

    def ask(self, kind: str, request: Any = None) -> Any:
        """Sends a message to the background as one of the extension's own pages."""
        page = self.page("popup.html")
        reply = page.evaluate(
            "(message) => chrome.runtime.sendMessage(message)", {"kind": kind, "request": request}
        )
        page.close()
        return reply

    def stop_worker(self) -> None:
        """Stops the service worker, as the browser does after half a minute."""
        page = self.page("popup.html")
        self._stop_worker(page)
        page.close()

    def _stop_worker(self, page: Page) -> None:
        session = self.context.new_cdp_session(page)
        session.send("ServiceWorker.enable")
        session.send("ServiceWorker.stopAllWorkers")
        session.detach()

    def open(self, account: int = 0, path: str = "", **query: str) -> Tab:
        tab = Tab(self.context.new_page(), self.gmail)
        tab.goto(account, path, **query)
        return tab


def _close_options(context: BrowserContext) -> None:
    """An extension loaded this way counts as new at each start, and opens its options in
    whichever empty tab there is at that moment: a test's, if it is quick."""
    first = context.pages[0]
    end = time.monotonic() + TIMEOUT_MS / 1000
    while not (found := [one for one in context.pages if one.url.endswith("/options.html")]):
        assert time.monotonic() < end, "the options were not opened"
        first.wait_for_timeout(20)
    if len(context.pages) == 1:
        context.new_page()
    for one in found:
        one.close()
