"""Firefox with the extension, in which mail.google.com is the stand-in. Over WebDriver BiDi."""

import json
import shutil
import socket
import threading
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any, Self

from support.desktop.processes import TIMEOUT, Program, eventually, start
from support.gmail.browser import build, with_hosts_granted
from support.gmail.stand_in import TRACKER, StandIn
from websockets.sync.client import connect

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
ADDON = "sealbreak@sealbreak.example"
HOME = "moz-extension://5ea1b4ea-0000-4000-8000-000000000001"


class HttpsProxy:
    """A proxy that connects the given HTTPS hosts to the stand-in and rejects all others."""

    def __init__(self, port: int, hosts: tuple[str, ...]) -> None:
        self.target = port
        self.hosts = hosts

    def __enter__(self) -> Self:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.listener.getsockname()[1])
        self.open: list[socket.socket] = []
        self.threads = [threading.Thread(target=self._accept)]
        self.threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        for one in list(self.open):
            _end(one)
        for thread in self.threads:
            thread.join()
        self.listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.threads.append(threading.Thread(target=self._serve, args=(client,)))
            self.threads[-1].start()

    def _serve(self, client: socket.socket) -> None:
        self.open.append(client)
        with client:
            head = _head(client)
            host = (
                head.split(b" ")[1].split(b":")[0].decode() if head.startswith(b"CONNECT ") else ""
            )
            if not host.endswith(self.hosts):
                return
            with socket.create_connection(("127.0.0.1", self.target)) as server:
                self.open.append(server)
                client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                back = threading.Thread(target=_pump, args=(server, client))
                back.start()
                _pump(client, server)
                back.join()


def _head(client: socket.socket) -> bytes:
    head = b""
    try:
        while not head.endswith(b"\r\n\r\n"):
            if not (more := client.recv(1)):
                return b""
            head += more
    except OSError:
        return b""
    return head


def _pump(source: socket.socket, sink: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            sink.sendall(data)
    except OSError:
        pass  # cut
    _end(source)
    _end(sink)


def _end(one: socket.socket) -> None:
    try:
        one.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # already closed


class Firefox:
    def __init__(self, gmail: StandIn, folder: Path) -> None:
        self.gmail = gmail
        self.folder = folder
        self.numbers = count(1)

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            hosts = ("mail.google.com", ".googleusercontent.com", TRACKER.removeprefix("https://"))
            proxy = stack.enter_context(HttpsProxy(self.gmail.port, hosts))
            program = self._start(proxy.port)
            stack.callback(program.stop)
            address = eventually(lambda: _address(program), "Firefox")
            self.socket = stack.enter_context(
                connect(f"{address}/session", max_size=None, compression=None, proxy=None)
            )
            capabilities = {"alwaysMatch": {"acceptInsecureCerts": True}}
            self.do("session.new", capabilities=capabilities)
            extension = with_hosts_granted(build(), self.folder / "extension")
            self.found = {"type": "path", "path": str(extension)}
            self.install()
            self.stack = stack.pop_all()
        return self

    def install(self) -> None:
        """A second call is an update."""
        self.do("webExtension.install", extensionData=self.found)

    def __exit__(self, *_: object) -> None:
        self.do("browser.close")
        self.stack.close()

    def _start(self, port: int) -> Program:
        assert FIREFOX
        profile = self.folder / "profile"
        profile.mkdir(parents=True)
        preferences = {
            "network.proxy.type": 1,
            "network.proxy.ssl": "127.0.0.1",
            "network.proxy.ssl_port": port,
            "network.proxy.http": "127.0.0.1",
            "network.proxy.http_port": port,
            "extensions.webextensions.uuids": json.dumps({ADDON: HOME.rpartition("/")[2]}),
            "extensions.webextOptionalPermissionPrompts": False,
            "datareporting.policy.dataSubmissionEnabled": False,
            "app.update.enabled": False,
        }
        lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in preferences.items()]
        (profile / "user.js").write_text("\n".join(lines))
        return start(
            [FIREFOX, "--headless", "--no-remote", "--profile", profile,
             "--remote-debugging-port=0", "--remote-allow-system-access"],
            {"HOME": str(self.folder), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
            self.folder / "firefox.log",
        )  # fmt: skip

    def do(self, method: str, **params: Any) -> Any:
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            answer = json.loads(self.socket.recv(timeout=TIMEOUT))
            if answer.get("id") == number:
                assert answer["type"] == "success", answer
                return answer["result"]

    def open(self, url: str) -> "FirefoxTab":
        context = self.do("browsingContext.create", type="tab")["context"]
        # The load event of an extension's own page is never reported.
        self.do("browsingContext.navigate", context=context, url=url, wait="none")
        return FirefoxTab(self, context)

    def pair(self, address: str, code: str) -> None:
        """As a user does it, on the options page."""
        page = self.open(f"{HOME}/options.html")
        page.until("document.querySelector('#pairing:not([hidden])')")
        page.run(
            f"address.value = {json.dumps(address)}, code.value = {json.dumps(code)},"
            "consent.checked = true, document.getElementById('pair-button').click()"
        )
        page.until("document.querySelector('#account:not([hidden])')")
        page.close()


def _address(program: Program) -> str | None:
    words = program.said().split()
    return next((word for word in words if word.startswith("ws://")), None)


class FirefoxTab:
    def __init__(self, firefox: Firefox, context: str) -> None:
        self.firefox = firefox
        self.context = context

    def run(self, script: str) -> Any:
        """The value of the expression as JSON; promises are awaited."""
        result = self.firefox.do(
            "script.evaluate",
            expression=f"Promise.resolve({script}).then((value) => JSON.stringify(value))",
            target={"context": self.context},
            awaitPromise=True,
        )
        assert result["type"] == "success", result["exceptionDetails"]["text"]
        text = result["result"].get("value")
        return None if text is None else json.loads(text)

    def click(self, selector: str) -> None:
        """A click as a user makes it: a click by a script would not be trusted."""
        x, y = self.run(
            f"""(() => {{
                const found = document.querySelector({selector!r});
                found.scrollIntoView({{ block: "center", behavior: "instant" }});
                const box = found.getBoundingClientRect();
                return [box.x + box.width / 2, box.y + box.height / 2].map(Math.round);
            }})()"""
        )
        button = {"button": 0}
        steps = [
            {"type": "pointerMove", "x": x, "y": y},
            {"type": "pointerDown", **button},
            {"type": "pointerUp", **button},
        ]
        pointer = {"type": "pointer", "id": "mouse", "actions": steps}
        self.firefox.do("input.performActions", context=self.context, actions=[pointer])

    def until(self, condition: str) -> None:
        eventually(lambda: self.run(f"Boolean({condition})"), condition)

    def close(self) -> None:
        self.firefox.do("browsingContext.close", context=self.context)
