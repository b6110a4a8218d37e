"""Frames besides events: settings, mutes, the read mark and erasures."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sealbreak_server.web.live import spans
from support.server.process import Sender, Server, command, visit
from websockets.asyncio.client import ClientConnection, connect

Frame = dict[str, Any]


async def frame(socket: ClientConnection, kind: str = "") -> Frame:
    """The next frame, or the next frame of a kind."""
    async with asyncio.timeout(20):
        while True:
            body: Frame = json.loads(await socket.recv())
            if kind in ("", body["type"]):
                return body


def live(sender: Sender, query: str, test: Callable[[ClientConnection], Awaitable[None]]) -> None:
    address = f"{sender.url.replace('http', 'ws')}/api/v1/live?{query}"
    token = {"Authorization": f"Bearer {sender.paired['token']}"}

    async def play() -> None:
        async with connect(address, additional_headers=token) as socket:
            await test(socket)

    asyncio.run(play())


async def do(call: Callable[..., Any], *arguments: Any, **more: Any) -> Any:
    return await asyncio.to_thread(call, *arguments, **more)


def holds(told: Frame, number: int) -> bool:
    return any(first <= number <= last for first, last in told["numbers"])


FROM_NOW = f"after={10**9}"


def test_the_hello_frame_has_snooze_and_mutes(sender: Sender) -> None:
    mail = sender.mail()
    sender.http.put(f"/messages/{mail.id}/mute", json={"muted": True})
    sender.http.put("/mutes/Ben@example.com")
    sender.http.post("/snooze", json={"until": "2031-01-01T00:00:00.000Z"})

    async def look(socket: ClientConnection) -> None:
        settings = (await frame(socket))["settings"]
        assert settings["snoozed_until"] == "2031-01-01T00:00:00.000Z"
        assert settings["muted_recipients"] == ["ben@example.com"]
        assert mail.id in settings["muted_messages"]

    live(sender, "after=0", look)


def test_a_snooze_is_sent_to_the_other_devices(sender: Sender) -> None:
    async def look(socket: ClientConnection) -> None:
        await frame(socket, "hello")
        await do(sender.http.post, "/snooze", json={"until": "2030-01-01T00:00:00.000Z"})
        told = await frame(socket, "settings")
        assert told["settings"]["snoozed_until"] == "2030-01-01T00:00:00.000Z"

    live(sender, FROM_NOW, look)


def test_a_mute_by_the_command_is_sent(server: Server, sender: Sender) -> None:
    async def look(socket: ClientConnection) -> None:
        await frame(socket, "hello")
        await do(command, server.data, "preferences", "--mute", "cleo@example.com")
        told = await frame(socket, "settings")
        assert "cleo@example.com" in told["settings"]["muted_recipients"]

    live(sender, FROM_NOW, look)


def test_an_erasure_is_sent_to_a_device_that_stores_events(server: Server, sender: Sender) -> None:
    mail = sender.mail()
    visit(server, mail.pixel())
    (event,) = sender.wait_for_events(mail, 1)

    async def look(socket: ClientConnection) -> None:
        await frame(socket, "hello")
        await do(command, server.data, "erase", "--yes", "--message", mail.id)
        while not holds(told := await frame(socket, "erased"), event["number"]):
            pass  # erasures of other tests
        assert told["before"] == 1

    live(sender, f"after={event['number']}&erasures=0", look)


def test_a_missed_erasure_is_sent_on_reconnection(server: Server, sender: Sender) -> None:
    mail = sender.mail()
    visit(server, mail.pixel())
    (event,) = sender.wait_for_events(mail, 1)
    command(server.data, "erase", "--yes", "--message", mail.id)

    async def look(socket: ClientConnection) -> None:
        told = await frame(socket, "erased")
        assert holds(told, event["number"])

    live(sender, f"after={event['number']}&erasures=0", look)


def test_a_known_erasure_is_not_sent_again(server: Server, sender: Sender) -> None:
    async def first(socket: ClientConnection) -> None:
        erasures.append((await frame(socket, "erased"))["erasures"])

    async def second(socket: ClientConnection) -> None:
        await frame(socket, "hello")
        await do(sender.http.post, "/snooze", json={"until": None})
        assert (await frame(socket))["type"] == "read"

    mail, erasures = sender.mail(), list[int]()
    visit(server, mail.pixel())
    sender.wait_for_events(mail, 1)
    command(server.data, "erase", "--yes", "--message", mail.id)
    live(sender, f"after={10**9}&erasures=0", first)
    live(sender, f"after={10**9}&erasures={erasures[0]}", second)


@pytest.mark.parametrize(
    ("numbers", "told"),
    [([], []), ([7], [[7, 7]]), ([3, 4, 5, 9], [[3, 5], [9, 9]])],
)
def test_consecutive_numbers_are_one_span(numbers: list[int], told: list[list[int]]) -> None:
    assert spans(numbers) == told


def test_an_event_without_an_erased_person_is_sent_again(server: Server, sender: Sender) -> None:
    people = [
        {"address": f"{name}@example.com", "name": None, "kind": "to", "copy": copy}
        for name, copy in (("moe", 1), ("nia", 2))
    ]
    mail = sender.mail(recipients=people)
    visit(server, mail.pixel(2))
    (event,) = sender.wait_for_events(mail, 1)

    async def look(socket: ClientConnection) -> None:
        await frame(socket, "hello")
        await do(command, server.data, "erase", "--yes", "--recipient", "moe@example.com")
        told = await frame(socket, "rewritten")
        assert told["event"]["number"] == event["number"]
        assert "moe@" not in json.dumps(told)
        assert not holds(await frame(socket, "erased"), event["number"])

    known = sender.http.get("/events").json()["erasures"]
    live(sender, f"after={event['number']}&erasures={known}", look)
