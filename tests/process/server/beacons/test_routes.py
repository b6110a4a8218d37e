import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sealbreak_server.app import make_app, make_services
from sealbreak_server.services import Services
from sealbreak_server.settings import read_settings
from sealbreak_server.storage.engine.sqlite import FILE_NAME
from sealbreak_server.web.routes import STATIC, beacons, routes
from starlette.routing import BaseRoute, Mount, Route
from starlette.testclient import TestClient
from support.desktop.processes import eventually


@pytest.fixture
def services(tmp_path: Path) -> Services:
    return make_services(read_settings({"data": str(tmp_path)}, {}))


def every(found: list[BaseRoute], path: str = "") -> Iterator[tuple[str, str, str]]:
    """Name, methods and address of each route."""
    for route in found:
        if isinstance(route, Mount) and route.routes:
            yield from every(route.routes, path + route.path)
        elif isinstance(route, Route):
            methods = " ".join(sorted((route.methods or set()) - {"HEAD"}))
            yield route.name, methods, path + route.path


def test_route_names_and_addresses_are_unique(services: Services) -> None:
    """The access log has the route's name only."""
    found = list(every([*routes(services), *beacons(services)]))
    names = [name for name, _, _ in found]
    addresses = [(methods, path) for _, methods, path in found]
    assert len(set(names)) == len(names) > 30
    assert len(set(addresses)) == len(addresses)


def test_no_pattern_shadows_a_fixed_address(services: Services) -> None:
    patterns: list[tuple[str, Route]] = []
    for route in routes(services):
        if isinstance(route, Route):
            for methods, earlier in patterns:
                shadowed = earlier.path_regex.match(route.path) and "{" not in route.path
                assert not (shadowed and methods == str(route.methods)), route.path
            patterns.append((str(route.methods), route))


def test_the_server_is_alive_and_ready(services: Services) -> None:
    with TestClient(make_app(services)) as client:
        assert client.get("/healthz").text == "alive\n"
        assert (client.get("/readyz").status_code, client.get("/readyz").text) == (200, "ready\n")


def test_the_server_is_ready_if_the_database_accepts_writes(
    services: Services, tmp_path: Path
) -> None:
    with TestClient(make_app(services)) as client:
        with closing(sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            assert client.get("/readyz").status_code == 503
            assert client.get("/healthz").status_code == 200
        # A write that met the lock is retried after a second. Until then the server is not ready.
        eventually(lambda: client.get("/readyz").status_code == 200)


def test_each_file_of_the_pages_is_served(services: Services) -> None:
    with TestClient(make_app(services)) as client:
        for path in (path for path in STATIC.rglob("*") if path.is_file()):
            answer = client.get(f"/static/{path.relative_to(STATIC)}")
            assert (answer.status_code, answer.content) == (200, path.read_bytes())
