"""In by a link that works once, and out again."""

import httpx2
import pytest
from harness_server import Sender, Server
from sealbreak_server.tokens import new_id


def test_a_sign_in_link_works_once_and_sets_a_guarded_cookie(
    server: Server, sender: Sender
) -> None:
    url = sender.http.post("/sign-in", json={}).json()["url"]
    first = httpx2.get(url, follow_redirects=False)
    assert (first.status_code, first.headers["location"]) == (303, "/history")
    cookie = first.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert httpx2.get(url, follow_redirects=False).status_code == 403


def test_a_sign_in_link_lands_on_a_message(sender: Sender) -> None:
    path = f"/history/{new_id()}"
    url = sender.http.post("/sign-in", json={"path": path}).json()["url"]
    assert httpx2.get(url, follow_redirects=False).headers["location"] == path


@pytest.mark.parametrize("path", ["//example.com", "https://example.com", "/history/../r", "/"])
def test_a_sign_in_link_leads_nowhere_else(sender: Sender, path: str) -> None:
    assert sender.http.post("/sign-in", json={"path": path}).status_code == 400


def test_sign_out_ends_the_session(browser: httpx2.Client) -> None:
    proof = browser.get("/history").text.partition('name="proof" value="')[2].partition('"')[0]
    browser.post("/history/sign-out", data={"proof": proof})
    assert browser.get("/history").status_code == 401


def test_a_revoked_device_takes_its_browser_sessions_along(server: Server) -> None:
    other = server.sender()
    browser = httpx2.Client(base_url=server.url, follow_redirects=True)
    browser.get(other.http.post("/sign-in", json={}).json()["url"])
    assert browser.get("/history").status_code == 200
    other.http.delete("/devices/me")
    assert browser.get("/history").status_code == 401
    browser.close()
