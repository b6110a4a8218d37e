"""Several accounts on one server, and the browser of one of them."""

import json
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx2
from sealbreak_server.app import make_services
from sealbreak_server.settings import read_settings
from sealbreak_server.web.routes import routes
from starlette.routing import Route
from support.server.process import Sender, Server, command, csrf_token_of
from support.server.wire import Answer, ask

ANN = "ann@example.com"
FORM = ("Content-Type", "application/x-www-form-urlencoded")


@contextmanager
def join(server: Server, name: str) -> Iterator[Sender]:
    """A device of the account of this name, which is made when it is new."""
    code = str(json.loads(command(server.data, "pair", "--json", "--account", name).stdout)["code"])
    sender = pair(server, code, f"{name}'s laptop")
    yield sender
    sender.http.close()


def pair(server: Server, code: str, name: str) -> Sender:
    body = {"code": code, "name": name, "kind": "api"}
    answer = httpx2.post(f"{server.url}/api/v1/pair", json=body, headers=_somewhere())
    assert answer.status_code == 201, answer.text
    return Sender(server.url, answer.json())


def _somewhere() -> dict[str, str]:
    """An address of its own, so that pairing is not slowed down."""
    a, b, c = secrets.token_bytes(3)
    return {"x-forwarded-for": f"10.{a}.{b}.{c}"}


def sign_in_path(sender: Sender, path: str = "/history") -> str:
    url = sender.http.post("/sign-in", json={"path": path}).json()["url"]
    return str(url).removeprefix(sender.url)


def enter(sender: Sender, path: str) -> Answer:
    """A browser follows this sign-in link and says yes to the page that asks."""
    asked = ask(sender.url, "GET", path)
    body = f"csrf_token={csrf_token_of(asked.text)}".encode()
    return ask(sender.url, "POST", path, [FORM, given_cookie(asked)], body)


def given_cookie(answer: Answer) -> tuple[str, str]:
    """The header of a browser that got this answer."""
    return ("Cookie", answer.header("set-cookie").partition(";")[0])


def cookie(sender: Sender) -> tuple[str, str]:
    """The header of a browser that is signed in."""
    answer = enter(sender, sign_in_path(sender))
    assert answer.status == 303, answer
    return given_cookie(answer)


def history_paths(folder: Path, method: str, message: str) -> list[str]:
    """All pages, or all forms, that a server has."""
    services = make_services(read_settings({"data": str(folder / "data")}, {}))
    services.storage.close()
    own = [route for route in routes(services) if isinstance(route, Route)]
    paths = [route.path for route in own if method in (route.methods or ())]
    values = {"{id}": message, "{day}": str(datetime.now(UTC).date()), "{address:path}": ANN}
    pages = (path for path in paths if path.startswith("/history"))
    return [re.sub(r"{.*?}", lambda found: values[found[0]], path) for path in pages]


def token_of(sender: Sender) -> str:
    return str(sender.paired["token"])


def device_of(sender: Sender) -> str:
    return str(sender.paired["device"]["id"])


def said(server: Server) -> str:
    """All that the server wrote, wherever it wrote it."""
    files: list[Path] = [server.log, *server.data.rglob("*.log")]
    return "".join(file.read_text(errors="replace") for file in files)
