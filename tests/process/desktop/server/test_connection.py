import asyncio
import json
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from sealbreak_desktop.server import connection, retry
from sealbreak_desktop.server.connection import Account, Connection, Update
from sealbreak_desktop.server.wire import EventFrame
from sealbreak_desktop.state.inputs import Connected, Connecting, Lost, SignedOut
from sealbreak_desktop.system.clock import ClockJump
from support.desktop.scripted_server import ScriptedServer, frame, golden, hello
from support.desktop.server import Server
from support.desktop.server import server as live_server
from websockets.asyncio.server import ServerConnection


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "FIRST_DELAY", 0.01)
    monkeypatch.setattr(retry, "MAX_DELAY", 0.05)


def listen(server: ScriptedServer | Server, enough: Callable[[list[Update]], bool]) -> list[Update]:
    """What a connection emits, until it is enough or it ends by itself."""
    updates: list[Update] = []

    async def follow() -> None:
        done = asyncio.Event()

        async def emit(what: Update) -> None:
            updates.append(what)
            if enough(updates):
                done.set()

        def position() -> tuple[int, int]:
            numbers = [one.event.number for one in updates if isinstance(one, EventFrame)]
            return max(numbers, default=0), 0

        one = Connection(Account(server.address, "secret"), position, emit)
        running = asyncio.create_task(one.run())
        finished = asyncio.create_task(done.wait())
        await asyncio.wait((running, finished), return_when="FIRST_COMPLETED", timeout=10)
        for task in (running, finished):
            task.cancel()
        await asyncio.wait((running, finished))

    asyncio.run(follow())
    return updates


def kinds(updates: list[Update]) -> list[type]:
    return [type(one) for one in updates]


def events(updates: list[Update]) -> list[int]:
    return [one.event.number for one in updates if isinstance(one, EventFrame)]


def after(count: int, kind: type) -> Callable[[list[Update]], bool]:
    return lambda updates: sum(isinstance(one, kind) for one in updates) >= count


def test_the_token_is_in_the_header_and_never_in_the_address() -> None:
    with ScriptedServer() as server:
        listen(server, after(1, Connected))
        assert server.tokens == ["Bearer secret"]


def test_it_greets_and_follows() -> None:
    with ScriptedServer([golden("opened-through-gmail"), golden("clicked")]) as server:
        updates = listen(server, after(2, EventFrame))
    assert kinds(updates) == [Connecting, Connected, EventFrame, EventFrame]
    assert updates[1] == Connected(last=4, account="Ann")


def test_after_a_restore_the_connection_resumes_at_once_from_the_lower_number() -> None:
    numbers = iter([7, 7, 3, 3])

    async def follow() -> None:
        async def emit(what: Update) -> None:
            if len(server.asked) == 2:
                raise asyncio.CancelledError

        position = lambda: (next(numbers, 3), 0)  # noqa: E731
        one = Connection(Account(server.address, "secret"), position, emit)
        await asyncio.wait((asyncio.create_task(one.run()),), timeout=5)

    with ScriptedServer([golden("clicked", number=number) for number in (8, 9)]) as server:
        asyncio.run(follow())
        assert server.asked == [7, 3]


def test_after_a_break_it_goes_on_after_the_last_number() -> None:
    async def break_off(socket: ServerConnection, since: int) -> None:
        await socket.send(hello(2))
        await socket.send(frame(golden("clicked", number=since + 1)))
        await socket.close(1012)

    with ScriptedServer() as server:
        server.script = break_off
        updates = listen(server, after(3, EventFrame))
        assert server.asked[:3] == [0, 1, 2]
    assert events(updates) == [1, 2, 3]
    assert Lost("The server closed the connection") in updates


def test_a_refused_token_ends_it_without_a_loop() -> None:
    with ScriptedServer() as server:
        server.refuse_with, server.challenge = 401, "Bearer"
        updates = listen(server, lambda _: False)
        assert len(server.tokens) == 1
    assert kinds(updates) == [Connecting, SignedOut]


def test_the_real_server_signs_out_a_wrong_token(tmp_path: Path) -> None:
    with live_server(tmp_path) as running:
        updates = listen(running, lambda _: False)
    assert kinds(updates) == [Connecting, SignedOut]


def test_a_token_revoked_meanwhile_ends_it_too() -> None:
    async def revoke(socket: ServerConnection, _: int) -> None:
        await socket.send(hello(0))
        await socket.close(4401)

    with ScriptedServer() as server:
        server.script = revoke
        updates = listen(server, lambda _: False)
    assert kinds(updates) == [Connecting, Connected, SignedOut]


@pytest.mark.parametrize("code", [1001, 1011, 1012, 4408])
def test_every_other_end_is_followed_by_another_try(code: int) -> None:
    async def close(socket: ServerConnection, _: int) -> None:
        await socket.close(code)

    with ScriptedServer() as server:
        server.script = close
        updates = listen(server, after(3, Connecting))
    assert kinds(updates)[:3] == [Connecting, Lost, Connecting]


@pytest.mark.parametrize("status", [401, 403, 404, 500, 503])
def test_a_failing_server_is_tried_again(status: int) -> None:
    with ScriptedServer() as server:
        server.refuse_with = status
        updates = listen(server, after(2, Lost))
    assert updates[1] == Lost(f"{server.address} answers with error {status}")


def test_an_answer_of_another_program_is_named_as_such() -> None:
    with ScriptedServer() as server:
        server.refuse_with = 200
        updates = listen(server, after(1, Lost))
    assert updates[1] == Lost(f"{server.address} does not respond like a Sealbreak server")


@pytest.mark.parametrize("garbage", ["", "no json", "[1]", '{"type": "event"}', b"\x00\xff"])
def test_garbage_is_a_reason_to_try_again(garbage: str | bytes) -> None:
    async def rave(socket: ServerConnection, _: int) -> None:
        await socket.send(garbage)
        await socket.wait_closed()

    with ScriptedServer() as server:
        server.script = rave
        updates = listen(server, after(2, Lost))
    assert updates[1] == Lost(f"{server.address} does not respond like a Sealbreak server")


def test_a_frame_that_is_too_big_is_refused() -> None:
    async def flood(socket: ServerConnection, _: int) -> None:
        await socket.send("x" * (connection.MAX_FRAME + 1))
        await socket.wait_closed()

    with ScriptedServer() as server:
        server.script = flood
        updates = listen(server, after(1, Lost))
    assert kinds(updates) == [Connecting, Lost]


def test_an_unknown_frame_is_ignored() -> None:
    async def speak(socket: ServerConnection, _: int) -> None:
        await socket.send(hello(1))
        await socket.send(json.dumps({"type": "weather"}))
        await socket.send(frame(golden("clicked")))
        await socket.wait_closed()

    with ScriptedServer() as server:
        server.script = speak
        assert events(listen(server, after(1, EventFrame))) == [4]


def test_a_slow_server_is_waited_for() -> None:
    async def dawdle(socket: ServerConnection, _: int) -> None:
        await asyncio.sleep(0.3)  # slowness is the subject
        await socket.send(hello(0))
        await socket.wait_closed()

    with ScriptedServer() as server:
        server.script = dawdle
        assert kinds(listen(server, after(1, Connected))) == [Connecting, Connected]


def test_a_missing_server_is_reported_in_words() -> None:
    with ScriptedServer() as server:
        pass
    updates = listen(server, after(1, Lost))
    assert updates[1] == Lost(f"No answer from {server.address}")


def test_reconnect_ends_a_long_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "FIRST_DELAY", 60.0)
    monkeypatch.setattr(retry, "MAX_DELAY", 60.0)
    tries: list[Update] = []

    async def follow() -> None:
        async def emit(what: Update) -> None:
            tries.append(what)
            if isinstance(what, Lost):
                asyncio.get_running_loop().call_soon(one.reconnect)
            if len(tries) > 4:
                raise asyncio.CancelledError

        one = Connection(Account("http://127.0.0.1:1", "secret"), lambda: (0, 0), emit)
        await asyncio.wait((asyncio.create_task(one.run()),), timeout=5)

    asyncio.run(follow())
    assert kinds(tries) == [Connecting, Lost, Connecting, Lost, Connecting]


def test_after_a_reconnect_the_waits_are_short_again(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[str] = []

    def counted() -> Iterator[float]:
        for number in count():
            waits.append(f"no. {number}")
            yield 0.0 if number < 2 else 60.0

    monkeypatch.setattr(connection, "delays", counted)

    async def follow() -> None:
        async def emit(what: Update) -> None:
            if isinstance(what, Lost) and len(waits) == 2:
                asyncio.get_running_loop().call_later(0.01, one.reconnect)
            if len(waits) == 4:
                raise asyncio.CancelledError

        one = Connection(Account("http://127.0.0.1:1", "secret"), lambda: (0, 0), emit)
        await asyncio.wait((asyncio.create_task(one.run()),), timeout=5)

    asyncio.run(follow())
    assert waits == ["no. 0", "no. 1", "no. 2", "no. 0"]


def test_reconnect_drops_a_connection_that_may_be_dead() -> None:
    with ScriptedServer() as server:
        updates: list[Update] = []

        async def follow() -> None:
            async def emit(what: Update) -> None:
                updates.append(what)
                if isinstance(what, Connected):
                    one.reconnect()
                if len(server.asked) > 1:
                    raise asyncio.CancelledError

            one = Connection(Account(server.address, "secret"), lambda: (0, 0), emit)
            await asyncio.wait((asyncio.create_task(one.run()),), timeout=5)

        asyncio.run(follow())
    assert kinds(updates)[:4] == [Connecting, Connected, Lost, Connecting]


def test_waking_up_connects_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "CLOCK_INTERVAL", 0.01)
    monkeypatch.setattr(ClockJump, "happened", lambda *_: True)
    with ScriptedServer() as server:
        updates = listen(server, after(2, Lost))
    assert Lost("The server closed the connection") in updates
