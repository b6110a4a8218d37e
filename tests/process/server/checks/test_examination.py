"""A right set-up, and what shows in the server beside doctor."""

import time
from pathlib import Path

import pytest
from sealbreak_server.checks.judgements.address import Resolved
from sealbreak_server.checks.probes import network
from support.server.doctor import examine, of, site, worst
from support.server.process import GMAIL, Server, command, running, visit
from support.server.proxies import free_port

NOBODY = " Nobody outside has come yet: open a test mail to be sure."


def test_a_right_set_up_has_no_problem(certificate: Path, tmp_path: Path) -> None:
    port = free_port()
    url = f"https://127.0.0.1:{port}"
    with (
        running(tmp_path / "data", "--public-url", url) as server,
        site(tmp_path / "nginx", certificate, server.url, port=str(port)),
    ):
        server.sender()
        code, found = examine(server, url)
    assert (code, worst(found)) == (0, [])
    assert of(found, "server") == [("ok", f"It answers at {server.url}.")]
    assert of(found, "version")[0][1].startswith("Program and running server are ")
    assert of(found, "address") == [
        ("warning", f"Only this machine reaches {url}."),
        (
            "ok",
            f"This server reaches itself at {url} (IPv4; certificate good for 28 days).{NOBODY}",
        ),
    ]
    assert of(found, "readers") == [
        ("ok", "The proxy passes readers' addresses on: this machine is 127.0.0.1.")
    ]
    assert of(found, "pixels") == [("ok", "Pixels come unchanged and from no cache.")]
    assert [status for status, _ in of(found, "live")] == ["ok"]


@pytest.mark.parametrize("offset", [-3 * 3600.0, 3 * 3600.0])
def test_a_clock_that_differs_from_the_servers_is_found(
    server: Server, certificate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    offset: float,
) -> None:  # fmt: skip
    real = time.time
    with site(tmp_path / "nginx", certificate, server.url) as url:
        monkeypatch.setattr(time, "time", lambda: real() + offset)
        code, found = examine(server, url)
    assert code == 1
    clocks = [text for status, text in of(found, "clock") if status == "problem"]
    assert any("The running server's clock differs from this one by 3 hours." in c for c in clocks)


def test_a_visit_by_gmail_proves_the_whole_way(certificate: Path, tmp_path: Path) -> None:
    with running(tmp_path / "data") as server:
        sender = server.sender()
        mail = sender.mail()
        visit(server, mail.pixel(), {**GMAIL, "x-forwarded-for": "66.249.93.10"})
        sender.wait_for_counts(mail, opens=1)
        with site(tmp_path / "nginx", certificate, server.url) as url:
            code, found = examine(server, url)
    assert code == 0
    ((status, text),) = of(found, "gmail")
    assert (status, text[:19]) == ("ok", "Gmail last came at ")
    assert "Nobody outside" not in of(found, "address")[1][1]


def test_the_running_server_tells_its_public_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network, "resolve", lambda url: Resolved(url, (), "no name server asked"))
    with running(tmp_path / "data", "--public-url", "http://nas.local:1") as server:
        _, found = examine(server, "")
    assert of(found, "address")[0] == ("warning", "Only this network reaches http://nas.local:1.")


def test_a_server_of_another_data_folder_or_none_proves_nothing(
    server: Server, tmp_path: Path
) -> None:
    with running(tmp_path / "data") as other:
        port = other.url.rpartition(":")[2]
        done = command(server.data, "doctor", "--port", port)
    assert (done.returncode, "has other keys than this data folder" in done.stdout) == (1, True)
    done = command(server.data, "doctor", "--port", str(free_port()))
    assert (done.returncode, "No server answers at" in done.stdout) == (0, True)
