"""Which clients may use the live connection, and which are disconnected."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from support.server.process import Sender, Server
from support.server.stranger import cookie, join, token_of
from support.server.wire import bearer
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

FORM = ("Content-Type", "application/x-www-form-urlencoded")


@pytest.fixture(scope="module")
def ann(server: Server) -> Iterator[Sender]:
    with join(server, "Ann") as sender:
        yield sender


def live(server: Server) -> str:
    return f"ws{server.url.removeprefix('http')}/api/v1/live"


def test_only_our_own_pages_may_use_the_live_connection_of_pages(
    server: Server, ann: Sender
) -> None:
    address = f"ws{server.url.removeprefix('http')}/history/live"
    signed_in = dict([cookie(ann)])
    refused: list[dict[str, Any]] = [
        {"origin": "https://example.org", "additional_headers": signed_in},
        {"origin": "null", "additional_headers": signed_in},
        {"origin": f"{server.url}.example.org", "additional_headers": signed_in},
        {"origin": "http://127.0.0.1:1", "additional_headers": signed_in},
        {"additional_headers": signed_in},
        {"origin": server.url},
        {"origin": server.url, "additional_headers": dict([bearer(token_of(ann))])},
    ]
    for options in refused:
        with pytest.raises(InvalidStatus) as answer:
            asyncio.run(first(address, **options))
        assert answer.value.response.status_code == 403, options
    told = asyncio.run(first(address, origin=server.url, additional_headers=signed_in))
    assert isinstance(told, dict)
    assert set(told) == {"last"}


async def first(address: str, frame: str | bytes | None = None, **options: Any) -> object:
    async with connect(address, proxy=None, **options) as socket:
        if frame is not None:
            await socket.send(frame)
        return json.loads(await asyncio.wait_for(socket.recv(), 5))


def test_the_live_connection_takes_no_cookie(server: Server, ann: Sender) -> None:
    headers = dict([cookie(ann)])
    for more in ({}, {"origin": server.url}, {"origin": "https://example.org"}):
        with pytest.raises(ConnectionClosed) as closed:
            asyncio.run(first(live(server), '{"token":""}', additional_headers=headers, **more))
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4401


def test_the_live_connection_takes_no_token_in_its_address(server: Server, ann: Sender) -> None:
    with pytest.raises(ConnectionClosed):
        asyncio.run(first(f"{live(server)}?after=0&token={token_of(ann)}", "{}"))


@pytest.mark.parametrize(
    "frame",
    ['{"token":"x"}', "{}", "[]", "null", '{"token":null}', '{"token":["x"]}', "", "x",
     b"\x00\xff", '{"token":"\\ud800"}', "[" * 5000],
)  # fmt: skip
def test_a_first_frame_without_a_good_token_ends_the_connection(
    server: Server, frame: str | bytes
) -> None:
    with pytest.raises(ConnectionClosed) as closed:
        asyncio.run(first(live(server), frame))
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4401


def test_a_bad_token_in_the_handshake_is_401(server: Server) -> None:
    with pytest.raises(InvalidStatus) as refused:
        asyncio.run(first(live(server), additional_headers={"Authorization": "Bearer x"}))
    assert refused.value.response.status_code == 401


def test_a_revoked_device_is_cut_off_from_the_live_connection(server: Server) -> None:
    async def follow(gone: Sender) -> int:
        headers = dict([bearer(token_of(gone))])
        async with connect(live(server), additional_headers=headers, proxy=None) as socket:
            await socket.recv()
            await asyncio.to_thread(gone.http.delete, "/devices/me")
            await asyncio.wait_for(socket.wait_closed(), 5)
            return socket.close_code or 0

    with join(server, "Ann") as gone:
        assert asyncio.run(follow(gone)) == 4401


async def first_behind(silent: list[str], address: str, server: Server, sender: Sender) -> object:
    """The first frame of a client at an address, while `silent` clients have sent no token."""
    frame = json.dumps({"token": token_of(sender)})
    async with AsyncExitStack() as stack:
        for elsewhere in silent:
            await stack.enter_async_context(
                connect(live(server), additional_headers=coming_from(elsewhere), proxy=None)
            )
        return await first(live(server), frame, additional_headers=coming_from(address))


def coming_from(address: str) -> dict[str, str]:
    return {"x-forwarded-for": address}


@pytest.mark.parametrize(
    ("silent", "address"),
    [(["84.130.20.9"] * 50, "84.130.20.9"),
     ([f"10.0.{n % 9}.1" for n in range(500)], "127.0.0.1")],
    ids=["one address", "private ones"],
)  # fmt: skip
def test_silent_connections_of_an_address_are_limited(
    server: Server, ann: Sender, silent: list[str], address: str
) -> None:
    with pytest.raises(ConnectionClosed) as closed:
        asyncio.run(first_behind(silent, address, server, ann))
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1013


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.9", "fd00::9"])
def test_silent_connections_behind_an_untrusted_proxy_block_nobody(
    server: Server, ann: Sender, address: str
) -> None:
    """All clients of a proxy have its address if the settings do not name it as trusted."""
    hello = asyncio.run(first_behind([address] * 100, address, server, ann))
    assert isinstance(hello, dict)
    assert hello["type"] == "hello"
