"""The whole app: start, error responses and stop."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sealbreak_server.app import make_app, make_services
from sealbreak_server.settings import read_settings
from sealbreak_server.storage.engine.sqlite import FILE_NAME
from starlette.testclient import TestClient

Start = Callable[..., TestClient]


@pytest.fixture
def start(tmp_path: Path) -> Start:
    def made(**flags: str) -> TestClient:
        settings = read_settings({"data": str(tmp_path), **flags}, {})
        return TestClient(make_app(make_services(settings)), raise_server_exceptions=False)

    return made


@pytest.fixture
def client(start: Start) -> Iterator[TestClient]:
    with start() as started:
        yield started


def test_an_error_at_a_page_is_one_line_of_text(client: TestClient) -> None:
    answer = client.get("/nothing")
    assert (answer.status_code, answer.text) == (404, "There is nothing at this address.\n")
    assert answer.headers["content-type"].startswith("text/plain")


def test_an_error_of_the_api_is_a_problem_document(client: TestClient) -> None:
    answer = client.get("/api/v1/nothing")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] == "There is nothing at this address."
    assert (answer.json()["status"], answer.status_code) == (404, 404)


@pytest.mark.parametrize("path", ["/healthz", "/api/v1/ids"])
def test_a_wrong_method_is_405_with_the_allowed_ones(client: TestClient, path: str) -> None:
    answer = client.delete(path)
    assert (answer.status_code, answer.reason_phrase) == (405, "Method Not Allowed")
    assert answer.headers["allow"]
    assert answer.headers["content-length"] == str(len(answer.content))


@pytest.mark.parametrize("path", ["/history/", "/healthz/", "/api/v1/messages/"])
def test_a_superfluous_slash_is_not_found(client: TestClient, path: str) -> None:
    answer = client.get(path, follow_redirects=False)
    assert (answer.status_code, "location" in answer.headers) == (404, False)


def test_without_its_database_the_server_starts_and_answers_503(
    start: Start, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"This is a letter.\n" * 1000)
    with start() as client:
        page = client.get("/readyz")
        api = client.get("/api/v1/messages", headers={"authorization": "Bearer x"})
    assert "started without its database" in caplog.text
    assert (page.status_code, page.headers["retry-after"]) == (503, "2")
    assert page.headers["content-type"].startswith("text/plain")
    assert (api.status_code, api.headers["content-type"]) == (503, "application/problem+json")


def test_a_stop_leaves_a_complete_database_and_no_task(start: Start, tmp_path: Path) -> None:
    with start() as client:
        client.get("/readyz")
        assert (tmp_path / f"{FILE_NAME}-wal").exists()
    assert not (tmp_path / f"{FILE_NAME}-wal").exists()


@pytest.mark.parametrize(("access_log", "lines"), [("yes", 1), ("no", 0)])
def test_requests_are_logged_only_if_the_setting_is_on(
    start: Start, caplog: pytest.LogCaptureFixture, access_log: str, lines: int
) -> None:
    with caplog.at_level(logging.INFO, "sealbreak.access"), start(access_log=access_log) as client:
        client.get("/healthz")
    assert len([one for one in caplog.records if one.name == "sealbreak.access"]) == lines


@pytest.mark.parametrize(("url", "kept"), [("https://track.example.com", True), ("", False)])
def test_only_an_https_server_sends_strict_transport_security(
    start: Start, url: str, kept: bool
) -> None:
    with start(public_url=url) as client:
        assert ("strict-transport-security" in client.get("/healthz").headers) is kept
