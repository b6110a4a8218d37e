import time
from pathlib import Path

import httpx2
import pytest
from sealbreak_server.storage import Storage, accounts
from support.server.process import Server, running


def test_a_code_pairs_once(server: Server) -> None:
    body = {"code": server.code().lower().replace("-", ""), "name": "Tray", "kind": "desktop"}
    first = httpx2.post(f"{server.url}/api/v1/pair", json=body)
    second = httpx2.post(f"{server.url}/api/v1/pair", json=body)
    assert (first.status_code, second.status_code) == (201, 403)
    assert "sealbreak-server pair" in second.json()["detail"]
    assert first.json()["device"]["name"] == "Tray"


@pytest.mark.parametrize("token", ["", "Bearer", "Bearer nobody", "Basic YTpi", "Bearer \xff"])
def test_a_request_without_a_token_is_401(server: Server, token: str) -> None:
    headers = {b"authorization": token.encode("latin-1")} if token else {}
    answer = httpx2.get(f"{server.url}/api/v1/messages", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_device_that_revokes_itself_is_401(server: Server) -> None:
    other = server.sender()
    assert other.http.delete("/devices/me").status_code == 204
    assert other.http.get("/messages").status_code == 401


def test_the_zone_of_a_device_becomes_the_accounts(server: Server) -> None:
    storage = Storage.at("", server.data)
    code = storage.transaction(accounts.new_pairing, None, "", time.time(), "Zoe")
    storage.close()
    body = {"code": code, "name": "Firefox", "kind": "extension", "time_zone": "Europe/Berlin"}
    paired = httpx2.post(f"{server.url}/api/v1/pair", json=body)
    assert paired.status_code == 201
    headers = {"authorization": f"Bearer {paired.json()['token']}"}
    found = httpx2.get(f"{server.url}/api/v1/settings", headers=headers).json()
    assert found["alerts"]["time_zone"] == "Europe/Berlin"


def test_wrong_pairing_codes_are_rate_limited(server: Server) -> None:
    body = {"code": "AAAA-AAAA", "name": "x", "kind": "api"}
    answers = [httpx2.post(f"{server.url}/api/v1/pair", json=body) for _ in range(12)]
    assert answers[0].status_code == 403
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) >= 1


def test_pairing_and_ids_name_the_former_public_addresses_latest_first(tmp_path: Path) -> None:
    """A browser that is paired later recognises the pixels and links of older mails."""
    addresses = ["https://one.example.com", "https://two.example.com", "https://one.example.com"]
    found = []
    for address in addresses:
        with running(tmp_path / "data", "--public-url", address) as server:
            sender = server.sender()
            lot = sender.http.post("/ids", json={"count": 1}).json()
            for answer in (sender.paired, lot):
                assert answer["base_url"] == address
                found.append(answer["former_base_urls"])
    one, two, _ = addresses
    assert found == [[], [], [one], [one], [two], [two]]
