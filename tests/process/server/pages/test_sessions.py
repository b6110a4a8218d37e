"""Codes, tokens, sign-in links and sessions: how they start and how they end."""

import asyncio
import re
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

import httpx2
import pytest
from sealbreak_server.security.secrets import csrf_token_for
from sealbreak_server.storage import Storage, accounts
from support.server.process import Sender, Server, command, csrf_token_of, running
from support.server.stranger import (
    FORM,
    cookie,
    device_of,
    enter,
    given_cookie,
    history_paths,
    join,
    sign_in_path,
    token_of,
)
from support.server.wire import Answer, ask, bearer


@pytest.fixture(scope="module")
def ann(server: Server) -> Iterator[Sender]:
    with join(server, "Ann") as sender:
        yield sender


def pair(server: Server, code: str) -> httpx2.Response:
    body = {"code": code, "name": "A laptop", "kind": "api"}
    return httpx2.post(f"{server.url}/api/v1/pair", json=body)


def page(server: Server, path: str, *headers: tuple[str, str]) -> Answer:
    return ask(server.url, "GET", path, headers)


def form_fields(page: str, action: str) -> dict[str, str]:
    (form,) = re.findall(rf'<form[^>]*action="{action}".*?</form>', page, re.DOTALL)
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))


def sign_out(server: Server, headers: list[tuple[str, str]], fields: dict[str, str]) -> Answer:
    body = urlencode(fields).encode()
    return ask(server.url, "POST", "/history/sign-out", [FORM, *headers], body)


def database(server: Server) -> str:
    """The whole database as text."""
    with closing(sqlite3.connect(server.data / "sealbreak.sqlite3")) as there:
        return "\n".join(there.iterdump())


# Codes


def test_a_code_pairs_one_device(server: Server) -> None:
    code = server.code()
    assert pair(server, code).status_code == 201
    second = pair(server, code)
    assert (second.status_code, second.headers["content-type"]) == (403, "application/problem+json")
    assert "sealbreak-server pair" in second.json()["detail"]


def test_a_code_used_many_times_at_once_pairs_one_device(tmp_path: Path) -> None:
    async def race(fresh: Server) -> list[int]:
        body = {"code": fresh.code(), "name": "A", "kind": "api"}
        async with httpx2.AsyncClient() as client:
            posts = (client.post(f"{fresh.url}/api/v1/pair", json=body) for _ in range(5))
            return [answer.status_code for answer in await asyncio.gather(*posts)]

    with running(tmp_path / "data") as fresh:
        assert sorted(asyncio.run(race(fresh))) == [201, 403, 403, 403, 403]


def test_a_code_expires_after_ten_minutes(storage: Storage) -> None:
    code = storage.transaction(accounts.new_pairing, None, "Ann", 1000.0)
    late = 1000.0 + accounts.PAIRING_SECONDS
    assert accounts.PAIRING_SECONDS == 600
    with pytest.raises(Exception, match="older than 10 minutes"):
        storage.transaction(accounts.pair, code, "A laptop", "api", late)
    storage.transaction(accounts.pair, code, "A laptop", "api", late - 1)


def test_guessing_codes_is_rate_limited(tmp_path: Path) -> None:
    with running(tmp_path / "data") as fresh:
        answers = [pair(fresh, f"AAAA-AAA{digit}") for digit in "23456789ABCDEF"]
        assert {answer.status_code for answer in answers} == {403, 429}
        slowed = answers[-1]
        assert slowed.headers["content-type"] == "application/problem+json"
        assert int(slowed.headers["retry-after"]) >= 1
        assert pair(fresh, fresh.code()).status_code == 429


def test_addresses_of_one_network_share_the_limit_on_codes(tmp_path: Path) -> None:
    """Every customer has 2^64 IPv6 addresses."""
    with running(tmp_path / "data") as fresh:
        for last in range(14):
            body = {"code": "AAAA-AAAA", "name": "A", "kind": "api"}
            hop = {"x-forwarded-for": f"2001:db8:1:2::{last:x}"}
            answer = httpx2.post(f"{fresh.url}/api/v1/pair", json=body, headers=hop)
        assert answer.status_code == 429


# Tokens


def test_no_secret_is_stored_in_clear(server: Server, ann: Sender) -> None:
    code, (_, session) = server.code(), cookie(ann)
    sign_in = sign_in_path(ann).rpartition("/")[2]
    stored = database(server)
    for secret in (token_of(ann), code, code.replace("-", ""), session.partition("=")[2], sign_in):
        assert secret.lower() not in stored.lower()


def test_only_the_owner_can_read_the_servers_files(server: Server, ann: Sender) -> None:
    for path in (server.data, *server.data.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_devices_are_listed_with_their_last_use_and_without_secrets(
    server: Server, ann: Sender
) -> None:
    answer = ann.http.get("/devices")
    (mine,) = (device for device in answer.json()["devices"] if device["is_this"])
    assert mine["id"] == device_of(ann)
    assert mine["seen_at"] >= mine["created_at"]
    assert token_of(ann) not in answer.text
    listed = command(server.data, "devices", "--account", "Ann").stdout
    assert token_of(ann) not in listed


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Basic {token}",
        "{token}",
        "Bearer {token}x",
        "Bearer {short}",
        "Bearer {upper}",
        "Bearer \xff\xfe",
        "Bearer " + "a" * 20_000,
        "Bearer {token}, Bearer {token}",
        "Bearer ' OR 1=1 --",
    ],
)
def test_anything_but_the_token_is_refused(ann: Sender, authorization: str) -> None:
    token = token_of(ann)
    value = authorization.format(token=token, short=token[:-1], upper=token.swapcase())
    answer = ask(ann.url, "GET", "/api/v1/messages", [("Authorization", value)])
    assert answer.status == 401
    assert answer.header("content-type") == "application/problem+json"
    assert answer.header("www-authenticate") == "Bearer"


def test_a_token_in_the_address_is_refused(ann: Sender) -> None:
    for name in ("token", "access_token", "authorization"):
        answer = ask(ann.url, "GET", f"/api/v1/messages?{name}={token_of(ann)}")
        assert answer.status == 401


def test_revoking_a_device_ends_its_sessions_and_sign_in_links(server: Server) -> None:
    with join(server, "Ann") as gone:
        header, unused = cookie(gone), sign_in_path(gone)
        assert page(server, "/history", header).status == 200
        assert gone.http.delete("/devices/me").status_code == 204
        assert gone.http.get("/messages").status_code == 401
        assert page(server, "/history", header).status == 401
        assert page(server, unused).status == 403


def test_the_command_revokes_a_device(server: Server) -> None:
    with join(server, "Ann") as gone:
        revoke = ("devices", "--account", "Ann", "--revoke", device_of(gone))
        assert command(server.data, *revoke).returncode == 0
        assert gone.http.get("/messages").status_code == 401


# Pages


def test_without_a_session_the_pages_show_nothing(server: Server, ann: Sender) -> None:
    mail = ann.mail(subject="Marked subject")
    for path in ("/history", f"/history/{mail.id}", "/history?q=Marked"):
        answer = page(server, path)
        assert answer.status == 401
        assert "Marked subject" not in answer.text


def test_a_device_token_is_no_session_and_a_session_no_device_token(
    server: Server, ann: Sender
) -> None:
    name, value = cookie(ann)[1].split("=", 1)
    assert page(server, "/history", ("Cookie", f"{name}={token_of(ann)}")).status == 401
    assert page(server, "/history", bearer(token_of(ann))).status == 401
    assert page(server, "/api/v1/messages", bearer(value)).status == 401
    assert page(server, "/api/v1/messages", ("Cookie", f"{name}={value}")).status == 401


def test_a_sign_in_link_works_once(server: Server, ann: Sender) -> None:
    path = sign_in_path(ann)
    first = enter(ann, path)
    assert (first.status, first.header("location")) == (303, "/history")
    for second in (page(server, path), enter(ann, path)):
        assert second.status == 403
        assert not second.header("set-cookie")


def test_showing_a_sign_in_link_does_not_use_it_up(server: Server, ann: Sender) -> None:
    path = sign_in_path(ann)
    assert not ask(server.url, "HEAD", path).header("set-cookie")
    assert page(server, path).status == 200
    assert enter(ann, path).status == 303


# A link that somebody else sent


@pytest.fixture(scope="module")
def ben(server: Server) -> Iterator[Sender]:
    with join(server, "Ben") as sender:
        yield sender


def test_a_sign_in_link_of_another_account_asks_first(
    server: Server, ann: Sender, ben: Sender
) -> None:
    mine = cookie(ann)
    asked = page(server, sign_in_path(ben), mine)
    assert asked.status == 200
    assert "Open the history of <bdi>Ben</bdi>?" in asked.text
    assert "<bdi>Ann</bdi> out" in asked.text
    assert not asked.header("set-cookie").startswith("sealbreak=")
    assert ">Ann<" in page(server, "/history", mine).text


def test_another_site_cannot_confirm_a_sign_in(server: Server, ann: Sender, ben: Sender) -> None:
    """The attacker knows the link, and a CSRF token of another browser or none."""
    mine, link = cookie(ann), sign_in_path(ben)
    csrf_token = csrf_token_of(page(server, link).text)
    own = given_cookie(page(server, link))
    for cookies in (mine, own, ("Cookie", "a=b"), ("Cookie", f"{mine[1]}; {own[1]}")):
        for given in (csrf_token, csrf_token_for(""), ""):
            body = f"csrf_token={given}".encode()
            refused = ask(server.url, "POST", link, [FORM, cookies], body)
            assert (refused.status, refused.header("set-cookie")) == (403, "")
    assert ">Ann<" in page(server, "/history", mine).text
    assert enter(ben, link).status == 303


def test_a_confirmed_sign_in_leaves_the_other_account(
    server: Server, ann: Sender, ben: Sender
) -> None:
    mine, link = cookie(ann), sign_in_path(ben)
    asked = page(server, link, mine)
    cookies = ("Cookie", f"{mine[1]}; {given_cookie(asked)[1]}")
    entered = ask(
        server.url,
        "POST",
        link,
        [FORM, cookies],
        f"csrf_token={csrf_token_of(asked.text)}".encode(),
    )
    assert entered.status == 303
    assert ">Ben<" in page(server, "/history", given_cookie(entered)).text
    assert page(server, "/history", mine).status == 401


def test_a_sign_in_link_expires_after_five_minutes(storage: Storage) -> None:
    code = storage.transaction(accounts.new_pairing, None, "Ann", 0.0)
    _, principal = storage.transaction(accounts.pair, code, "A laptop", "api", 0.0)
    link = storage.transaction(accounts.new_sign_in, principal.device, "/history", 0.0)
    assert storage.transaction(accounts.use_sign_in, link, 301.0) is None


def test_a_session_expires(storage: Storage) -> None:
    code = storage.transaction(accounts.new_pairing, None, "Ann", 0.0)
    _, principal = storage.transaction(accounts.pair, code, "A laptop", "api", 0.0)
    link = storage.transaction(accounts.new_sign_in, principal.device, "/history", 0.0)
    landing = storage.transaction(accounts.use_sign_in, link, 1.0)
    assert landing is not None
    secret, _ = landing
    assert storage.transaction(accounts.principal_of_session, secret, 60.0) == principal
    week = 8 * 24 * 3600.0
    assert storage.transaction(accounts.principal_of_session, secret, week) is None


@pytest.mark.parametrize(
    "path",
    ["https://example.org", "//example.org", "/history/../x", "/history//example.org", "/", "x",
     "/history\r\nX: y", "/history/" + "a" * 15, "/sign-in/x", "/history/aaaaaaaaaaaaaaaa?x=//y"],
)  # fmt: skip
def test_a_sign_in_link_redirects_to_our_own_pages_only(ann: Sender, path: str) -> None:
    assert ann.http.post("/sign-in", json={"path": path}).status_code == 400


def test_the_cookie_is_same_site_and_hidden_from_scripts(server: Server, ann: Sender) -> None:
    path = sign_in_path(ann)
    for answer in (page(server, path), enter(ann, path)):
        set_cookie = answer.header("set-cookie").lower()
        assert "httponly" in set_cookie
        assert "samesite=strict" in set_cookie
        assert "path=/" in set_cookie
        assert "domain" not in set_cookie


def test_on_https_the_cookie_is_secure_and_the_site_stays_https(tmp_path: Path) -> None:
    flags = ("--public-url", "https://track.example.com")
    with running(tmp_path / "data", *flags) as https, join(https, "Ann") as ann:
        url = ann.http.post("/sign-in", json={}).json()["url"]
        assert url.startswith("https://track.example.com/sign-in/")
        answer = enter(ann, url.removeprefix("https://track.example.com"))
        given = answer.header("set-cookie")
        assert given.startswith("__Host-sealbreak=")
        assert "; secure" in given.lower()
        assert answer.header("strict-transport-security").startswith("max-age=31536000")


# Forms


def test_signing_out_ends_the_session(server: Server, ann: Sender) -> None:
    header = cookie(ann)
    fields = form_fields(page(server, "/history", header).text, "/history/sign-out")
    assert sign_out(server, [header], fields).status in {200, 303}
    assert page(server, "/history", header).status == 401


def test_another_site_cannot_sign_anybody_out(server: Server, ann: Sender) -> None:
    header, other = cookie(ann), cookie(ann)
    theirs = form_fields(page(server, "/history", other).text, "/history/sign-out")
    for fields in ({}, dict.fromkeys(theirs, ""), dict.fromkeys(theirs, "x"), theirs):
        assert sign_out(server, [header], fields).status == 403, fields
    assert page(server, "/history", header).status == 200


@pytest.mark.parametrize(
    "sign",
    [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "same-site"),
     ("Origin", "https://example.org")],
)  # fmt: skip
def test_a_form_of_another_site_is_refused(
    server: Server, ann: Sender, sign: tuple[str, str]
) -> None:
    mail, header = ann.mail(), cookie(ann)
    fields = form_fields(page(server, "/history", header).text, "/history/sign-out")
    assert sign_out(server, [header, sign], fields).status == 403
    assert ask(server.url, "POST", mail.page(), [sign]).status == 403
    assert ann.message(mail)["opted_out"] is False


def test_a_form_of_our_own_page_is_accepted(server: Server, ann: Sender) -> None:
    mail = ann.mail()
    signs = [("Sec-Fetch-Site", "same-origin"), ("Origin", server.url)]
    assert ask(server.url, "POST", mail.page(), signs).status == 200
    assert ann.message(mail)["opted_out"] is True


def test_every_form_that_changes_something_has_a_csrf_token(server: Server, ann: Sender) -> None:
    header, mail = cookie(ann), ann.mail()
    for path in ("/history", f"/history/{mail.id}", "/history?q=nothing"):
        forms = re.findall(r"<form.*?</form>", page(server, path, header).text, re.DOTALL)
        posting = [form for form in forms if 'method="post"' in form.lower()]
        assert posting
        assert all('type="hidden"' in form for form in posting)


def test_no_page_of_the_account_is_cached_framed_or_sent_as_a_referrer(
    server: Server, ann: Sender, tmp_path: Path
) -> None:
    header, mail = cookie(ann), ann.mail()
    for path in history_paths(tmp_path, "GET", mail.id):
        answer = page(server, path, header)
        assert answer.status < 500, path
        assert "no-store" in answer.header("cache-control"), path
        assert "frame-ancestors 'none'" in answer.header("content-security-policy"), path
        assert answer.header("referrer-policy") == "no-referrer", path


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_page_needs_a_session_and_every_form_a_csrf_token(
    server: Server, ann: Sender, tmp_path: Path, method: str
) -> None:
    header, mail = cookie(ann), ann.mail(subject="Marked subject")
    for path in history_paths(tmp_path, method, mail.id):
        signed_out = ask(server.url, method, path, [FORM])
        assert (signed_out.status, "Marked" in signed_out.text) == (401, False), path
        if method == "POST":
            for fields in (b"", b"csrf_token=", b"csrf_token=x", b"csrf_token=%ff"):
                assert ask(server.url, "POST", path, [FORM, header], fields).status == 403, path
    assert ann.message(mail)["muted"] is False
    assert page(server, "/history", header).status == 200
