"""Databases, servers and accounts. `database` decides which database they use."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import httpx2
import pytest
from sealbreak_server.storage import Storage
from sealbreak_server.storage.engine import postgresql
from sealbreak_server.storage.engine.database import running_on
from support.server.postgresql import Cluster, running_cluster
from support.server.process import Sender, Server, running

SQLITE, POSTGRESQL = "sqlite", "postgresql"


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    with running_cluster() as made:
        yield made


@pytest.fixture
def url(cluster: Cluster) -> Iterator[str]:
    with cluster.database() as made:
        yield made


@pytest.fixture
def short_timeouts(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Storage]:
    """On PostgreSQL; waits a second for an answer."""
    monkeypatch.setattr(postgresql, "LOCK_SECONDS", 0.5)
    monkeypatch.setattr(postgresql, "ANSWER_SECONDS", 0.5)
    storage = Storage.at(url, tmp_path, timeout=0.5)
    with running_on(storage.database):
        yield storage
    storage.close()


@pytest.fixture(scope="session")
def pattern(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a database with its tables: copying them is quicker than making them."""
    with cluster.database() as url:
        made = Storage.at(url, tmp_path_factory.mktemp("pattern"))
        made.transaction(lambda: None)
        made.close()
        yield url


@pytest.fixture(scope="module")
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """Which of them the servers and commands of the module use, and its storage."""
    kind: str = getattr(request, "param", SQLITE)
    with fresh(kind, request) as url, pytest.MonkeyPatch.context() as environ:
        if url:
            environ.setenv("SEALBREAK_DATABASE_URL", url)
        yield kind


def fresh(database: str, request: pytest.FixtureRequest) -> AbstractContextManager[str]:
    """The address of a fresh database; SQLite needs none."""
    if database == SQLITE:
        return nullcontext("")
    cluster: Cluster = request.getfixturevalue("cluster")
    return cluster.database(like=request.getfixturevalue("pattern"))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("server") / "data") as running_server:
        yield running_server


@pytest.fixture(scope="module")
def sender(server: Server) -> Sender:
    return server.sender()


@pytest.fixture
def storage(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Storage]:
    with fresh(database, request) as url:
        opened = Storage.at(url, tmp_path / "data")
        opened.transaction(lambda: None)
        with running_on(opened.database):  # tests read tables without a job
            yield opened
        opened.close()


@pytest.fixture
def browser(server: Server, sender: Sender) -> Iterator[httpx2.Client]:
    """Signed in."""
    with httpx2.Client(base_url=server.url, follow_redirects=True) as client:
        sender.sign_in(client)
        yield client
