"""Metrics of a real server, read by the parser of Prometheus's own library."""

import re
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sealbreak_server.web.metrics import delay
from support.desktop.processes import eventually
from support.paths import ROOT
from support.server.process import GMAIL, HOOK, READER, Sender, Server, program, running, visit
from websockets.sync.client import connect

REFERENCE = ROOT / "docs" / "reference.md"
OFFER = "https://example.com/offer"
Samples = dict[tuple[str, str], float]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("metrics") / "data", "--metrics-port", "0") as started:
        yield started


@pytest.fixture(scope="module")
def sender(server: Server) -> Sender:
    return server.sender()


def text_of(server: Server) -> str:
    (address,) = re.findall(r"metrics at (\S+)", server.log.read_text())
    assert address.startswith("http://127.0.0.1:")
    answer = httpx2.get(address)
    assert answer.status_code == 200
    return answer.text


def samples(server: Server) -> Samples:
    """By name and the values of the labels."""
    return {
        (sample.name.removeprefix("sealbreak_"), " ".join(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text_of(server))
        for sample in family.samples
    }


def test_answers_are_counted_by_kind_and_validity(server: Server, sender: Sender) -> None:
    mail = sender.mail()
    before = samples(server)
    for path in (mail.pixel(), mail.link2(1, OFFER), mail.link2(2, OFFER), f"/o/{'x' * 8}/y.gif",
                 "/l/x/y/1/z?to=https://example.com"):  # fmt: skip
        visit(server, path)
    after = samples(server)
    grown = {key: after[key] - before[key] for key in after if key[0] == "requests_total"}
    assert grown == {
        ("requests_total", "pixel yes"): 1,
        ("requests_total", "pixel no"): 1,
        ("requests_total", "link yes"): 2,
        ("requests_total", "link no"): 1,
    }


def test_live_connections_are_those_that_are_open(server: Server, sender: Sender) -> None:
    assert samples(server)["live_connections", ""] == 0
    url = f"ws{server.url.removeprefix('http')}/api/v1/live?after=0"
    token = {"authorization": f"Bearer {sender.paired['token']}"}
    with connect(url, additional_headers=token, proxy=None) as live:
        live.recv(5)
        assert samples(server)["live_connections", ""] == 1
    assert eventually(lambda: samples(server)["live_connections", ""] == 0)


def test_gmails_last_visit_and_a_failed_post_are_shown(server: Server, sender: Sender) -> None:
    assert ("last_gmail_hit_timestamp_seconds", "") not in samples(server)
    added = sender.http.post("/webhooks", json={"url": HOOK})
    assert added.status_code == 201, added.text
    mail = sender.mail()
    visit(server, mail.pixel(), {**GMAIL, "x-forwarded-for": "66.249.84.1"})
    (hit,) = hits_of(sender, mail.id)
    assert eventually(lambda: samples(server).get(("webhook_posts_total", "no"), 0) > 0)
    found = samples(server)
    assert found["last_gmail_hit_timestamp_seconds", ""] > 1.7e9
    assert found["waiting_posts", ""] == 1
    assert found["database_up", ""] == 1
    assert hit["verdict"]["reason"] == "gmail-image-proxy"


def hits_of(sender: Sender, mail: str) -> list[dict[str, dict[str, str]]]:
    hits: list[dict[str, dict[str, str]]] = []

    def came() -> bool:
        hits[:] = sender.http.get(f"/messages/{mail}").json()["hits"]
        return bool(hits)

    assert eventually(came)
    return hits


def test_no_token_subject_or_address_is_in_them(server: Server, sender: Sender) -> None:
    mail = sender.mail(subject="zqsubject")
    visit(server, mail.pixel(), READER)
    text = text_of(server)
    secrets = (mail.id, mail.owner, mail.token(), "zqsubject", "example.com", "84.130")
    assert [secret for secret in secrets if secret in text] == []


def test_each_metric_is_in_the_reference(server: Server, sender: Sender) -> None:
    visit(server, sender.mail().pixel(), {**GMAIL, "x-forwarded-for": "66.249.84.1"})
    assert eventually(lambda: "last_gmail_hit" in text_of(server))
    documented = re.findall(r"^\| `(sealbreak_\w+)`", REFERENCE.read_text(), re.MULTILINE)
    assert {f"sealbreak_{name}" for name, _ in samples(server)} == set(documented)


def test_a_port_that_is_taken_is_said_before_the_start(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = program(tmp_path, "serve", "--port", "0", "--metrics-port", port)
    assert done.returncode == 1
    assert f"Cannot listen on 127.0.0.1 port {port} for metrics" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("since", "seconds"),
    [((), 0), ((None,), 0), ((120.0,), 0), ((90.0,), 10), ((None, 95.0, 40.0, 130.0), 60)],
)
def test_a_delay_counts_from_the_earliest_time_that_has_passed(
    since: tuple[float | None, ...], seconds: float
) -> None:
    assert delay(100.0, *since) == seconds
