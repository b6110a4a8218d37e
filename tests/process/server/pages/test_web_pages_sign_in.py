"""Signing in by a link and signing out."""

import httpx2
import pytest
from sealbreak_server.security.tokens import new_id
from support.server.process import Sender, Server, csrf_token_of


def test_a_sign_in_link_works_once_and_sets_a_protected_cookie(
    server: Server, sender: Sender
) -> None:
    url = sender.http.post("/sign-in", json={}).json()["url"]
    with httpx2.Client() as first:
        asked = first.get(url)
        entered = first.post(url, data={"csrf_token": csrf_token_of(asked.text)})
    assert (entered.status_code, entered.headers["location"]) == (303, "/history")
    for answer in (asked, entered):
        assert "HttpOnly" in answer.headers["set-cookie"]
        assert "SameSite=strict" in answer.headers["set-cookie"]
    assert httpx2.get(url).status_code == 403


def test_a_sign_in_link_lands_on_a_message(sender: Sender) -> None:
    path = f"/history/{new_id()}"
    with httpx2.Client() as browser:
        assert sender.sign_in(browser, path).headers["location"] == path


def test_a_signed_in_browser_needs_no_confirmation(browser: httpx2.Client, server: Server) -> None:
    """The link may be of any device of the account, and other tabs keep working."""
    form = browser.get("/history").text
    other = server.sender()
    link = other.http.post("/sign-in", json={"path": "/history/events"}).json()["url"]
    landed = browser.get(link)
    assert (landed.status_code, landed.url.path) == (200, "/history/events")
    assert csrf_token_of(landed.text) == csrf_token_of(form)


@pytest.mark.parametrize("path", ["//example.com", "https://example.com", "/history/../r", "/"])
def test_a_sign_in_link_cannot_redirect_elsewhere(sender: Sender, path: str) -> None:
    assert sender.http.post("/sign-in", json={"path": path}).status_code == 400


def test_sign_out_ends_the_session(browser: httpx2.Client) -> None:
    browser.post(
        "/history/sign-out", data={"csrf_token": csrf_token_of(browser.get("/history").text)}
    )
    assert browser.get("/history").status_code == 401


def test_revoking_a_device_ends_its_browser_sessions(server: Server) -> None:
    other = server.sender()
    browser = httpx2.Client(base_url=server.url, follow_redirects=True)
    other.sign_in(browser)
    assert browser.get("/history").status_code == 200
    other.http.delete("/devices/me")
    assert browser.get("/history").status_code == 401
    browser.close()
