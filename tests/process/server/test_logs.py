"""Marked secrets, subjects, people and addresses never appear in a log."""

import asyncio
import base64
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import httpx2
import pytest
from support.server.process import READER, Sender, Server, running, visit
from support.server.stranger import cookie, join, said, sign_in_path, token_of
from support.server.wire import ask, connection, read_answer
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

SUBJECT, PERSON, ADDRESS = "zqsubject", "zqperson", "84.130.20.99"
MARKED = {
    "subject": SUBJECT,
    "recipients": [{"address": f"{PERSON}@example.com", "name": PERSON, "kind": "to", "copy": 0}],
    "links": [{"n": 1, "url": "https://example.com/zqlink", "hidden": False}],
    "gmail_account": "zqaccount@example.com",
    "draft_id": "zqdraft",
}
HOME = {**READER, "x-forwarded-for": ADDRESS, "cookie": "zqcookie=zqvalue"}


def everything(server: Server, ann: Sender) -> list[str]:
    """Makes valid and invalid requests of all kinds. Returns what must not be logged."""
    code = server.code()
    pair = {"code": code, "name": "zqdevice", "kind": "api"}
    second = httpx2.post(f"{server.url}/api/v1/pair", json=pair).json()["token"]
    httpx2.post(f"{server.url}/api/v1/pair", json=pair)
    mail = ann.mail(**MARKED)
    for path in (mail.pixel(), mail.link(1, "https://example.com/zqlink"), mail.page(),
                 mail.link(1, "javascript:zqscript")):  # fmt: skip
        visit(server, path, HOME)
    ann.http.post("/views", json={"messages": [mail.id]})
    ann.wait_for_events(mail, 1)
    unused, (_, session) = sign_in_path(ann), cookie(ann)
    for path in ("/history", f"/history/{mail.id}", f"/history?q={SUBJECT}", "/history?cursor=zq"):
        httpx2.get(server.url + path, headers={"cookie": session, **READER})
    asyncio.run(listen(server, ann))
    badly(server, ann, mail.id)
    httpx2.post(server.url + mail.page(), headers=HOME)
    return [
        SUBJECT, PERSON, ADDRESS, "zq", code, token_of(ann), second, session.partition("=")[2],
        unused.rpartition("/")[2], mail.token(), mail.id, base64.b64encode(mail.key).decode(),
        ann.paired["sender_mark"], "ann@example.com", "127.0.0.1:",
    ]  # fmt: skip


async def listen(server: Server, ann: Sender) -> None:
    url = f"ws{server.url.removeprefix('http')}/api/v1/live"
    headers = {"Authorization": f"Bearer {token_of(ann)}", "X-Forwarded-For": ADDRESS}
    async with connect(f"{url}?after=0", additional_headers=headers, proxy=None) as socket:
        await socket.recv()
    async with connect(f"{url}?token={token_of(ann)}", proxy=None) as socket:
        await socket.send(json.dumps({"token": token_of(ann)}))
        await socket.recv()
        await socket.send(b"\xff\xfezq")
    for frame in ("zq", "[" * 5000, b"zq", '{"token":"zq\\ud800"}'):
        try:
            async with connect(f"{url}?zq=1", proxy=None) as socket:
                await socket.send(frame)
                await socket.recv()
        except WebSocketException:
            continue
    with pytest.raises(WebSocketException):
        async with connect(f"{url}?after=zq", additional_headers=headers, proxy=None):
            pass


def badly(server: Server, ann: Sender, message: str) -> None:
    headers = [("Authorization", f"Bearer {token_of(ann)}"), ("Content-Type", "application/json")]
    for method, path, body in (
        ("PUT", f"messages/{message}", {**MARKED, "sent_at": "zq"}),
        ("PUT", f"messages/{message}", {**MARKED, "subject": [SUBJECT]}),
        ("POST", "views", {"messages": ["\ud800zq"]}),
        ("POST", "sign-in", {"path": "//zq"}),
        ("GET", "messages?cursor=zq", None),
        ("GET", f"messages?q={SUBJECT}", None),
        ("DELETE", "devices/zq", None),
        ("GET", "zq", None),
    ):
        ask(server.url, method, f"/api/v1/{path}", headers, json.dumps(body).encode())
    for raw in (
        b"zq\r\n\r\n",
        b"GET /zq\x00 HTTP/1.1\r\n\r\n",
        b"POST /zq HTTP/1.1\r\nHost: zq\r\nContent-Length: zq\r\n\r\n",
        b"GET /zq HTTP/1.1\r\nHost: zq\r\nX: " + b"zq" * 50_000 + b"\r\n\r\n",
    ):
        with connection(server.url) as there:
            there.sendall(raw)
            try:
                read_answer(there)
            except (OSError, ValueError):
                continue


@pytest.mark.parametrize("access_log", ["yes", "no"])
def test_a_whole_run_logs_no_marked_text(tmp_path: Path, access_log: str) -> None:
    with running(tmp_path / "data", "--access-log", access_log) as server:
        with join(server, "zqsender") as ann:
            marks = everything(server, ann)
        server.stop()
        assert server.process.stdout is not None
        output = said(server) + server.process.stdout.read()
    assert [mark for mark in marks if mark in output] == []
    assert "Traceback" not in output
    assert ("put_message 201" in output) == (access_log == "yes")


def test_a_broken_database_is_logged_without_the_data_of_the_request(
    tmp_path: Path,
) -> None:
    with running(tmp_path / "data") as server, join(server, "Ann") as ann:
        mail = ann.mail(**MARKED)
        with closing(sqlite3.connect(server.data / "sealbreak.sqlite3")) as database, database:
            database.execute("ALTER TABLE hit RENAME TO away")
            database.execute("ALTER TABLE message RENAME TO gone")
        visit(server, mail.pixel(), HOME)
        assert ann.register(mail, **MARKED).status_code in {500, 503}
        assert ann.http.get(f"/messages?q={SUBJECT}").status_code in {500, 503}
        output = said(server)
    secrets = (SUBJECT, PERSON, ADDRESS, mail.id, mail.token(), token_of(ann))
    assert [mark for mark in secrets if mark in output] == []


def send_bad_frame(server: Server) -> None:
    """uvicorn writes a line about it."""
    with connection(server.url) as there:
        there.sendall(
            b"GET /api/v1/live HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        )
        assert there.recv(4096).startswith(b"HTTP/1.1 101 ")
        there.sendall(b"\x81\x81" + bytes(4) + b"\xff")
        assert there.recv(4096).startswith(b"\x88")


def test_each_line_is_an_object_on_demand(tmp_path: Path) -> None:
    flags = ("--log-format", "json", "--access-log", "yes")
    with running(tmp_path / "data", *flags) as server, join(server, "Ann") as ann:
        mail = ann.mail(**MARKED)
        visit(server, mail.pixel(), HOME)
        send_bad_frame(server)
        with closing(sqlite3.connect(server.data / "sealbreak.sqlite3")) as database, database:
            database.execute("ALTER TABLE message RENAME TO gone")
        assert ann.register(mail, **MARKED).status_code in {500, 503}
        server.stop()
        output = said(server)
    lines = [json.loads(line) for line in output.splitlines()]
    assert all({"time", "level", "logger", "message"} <= set(line) for line in lines)
    assert {"logger": "sealbreak.access", "level": "info"}.items() <= lines[0].items()
    assert any(line["logger"] == "uvicorn.error" for line in lines)
    secrets = (SUBJECT, PERSON, ADDRESS, mail.id, mail.token(), token_of(ann))
    assert [mark for mark in secrets if mark in output] == []
