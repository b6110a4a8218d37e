import asyncio
import json
import time
from typing import Any

import httpx2
import pytest
from support.server.process import Sender, Server, command, visit
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus


def address(server: Server, after: int = 0) -> str:
    return f"{server.url.replace('http', 'ws')}/api/v1/live?after={after}"


def bearer(sender: Sender) -> dict[str, str]:
    return {"Authorization": f"Bearer {sender.paired['token']}"}


async def frame(socket: ClientConnection) -> dict[str, Any]:
    async with asyncio.timeout(15):
        body: dict[str, Any] = json.loads(await socket.recv())
    return body


async def closed_with(socket: ClientConnection) -> int | None:
    async with asyncio.timeout(15):
        await socket.wait_closed()
    return socket.close_code


def run(test: Any) -> None:
    asyncio.run(test())


def test_an_open_arrives_while_connected(server: Server, sender: Sender) -> None:
    async def follow() -> None:
        mail = sender.mail()
        last = len(sender.events())
        async with connect(address(server, last), additional_headers=bearer(sender)) as socket:
            hello = await frame(socket)
            assert (hello["type"], hello["last"]) == ("hello", last)
            await asyncio.to_thread(visit, server, mail.pixel())
            news = await frame(socket)
        assert news["event"]["message"]["id"] == mail.id
        assert news["event"]["number"] == last + 1

    run(follow)


def test_missed_events_are_sent_in_order(server: Server, sender: Sender) -> None:
    last = len(sender.events())
    for mail in [sender.mail() for _ in range(3)]:
        visit(server, mail.pixel())
        sender.wait_for_events(mail, 1)

    async def follow() -> None:
        async with connect(address(server, last), additional_headers=bearer(sender)) as socket:
            assert (await frame(socket))["last"] == last + 3
            numbers = [(await frame(socket))["event"]["number"] for _ in range(3)]
        assert numbers == [last + 1, last + 2, last + 3]

    run(follow)


def test_a_browser_sends_its_token_in_the_first_frame(server: Server, sender: Sender) -> None:
    async def follow() -> None:
        async with connect(address(server)) as socket:
            await socket.send(json.dumps({"token": sender.paired["token"]}))
            assert (await frame(socket))["type"] == "hello"

    run(follow)


def test_a_bad_header_is_401_at_the_handshake(server: Server) -> None:
    async def follow() -> None:
        with pytest.raises(InvalidStatus) as refused:
            await connect(address(server), additional_headers={"Authorization": "Bearer no"})
        assert refused.value.response.status_code == 401

    run(follow)


@pytest.mark.parametrize("first", ['{"token": "no"}', "[]", "{", '{"token": 5}'])
def test_a_bad_first_frame_is_closed_with_4401(server: Server, first: str) -> None:
    async def follow() -> None:
        async with connect(address(server)) as socket:
            await socket.send(first)
            assert await closed_with(socket) == 4401

    run(follow)


def test_a_too_large_number_follows_from_the_last_event(server: Server, sender: Sender) -> None:
    async def follow() -> None:
        mail = sender.mail()
        async with connect(address(server, 10**9), additional_headers=bearer(sender)) as socket:
            assert (await frame(socket))["last"] < 10**9
            await asyncio.to_thread(visit, server, mail.pixel())
            assert (await frame(socket))["event"]["message"]["id"] == mail.id

    run(follow)


def test_a_revoked_device_is_cut_off(server: Server) -> None:
    other = server.sender()

    async def follow() -> None:
        async with connect(address(server), additional_headers=bearer(other)) as socket:
            await frame(socket)
            await asyncio.to_thread(other.http.delete, "/devices/me")
            assert await closed_with(socket) == 4401

    run(follow)


def test_a_device_revoked_by_the_command_is_cut_off_too(server: Server) -> None:
    other = server.sender()

    async def follow() -> None:
        async with connect(address(server), additional_headers=bearer(other)) as socket:
            await frame(socket)
            device = other.paired["device"]["id"]
            await asyncio.to_thread(command, server.data, "devices", "--revoke", device)
            assert await closed_with(socket) == 4401

    run(follow)


def test_a_client_that_does_not_read_delays_nobody(server: Server, sender: Sender) -> None:
    async def follow() -> None:
        async with connect(address(server), additional_headers=bearer(sender), max_queue=1):
            start = time.monotonic()
            mail = await asyncio.to_thread(sender.mail)
            await asyncio.to_thread(visit, server, mail.pixel())
            assert time.monotonic() - start < 5

    run(follow)


def test_an_invalid_number_is_refused_at_the_handshake(server: Server) -> None:
    answer = httpx2.get(
        f"{server.url}/api/v1/live?after=x",
        headers={
            "connection": "upgrade",
            "upgrade": "websocket",
            "sec-websocket-version": "13",
            "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
        },
    )
    assert answer.status_code == 400


def test_browsers_alert_only_while_no_tray_is_connected(server: Server, sender: Sender) -> None:
    code = {"code": server.code(), "name": "A tray", "kind": "desktop"}
    tray = httpx2.post(f"{server.url}/api/v1/pair", json=code).json()
    headers = {"Authorization": f"Bearer {tray['token']}"}
    mails = [sender.mail() for _ in range(2)]
    for mail in mails:
        visit(server, mail.pixel())
        sender.wait_for_events(mail, 1)
    last = len(sender.events())

    def granted_after(up_to: int) -> int:
        claim = {"after": last - 2, "up_to": up_to}
        return int(sender.http.post("/alerts", json=claim).json()["after"])

    async def follow() -> None:
        async with connect(address(server, last), additional_headers=headers) as socket:
            await frame(socket)
            assert await asyncio.to_thread(granted_after, last - 1) == last - 1
        end = time.monotonic() + 15
        while (after := await asyncio.to_thread(granted_after, last - 1)) != last - 2:
            assert time.monotonic() < end, after
            await asyncio.sleep(0.05)
        async with connect(address(server, last), additional_headers=headers) as socket:
            assert (await frame(socket))["alerted"] == last - 1

    run(follow)
