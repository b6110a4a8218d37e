"""Links redirect only to web addresses that the sender has signed."""

import socket
from collections.abc import Iterator
from html import escape
from typing import Any
from urllib.parse import quote, unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sealbreak_server.security.tokens import Keyring, make_token, sign_link
from sealbreak_server.security.urls import is_web_address, location
from support.server.process import Mail, Sender, Server
from support.server.stranger import join
from support.server.wire import Answer, ask, connection, read_answer

TARGET = "https://example.com/offer?a=1&b=%20#part"

NOWHERE = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)//https://example.com",
    "java\tscript:alert(1)",
    "\x01javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "file:///etc/passwd",
    "ftp://example.com/",
    "blob:https://example.com/1",
    "//example.com/",
    "///example.com/",
    "/history",
    "\\\\example.com\\",
    "https:\\\\example.com",
    "https://example.com\\@example.org/",
    "https:example.com",
    "https:/example.com",
    "https:///example.com",
    "https://",
    "https://@example.com/",
    "https://example.com@example.org/",
    "https://ann:secret@example.com/",
    "https://ann%40example.com@example.org/",
    "https://example.com:0/",
    "https://example.com:99999/",
    "https://example.com:x/",
    "https://[::1",
    "https://[x]/",
    "https://example.com／.example.org/",
    "https://example.com？.example.org/",
    "https://example.com＠example.org/",
    "https://example.com＃.example.org/",
    "https://exam\u200bple.com/",
    "https://exam\u00adple.com/",
    "https://\u202eexample.com/",
    "https://example.com/\u202egpj.exe",
    "https://example.com/\r\nSet-Cookie: a=b",
    "https://example.com/\nLocation: https://example.org",
    "https://example.com/\x00",
    "https://example.com/\x85",
    "https://example.com/\u2028",
    " https://example.com/",
    "https://example.com/ ",
    "https://exa mple.com/",
    "",
]


def follow(server: Server, path: str) -> Answer:
    return ask(server.url, "GET", path)


@pytest.fixture(scope="module")
def ann(server: Server) -> Iterator[Sender]:
    with join(server, "Ann") as sender:
        yield sender


@pytest.fixture(scope="module")
def mail(ann: Sender) -> Mail:
    return ann.mail()


def test_a_signed_target_is_redirected_to_unchanged(server: Server, mail: Mail) -> None:
    answer = follow(server, mail.link(1, TARGET))
    assert (answer.status, answer.header("location")) == (302, TARGET)


def test_a_target_that_is_signed_in_the_path_is_led_to(server: Server, mail: Mail) -> None:
    good = mail.link2(1, TARGET)
    answer = follow(server, good)
    assert (answer.status, answer.header("location")) == (302, TARGET)
    without_fragment = good.removesuffix("%23part")
    assert follow(server, without_fragment).header("location") == TARGET.removesuffix("#part")


def test_a_signature_in_the_path_is_for_one_link_and_one_target(server: Server, mail: Mail) -> None:
    good = mail.link2(1, TARGET)
    other = mail.link2(1, TARGET + "#x").replace(mail.owner, "a" * 8)
    for bad in (
        other,
        good.replace(f"/{mail.token()}/1/", f"/{mail.token()}/2/"),
        good.replace("offer", "Offer"),
        good.replace("?to=", "A?to="),
        good.replace("?to=", "?url="),
        mail.link2(1, "javascript:alert(1)"),
    ):
        answer = follow(server, bad)
        assert (answer.status, answer.header("location")) == (404, ""), bad


@pytest.mark.parametrize("target", NOWHERE)
def test_a_signed_target_must_be_a_web_address(server: Server, mail: Mail, target: str) -> None:
    answer = follow(server, mail.link(1, target))
    assert answer.status == 404
    assert not answer.header("location")


@pytest.mark.parametrize("target", [target for target in NOWHERE if "\0" not in target])
def test_a_message_with_another_target_is_not_registered(ann: Sender, target: str) -> None:
    links = [{"n": 1, "url": target, "hidden": False}]
    answer = ann.register(ann.blank(), links=links)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")


def test_an_international_host_stays_as_it_was_signed(server: Server, mail: Mail) -> None:
    """The host is neither changed nor normalized: its bytes are percent-encoded."""
    answer = follow(server, mail.link(1, "https://ехample.com/"))
    assert answer.header("location") == f"https://{quote('ехample.com')}/"


def test_a_signature_is_for_one_link_of_one_copy_of_one_message(
    server: Server, ann: Sender, mail: Mail
) -> None:
    good = mail.link(1, TARGET)
    other = ann.mail()
    for bad in (
        good.replace(f"/{mail.token()}/1?", f"/{mail.token()}/2?"),
        good.replace(mail.token(), other.token()),
        good.replace("offer", "Offer"),
        good.replace("https", "http"),
        good[:-1] + ("A" if good[-1] != "A" else "B"),
        good[:-1],
        good + "A",
        good.partition("&sig=")[0],
        good.replace("to=", "url="),
        good.replace("?to=", "?to=https%3A%2F%2Fexample.org&sig=x;to="),
    ):
        assert follow(server, bad).status == 404, bad


@pytest.mark.parametrize("form", [Mail.link, Mail.link2])
def test_a_link_changed_on_its_way_arrives_and_is_recorded(ann: Sender, form: Any) -> None:
    """The ways in which links were seen to be changed; the unit tests try all of them."""
    url = "https://example.com/offer?a=1&b=%20&c=50%25"
    mail = ann.mail()
    good: str = form(mail, 1, url)
    path, query = good.split("?")
    changed = [
        good.replace("&", "&amp;"),
        good.replace("&", "&amp%3B"),
        f"{path}?{unquote(query)}",
        f"{path}?{quote(query, safe='=&')}",
        *(good + end for end in (".", ")", ",", ">", "%3E", "%22")),
        f"{good}&utm_source=a&fbclid=b",
        f"{good}&to=https%3A%2F%2Fexample.org",
    ]
    for sent in changed:
        answer = ask(ann.url, "GET", sent)
        assert (answer.status, answer.header("location")) == (302, url), sent
    ann.wait_for_hits(mail, len(changed))
    assert {hit["link"] for hit in ann.message(mail)["hits"]} == {1}


def test_the_page_of_a_dead_link_shows_its_address_as_text(server: Server, mail: Mail) -> None:
    answer = follow(server, mail.link(1, TARGET)[:-1])
    assert (answer.status, answer.header("content-type")) == (404, "text/html; charset=utf-8")
    assert "no-store" in answer.header("cache-control")
    assert f"<code>{escape(TARGET)}</code>" in answer.text
    assert 'href="https' not in answer.text
    assert "did not make it, or it was changed" in answer.text


@pytest.mark.parametrize("target", ["javascript:alert(1)", "", "https://example.com/" + "a" * 2000])
def test_a_dead_link_without_a_usable_address_says_so(
    server: Server, mail: Mail, target: str
) -> None:
    answer = follow(server, mail.link(1, target)[:-1])
    assert answer.status == 404
    assert "<code>" not in answer.text
    assert "no complete web address" in answer.text


@pytest.mark.parametrize("path", ["/l/", "/l/x", "/l/aaaaaaaa/bbbb/1?to=<script>alert(1)</script>"])
def test_an_address_that_is_no_link_gets_the_same_page(server: Server, path: str) -> None:
    answer = follow(server, path)
    assert answer.status == 404
    assert "no complete web address" in answer.text
    assert "<script" not in answer.text


def test_a_signature_is_for_one_owner(server: Server, mail: Mail) -> None:
    with join(server, "Ben") as ben:
        theirs = ben.blank()
    good = mail.link(1, TARGET)
    assert follow(server, good.replace(mail.owner, theirs.owner)).status == 404
    own = Mail(mail.id, theirs.key, theirs.owner)
    assert follow(server, own.link(1, TARGET)).status == 404
    mixed = Mail(mail.id, theirs.key, mail.owner)
    assert follow(server, mixed.link(1, TARGET)).status == 404


def test_a_signature_with_the_copys_check_code_as_its_key_is_invalid(
    server: Server, mail: Mail
) -> None:
    check = mail.token()[-12:].encode()
    sign = sign_link(check, 1, TARGET)
    path = f"/l/{mail.owner}/{mail.token()}/1?to={quote(TARGET, safe='')}&sig={sign}"
    assert follow(server, path).status == 404


@pytest.mark.parametrize("number", ["0x1", "١", "-1", "+1", "1.0", "1e0", "9" * 5000, "", "%31%00"])
def test_a_link_number_is_decimal_digits(server: Server, mail: Mail, number: str) -> None:
    good = mail.link(1, TARGET)
    assert follow(server, good.replace("/1?", f"/{quote(number, safe='%')}?")).status == 404


@pytest.mark.parametrize(
    "query",
    [
        "to=%ff%fe&sig=%c3%28",
        "to=%c0%af&sig=a",
        "to=%ed%a0%80&sig=%ed%a0%80",
        "to=%00&sig=%00",
        "to=https%3A%2F%2Fexample.com%00&sig=a",
        "%%%&&&===;;;",
        "to",
        "to=&sig=",
        "&".join(f"to={i}" for i in range(3000)),
        "to=h\xffttps://example.com&sig=\xe9",
    ],
)
def test_a_query_that_is_not_utf_8_is_404(server: Server, mail: Mail, query: str) -> None:
    path = f"/l/{mail.owner}/{mail.token()}/1?{query}"
    assert follow(server, path).status in {400, 404}


@pytest.mark.parametrize("length", [9_000, 30_000, 64_000, 300_000])
def test_an_address_of_many_kilobytes_is_refused(server: Server, mail: Mail, length: int) -> None:
    path = mail.link(1, "https://example.com/" + "a" * length)
    try:
        answer = follow(server, path)
    except ConnectionError:
        return
    assert answer.status in {400, 404, 414, 431}
    assert not answer.header("location")


def test_the_longest_registrable_target_is_redirected_to(server: Server, mail: Mail) -> None:
    target = "https://example.com/" + "?" * (8192 - 20)
    assert follow(server, mail.link(1, target)).header("location") == target


@pytest.mark.parametrize(
    "target",
    [
        "http://example.org/l/x",
        "//example.org/%2f..",
        "/\\example.org",
        "/%09/example.org",
        "/..//example.org",
        "/history/../..//example.org/",
        "/static//example.org/%2e%2e",
        "/static/%2e%2e/app.py",
        "/static/..%2f..%2fkeys",
        "/o//example.org/",
        "/history/",
        "//example.org/history/",
        "/sign-in/https://example.org",
        "/history?next=https://example.org",
        "/api/v1//example.org/",
    ],
)
def test_no_other_address_redirects_elsewhere(server: Server, target: str) -> None:
    answer = ask(server.url, "GET", target)
    leads_to = answer.header("location")
    assert "example.org" not in leads_to.removeprefix(server.url)
    assert not leads_to.startswith("//")
    assert leads_to.startswith((server.url, "/")) or not leads_to


def test_a_redirect_never_follows_the_host_header(server: Server) -> None:
    with connection(server.url) as there:
        there.sendall(b"GET /history/ HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\n\r\n")
        assert "example.org" not in read_answer(there).header("location")


def test_a_raw_line_break_in_the_request_line_splits_nothing(server: Server, mail: Mail) -> None:
    with connection(server.url) as there:
        path = mail.link(1, TARGET).encode()
        there.sendall(b"GET " + path + b"\r\nX: y HTTP/1.1\r\nHost: a\r\n\r\n")
        there.shutdown(socket.SHUT_WR)
        assert there.recv(4096).startswith((b"HTTP/1.1 400", b""))


@given(st.text(max_size=60) | st.from_regex(r"https?://[^\r\n]{1,40}", fullmatch=True))
@settings(max_examples=300, deadline=None)
def test_a_location_is_a_printable_ascii_web_address(url: str) -> None:
    if not is_web_address(url):
        return
    sent = location(url)
    assert sent.lower().startswith((b"http://", b"https://"))
    assert all(0x20 < byte < 0x7F for byte in sent)
    assert b"\\" not in sent


@given(st.binary(min_size=32, max_size=32), st.integers(0, 65535))
@settings(max_examples=50, deadline=None)
def test_a_token_of_another_key_is_invalid(key: bytes, copy: int) -> None:
    ring = Keyring((bytes(range(32)),))
    assert ring.read("a" * 8, make_token(key, "a" * 16, copy)) is None
