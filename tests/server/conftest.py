from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from harness_server import Sender, Server, running
from sealbreak_server.storage import Storage


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("server") / "data") as running_server:
        yield running_server


@pytest.fixture(scope="module")
def sender(server: Server) -> Sender:
    return server.sender()


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[Storage]:
    opened = Storage.at("", tmp_path / "data")
    opened.transaction(lambda: None)
    yield opened
    opened.close()


@pytest.fixture
def browser(server: Server, sender: Sender) -> Iterator[httpx2.Client]:
    """Signed in."""
    with httpx2.Client(base_url=server.url, follow_redirects=True) as client:
        client.get(sender.http.post("/sign-in", json={}).json()["url"])
        yield client
