"""Unusual, malformed and hostile requests get a response without details and cause no exception."""

import csv
import gzip
import io
import json
import re
import socket
from collections.abc import Iterator

import pytest
from support.server.process import Sender, Server
from support.server.stranger import cookie, enter, join, said, sign_in_path, token_of
from support.server.wire import Answer, ask, bearer, connection, exchange, read_answer

INLINE = re.compile(
    r"<script(?![^>]* src=)|<style|<[^>]*\s(?:style|on\w+)=|javascript:", re.IGNORECASE
)
PROBLEM = "application/problem+json"
MARKUP = "<script>alert(1)</script><img src=x onerror=alert(2)>'\"`{{7*7}}</title>\u202e"


@pytest.fixture(scope="module")
def ann(server: Server) -> Iterator[Sender]:
    with join(server, "Ann <b>") as sender:
        yield sender


@pytest.fixture(scope="module", autouse=True)
def no_unexpected_error_is_logged(server: Server) -> Iterator[None]:
    yield
    output = said(server)
    assert "Traceback" not in output, output
    assert "Exception" not in output, output
    assert "unexpected error" not in output, output


HANDSHAKE = (
    b"GET %b HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n%b\r\n"
)


def pages(server: Server, ann: Sender) -> dict[str, Answer]:
    mail, header = ann.mail(subject=MARKUP), cookie(ann)
    ask(server.url, "GET", mail.pixel())
    asked = {
        "history": ("GET", "/history", [header]),
        "search": ("GET", "/history?q=%3Cscript%3E%22", [header]),
        "message": ("GET", f"/history/{mail.id}", [header]),
        "unknown message": ("GET", "/history/%3Cscript%3E", [header]),
        "bad cursor": ("GET", "/history?cursor=%3Cscript%3E", [header]),
        "signed out": ("GET", "/history", []),
        "used link": ("GET", "/sign-in/%3Cscript%3E", []),
        "recipient": ("GET", mail.page(), []),
        "opted out": ("POST", ann.mail().page(), []),
        "forged": ("GET", "/r/aaaaaaaa/" + "a" * 32, []),
        "nowhere": ("GET", "/%3Cscript%3Ealert(1)", []),
        "wrong method": ("DELETE", "/history", [header]),
        "style": ("GET", "/static/style.css", []),
        "no style": ("GET", "/static/x", []),
        "pixel": ("GET", mail.pixel(), []),
        "link": ("GET", mail.link(1, "https://example.com/"), []),
        "bad link": ("GET", mail.link(1, "javascript:alert(1)"), []),
        "healthz": ("GET", "/healthz", []),
        "readyz": ("GET", "/readyz", []),
        "api": ("GET", "/api/v1/messages", [bearer(token_of(ann))]),
        "api refused": ("GET", "/api/v1/messages", []),
        "api preflight": ("OPTIONS", "/api/v1/messages", []),
        "too long": ("GET", "/" + "a" * 40_000, []),
    }
    sockets = {
        "refused socket": HANDSHAKE % (b"/api/v1/live", b"Authorization: Bearer x\r\n"),
        "socket of another page": HANDSHAKE % (b"/history/live", b""),
        "odd socket": HANDSHAKE % (b"/api/v1/live?after=x", b""),
    }
    return {name: ask(server.url, *request) for name, request in asked.items()} | {
        name: exchange(server.url, request) for name, request in sockets.items()
    }


@pytest.fixture(scope="module")
def answers(server: Server, ann: Sender) -> dict[str, Answer]:
    return pages(server, ann)


def test_every_answer_has_the_security_headers(answers: dict[str, Answer]) -> None:
    for name, answer in answers.items():
        assert answer.header("x-content-type-options") == "nosniff", name
        assert answer.header("referrer-policy") == "no-referrer", name
        assert answer.header("content-security-policy"), name
        assert not answer.header("server"), name
        assert not answer.header("x-powered-by"), name


def test_the_policy_allows_neither_scripts_nor_anything_inline(
    answers: dict[str, Answer],
) -> None:
    for name, answer in answers.items():
        policy = answer.header("content-security-policy")
        assert policy.startswith("default-src 'none'"), name
        for refused in ("unsafe", "nonce", "*", "data:", "http"):
            assert refused not in policy, name
        assert set(re.findall(r"script-src ([^;]*)", policy)) <= {"'self'"}, name
        for wanted in ("base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"):
            assert wanted in policy, name


def test_no_page_holds_inline_script_or_style(answers: dict[str, Answer]) -> None:
    for name, answer in answers.items():
        if "text/html" in answer.header("content-type"):
            assert not INLINE.search(answer.text), name


def test_text_of_other_people_is_escaped_on_every_page(answers: dict[str, Answer]) -> None:
    shown = [answers[name].text for name in ("history", "message")]
    assert all("&lt;script&gt;alert(1)&lt;/script&gt;" in text for text in shown)
    pages = [a for a in answers.values() if "text/html" in a.header("content-type")]
    assert not [answer for answer in pages if "<script>" in answer.text]
    assert "Ann &lt;b&gt;" in answers["recipient"].text


@pytest.mark.parametrize(
    "start", ["=", "+", "-", "@", "\t=", "\r=", "\n=", " =", "＝", "＋", "－", "＠"]
)
def test_no_cell_of_the_export_is_a_formula(server: Server, ann: Sender, start: str) -> None:
    text = f'{start}HYPERLINK("https://example.org?x="&A1)'
    person = {"address": f"{start}@example.com", "name": text, "kind": "to", "copy": 0}
    ann.mail(subject=text, recipients=[person])
    answer = ask(server.url, "GET", "/history/export.csv", [cookie(ann)])
    cells = [cell for row in csv.reader(io.StringIO(answer.text, newline="")) for cell in row]
    blank, formula = ("", text) if start[0] not in "\t\r\n" else (text[0], text[1:])
    assert f"'{blank}'{formula}" in cells if blank else f"'{formula}" in cells
    assert not [cell for cell in cells if cell.strip().startswith(tuple("=+-@＝＋－＠"))]


def test_no_cache_may_store_pages_of_the_account(answers: dict[str, Answer]) -> None:
    for name in ("history", "search", "message", "signed out", "recipient", "api", "api refused"):
        assert "no-store" in answers[name].header("cache-control"), name


@pytest.mark.parametrize(
    "path",
    ["/x", "/history/x/y", "/o/", "/admin", "/.env", "/static/../keys", "/static/x", "//",
     "/static", "/static/", "/static/..%2f..%2fkeys", "/static/%2e%2e/__init__.py",
     "/static/..%5c..%5ckeys", "/static//etc/passwd", "/static/%2fetc%2fpasswd", "/static/%00"],
)  # fmt: skip
def test_a_missing_page_is_a_short_404(server: Server, path: str) -> None:
    answer = ask(server.url, "GET", path)
    assert answer.status == 404
    assert "json" not in answer.header("content-type")
    assert "Traceback" not in answer.text
    assert len(answer.body) < 2000


@pytest.mark.parametrize(
    ("status", "method", "path", "body"),
    [
        (400, "POST", "ids", b"{"),
        (400, "POST", "ids", b"[]"),
        (400, "POST", "ids", b"\xff\xfe"),
        (400, "POST", "ids", b'{"count": 1e999}'),
        (400, "POST", "ids", b'{"count": true}'),
        (400, "POST", "ids", b'{"count": ' + b"9" * 6000 + b"}"),
        (400, "POST", "ids", b"[" * 100_000),
        (400, "POST", "ids", b'{"a":' * 50_000),
        (400, "GET", "events?after=-1", b""),
        (400, "GET", "events?after=%D9%A1", b""),
        (400, "GET", "events?after=1&limit=0", b""),
        (400, "GET", "messages?cursor=%00", b""),
        (400, "GET", "messages?cursor=%F0%9F", b""),
        (400, "GET", "messages?limit=1e3", b""),
        (400, "POST", "views", b'{"messages": "x"}'),
        (400, "POST", "sign-in", b'{"path": 1}'),
        (404, "GET", "messages/x", b""),
        (404, "GET", "messages/aaaaaaaaaaaaaaaa", b""),
        (404, "PUT", "messages/..%2F..%2Fx", b"{}"),
        (404, "GET", "nowhere", b""),
        (404, "GET", "", b""),
        (404, "DELETE", "devices/%00%ff", b""),
        (405, "DELETE", "messages", b""),
        (405, "PATCH", "messages/aaaaaaaaaaaaaaaa", b""),
        (405, "GET", "pair", b""),
        (413, "POST", "ids", b" " * (2 * 1024 * 1024 + 1)),
    ],
)  # fmt: skip
def test_an_error_of_the_api_reveals_no_internals(
    ann: Sender, status: int, method: str, path: str, body: bytes
) -> None:
    headers = [bearer(token_of(ann)), ("Content-Type", "application/json")]
    answer = ask(ann.url, method, f"/api/v1/{path}", headers, body)
    assert (answer.status, answer.header("content-type")) == (status, PROBLEM)
    problem = json.loads(answer.body)
    assert set(problem) == {"type", "title", "status", "detail"}
    assert problem["status"] == status
    assert not re.search(r"Traceback|File \"|\.py|sqlite|peewee|Error:", answer.text)


@pytest.mark.parametrize("kind", ["text/html", "application/x-www-form-urlencoded", "text/plain"])
def test_a_body_of_another_content_type_is_refused(ann: Sender, kind: str) -> None:
    headers = [bearer(token_of(ann)), ("Content-Type", kind)]
    answer = ask(ann.url, "POST", "/api/v1/ids", headers, b'{"count":1}')
    assert (answer.status, answer.header("content-type")) == (415, PROBLEM)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("views", {"messages": ["\ud800", "\0", "' OR 1=1", "a" * 100_000, ""]}),
        ("views", {"messages": ["a" * 16] * 200}),
        ("sign-in", {"path": "/history", "more": "\ud800"}),
    ],
)
def test_unusual_texts_are_accepted(ann: Sender, path: str, body: object) -> None:
    headers = [bearer(token_of(ann)), ("Content-Type", "application/json")]
    answer = ask(ann.url, "POST", f"/api/v1/{path}", headers, json.dumps(body).encode())
    assert answer.status in {201, 204, 400}


@pytest.mark.parametrize("text", ["\0", "\ud800", "\udfff\ud800", "\U0010ffff", "\x1b[2J", MARKUP])
def test_unusual_texts_in_a_message_are_stored_and_shown(
    server: Server, ann: Sender, text: str
) -> None:
    person = {"address": f"{text}@example.com", "name": text, "kind": "to", "copy": 0}
    body = {
        "subject": text, "recipients": [person], "links": [], "level": "full",
        "sent_at": "2026-11-01T09:30:00.250Z", "draft_id": text, "thread_id": text,
        "gmail_account": text,
    }  # fmt: skip
    mail, headers = ann.blank(), [bearer(token_of(ann)), ("Content-Type", "application/json")]
    path = f"/api/v1/messages/{mail.id}"
    assert ask(ann.url, "PUT", path, headers, json.dumps(body).encode()).status == 201
    assert ask(ann.url, "GET", path, headers).status == 200
    assert ask(ann.url, "GET", "/api/v1/messages?q=%00%ff", headers).status == 200
    assert ask(server.url, "GET", f"/history/{mail.id}", [cookie(ann)]).status == 200


@pytest.mark.parametrize(
    "method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"]
)
def test_unusual_methods_are_answered_and_not_echoed(
    server: Server, ann: Sender, method: str
) -> None:
    for path in ("/history", "/", ann.mail().pixel(), "/r/a/b", "/sign-in/x", "/healthz"):
        answer = ask(server.url, method, path, [("X-Echo", "echoed-by-you")], b"<script>")
        assert answer.status < 500
        assert b"<script>" not in answer.body
        assert b"echoed-by-you" not in answer.body


RAW = [
    b"\r\n\r\n",
    b"\x00\x00\x00\x00\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"GET\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    b"GET * HTTP/1.1\r\nHost: a\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
    b"CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n",
    b"GET http://example.org/history HTTP/1.1\r\nHost: example.org\r\n\r\n",
    b"GET //example.org/history HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /\xff\xfe HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /%ff%00 HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /history?cursor=\xff HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /history HTTP/1.1\r\nHost: a\r\nCookie: \xff\xfe=\x80; sealbreak=\xff\r\n\r\n",
    b"GET /history HTTP/1.1\r\nHost: a\r\nCookie: sealbreak=" + b"a" * 9000 + b"\r\n\r\n",
    b"GET /history HTTP/1.1\r\nHost: \xff<script>\r\n\r\n",
    b"GET /history HTTP/1.1\r\n\r\n",
    b"GET /history HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    b"GET /history HTTP/1.1\r\nHost: a\r\n X: folded\r\n\r\n",
    b"GET /history HTTP/1.1\r\nHost: a\r\nX\x00Y: z\r\n\r\n",
    b"POST /api/v1/ids HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
    b"POST /api/v1/ids HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n",
    b"POST /api/v1/ids HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
    b"POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /",
    b"POST /api/v1/ids HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n",
    b"POST /api/v1/ids HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\nabc",
    b"GET /api/v1/live HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    b"GET /x HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: A\r\n\r\n",
    b"GET /history HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
]  # fmt: skip


@pytest.mark.parametrize("request_bytes", RAW, ids=range(len(RAW)))
def test_malformed_requests_reveal_nothing(server: Server, request_bytes: bytes) -> None:
    with connection(server.url) as there:
        there.sendall(request_bytes)
        there.shutdown(socket.SHUT_WR)
        there.settimeout(5)
        answer = b"".join(iter(lambda: there.recv(65536), b""))
    assert not answer or int(answer.split()[1]) < 500, answer
    assert b"Traceback" not in answer
    assert b"example.org" not in answer
    assert b"\xff<script>" not in answer


def test_two_requests_in_one_packet_get_two_responses(server: Server) -> None:
    one = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
    last = b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    with connection(server.url) as there:
        there.sendall(one + last)
        there.settimeout(5)
        assert b"".join(iter(lambda: there.recv(65536), b"")).count(b"200 OK") == 2


def test_a_chunked_body_is_limited_too(server: Server, ann: Sender) -> None:
    head = (
        "POST /api/v1/ids HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
        "Content-Type: application/json\r\n"
        f"Authorization: Bearer {token_of(ann)}\r\nConnection: close\r\n\r\n"
    )
    chunk = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
    answer = exchange(server.url, head.encode() + chunk * 3 + b"0\r\n\r\n", "POST")
    assert answer.status == 413


@pytest.mark.parametrize("host", ["evil.example", "evil.example/api/v1/?", "evil.example:99999"])
def test_no_response_repeats_or_redirects_to_the_host_header(
    server: Server, ann: Sender, host: str
) -> None:
    sign_in, mail = sign_in_path(ann), ann.mail()
    paths = ("/history", "/history/", "/static", "/nowhere", "/sign-in/x", mail.page(), sign_in)
    for path in (*paths, "/api/v1/nowhere", "/api/v1/messages/", "/api/v1/openapi.json"):
        head = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        answer = exchange(server.url, head.encode())
        assert answer.status < 500, path
        assert "evil" not in f"{answer.headers} {answer.text}", path


def test_a_sign_in_link_does_not_leak_as_a_referrer(server: Server, ann: Sender) -> None:
    path = sign_in_path(ann)
    asked, entered = ask(server.url, "GET", path), enter(ann, path)
    for answer, status in ((asked, 200), (entered, 303), (ask(server.url, "GET", path), 403)):
        assert answer.status == status
        assert answer.header("referrer-policy") == "no-referrer"
        assert "no-store" in answer.header("cache-control")


@pytest.mark.parametrize(
    "header",
    [("X-HTTP-Method-Override", "DELETE"), ("X-Method-Override", "DELETE"),
     ("X-Original-URL", "/history"), ("X-Rewrite-URL", "/history"), ("X-Forwarded-Prefix", "/x")],
)  # fmt: skip
def test_no_header_changes_method_or_path(ann: Sender, header: tuple[str, str]) -> None:
    headers = [bearer(token_of(ann)), ("Content-Type", "application/json"), header]
    answer = ask(ann.url, "POST", "/api/v1/ids?_method=DELETE", headers, b'{"count":1}')
    assert (answer.status, len(json.loads(answer.body)["ids"])) == (200, 1)


def test_a_compressed_body_is_not_decompressed(ann: Sender) -> None:
    packed = gzip.compress(b'{"count":1' + b" " * 10_000_000 + b"}")
    kind = [("Content-Type", "application/json"), ("Content-Encoding", "gzip")]
    answer = ask(ann.url, "POST", "/api/v1/ids", [bearer(token_of(ann)), *kind], packed)
    assert (answer.status, answer.header("content-type")) == (400, PROBLEM)


def test_a_client_that_leaves_within_a_body_causes_no_error(server: Server) -> None:
    """A fixture checks the log after all tests of this file."""
    for path in ("/api/v1/pair", "/history/sign-out", "/r/a/b", "/o/a/b.gif"):
        with connection(server.url) as there:
            kind = "Content-Type: application/json\r\nContent-Length: 99\r\n\r\n{"
            there.sendall(f"POST {path} HTTP/1.1\r\nHost: a\r\n{kind}".encode())
    assert ask(server.url, "GET", "/healthz").status == 200


def test_any_origin_may_call_the_api_but_never_with_a_cookie(server: Server, ann: Sender) -> None:
    origin = ("Origin", "https://example.org")
    answer = ask(server.url, "GET", "/api/v1/messages", [origin, bearer(token_of(ann))])
    assert answer.header("access-control-allow-origin") == "*"
    assert not answer.header("access-control-allow-credentials")
    assert not ask(server.url, "GET", "/history", [origin, cookie(ann)]).header(
        "access-control-allow-origin"
    )


def test_after_a_broken_pipe_the_next_request_is_answered(server: Server, ann: Sender) -> None:
    for _ in range(20):
        with connection(server.url) as there:
            there.sendall(f"GET {ann.mail().pixel()} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
    with connection(server.url) as there:
        there.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        assert read_answer(there).status == 200
