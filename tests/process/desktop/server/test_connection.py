import asyncio
import json
from collections.abc import Callable, Iterator
from itertools import count, islice
from pathlib import Path

import pytest
from sealbreak_desktop.server import connection
from sealbreak_desktop.server.connection import (
    Account,
    Clocks,
    Connection,
    Next,
    Told,
    decide,
    delays,
)
from sealbreak_desktop.state.state import Connected, Connecting, Lost, SignedOut
from support.desktop.scripted_server import ScriptedServer, frame, golden, hello
from support.desktop.server import Server
from support.desktop.server import server as live_server
from websockets.asyncio.server import ServerConnection
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosedError, InvalidStatus
from websockets.frames import Close
from websockets.http11 import Response


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "FIRST_DELAY", 0.01)
    monkeypatch.setattr(connection, "LONGEST_DELAY", 0.05)


def listen(server: ScriptedServer | Server, enough: Callable[[list[Told]], bool]) -> list[Told]:
    """What a connection tells, until it is enough or ends by itself."""
    told: list[Told] = []

    async def follow() -> None:
        done = asyncio.Event()

        async def tell(what: Told) -> None:
            told.append(what)
            if enough(told):
                done.set()

        def place() -> tuple[int, int]:
            numbers = [one[0].number for one in told if isinstance(one, tuple)]
            return max(numbers, default=0), 0

        one = Connection(Account(server.address, "secret"), place, tell)
        running = asyncio.create_task(one.run())
        finished = asyncio.create_task(done.wait())
        await asyncio.wait((running, finished), return_when="FIRST_COMPLETED", timeout=10)
        for task in (running, finished):
            task.cancel()
        await asyncio.wait((running, finished))

    asyncio.run(follow())
    return told


def kinds(told: list[Told]) -> list[type]:
    return [type(one) for one in told]


def events(told: list[Told]) -> list[int]:
    return [one[0].number for one in told if isinstance(one, tuple)]


def after(count: int, kind: type) -> Callable[[list[Told]], bool]:
    return lambda told: sum(isinstance(one, kind) for one in told) >= count


def test_it_says_who_it_is_in_the_header_and_never_in_the_address() -> None:
    with ScriptedServer() as server:
        listen(server, after(1, Connected))
        assert server.tokens == ["Bearer secret"]


def test_it_greets_and_follows() -> None:
    with ScriptedServer([golden("opened-through-gmail"), golden("clicked")]) as server:
        told = listen(server, after(2, tuple))
    assert kinds(told) == [Connecting, Connected, tuple, tuple]
    assert told[1] == Connected(last=4, account="Ann")


def test_when_the_number_is_set_back_all_after_it_is_asked_for_at_once() -> None:
    numbers = iter([7, 7, 3, 3])

    async def follow() -> None:
        async def tell(what: Told) -> None:
            if len(server.asked) == 2:
                raise asyncio.CancelledError

        place = lambda: (next(numbers, 3), 0)  # noqa: E731
        one = Connection(Account(server.address, "secret"), place, tell)
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
        told = listen(server, after(3, tuple))
        assert server.asked[:3] == [0, 1, 2]
    assert events(told) == [1, 2, 3]
    assert Lost("The server closed the connection") in told


def test_a_refused_token_ends_it_without_a_loop() -> None:
    with ScriptedServer() as server:
        server.refuse_with, server.challenge = 401, "Bearer"
        told = listen(server, lambda _: False)
        assert len(server.tokens) == 1
    assert kinds(told) == [Connecting, SignedOut]


def test_the_server_itself_is_understood_when_it_refuses_a_token(tmp_path: Path) -> None:
    with live_server(tmp_path) as running:
        told = listen(running, lambda _: False)
    assert kinds(told) == [Connecting, SignedOut]


def test_a_token_revoked_meanwhile_ends_it_too() -> None:
    async def revoke(socket: ServerConnection, _: int) -> None:
        await socket.send(hello(0))
        await socket.close(4401)

    with ScriptedServer() as server:
        server.script = revoke
        told = listen(server, lambda _: False)
    assert kinds(told) == [Connecting, Connected, SignedOut]


@pytest.mark.parametrize("code", [1001, 1011, 1012, 4408])
def test_every_other_end_is_followed_by_another_try(code: int) -> None:
    async def close(socket: ServerConnection, _: int) -> None:
        await socket.close(code)

    with ScriptedServer() as server:
        server.script = close
        told = listen(server, after(3, Connecting))
    assert kinds(told)[:3] == [Connecting, Lost, Connecting]


@pytest.mark.parametrize("status", [401, 403, 404, 500, 503])
def test_a_server_in_trouble_is_tried_again(status: int) -> None:
    with ScriptedServer() as server:
        server.refuse_with = status
        told = listen(server, after(2, Lost))
    assert told[1] == Lost(f"{server.address} answers with error {status}")


def test_a_page_of_another_kind_is_no_error_of_the_server() -> None:
    with ScriptedServer() as server:
        server.refuse_with = 200
        told = listen(server, after(1, Lost))
    assert told[1] == Lost(f"{server.address} does not talk like a Sealbreak server")


@pytest.mark.parametrize("garbage", ["", "no json", "[1]", '{"type": "event"}', b"\x00\xff"])
def test_garbage_is_a_reason_to_try_again(garbage: str | bytes) -> None:
    async def rave(socket: ServerConnection, _: int) -> None:
        await socket.send(garbage)
        await socket.wait_closed()

    with ScriptedServer() as server:
        server.script = rave
        told = listen(server, after(2, Lost))
    assert told[1] == Lost(f"{server.address} does not talk like a Sealbreak server")


def test_a_frame_too_big_is_not_taken_in() -> None:
    async def flood(socket: ServerConnection, _: int) -> None:
        await socket.send("x" * (connection.BIGGEST_FRAME + 1))
        await socket.wait_closed()

    with ScriptedServer() as server:
        server.script = flood
        told = listen(server, after(1, Lost))
    assert kinds(told) == [Connecting, Lost]


def test_an_unknown_frame_is_passed_over() -> None:
    async def speak(socket: ServerConnection, _: int) -> None:
        await socket.send(hello(1))
        await socket.send(json.dumps({"type": "weather"}))
        await socket.send(frame(golden("clicked")))
        await socket.wait_closed()

    with ScriptedServer() as server:
        server.script = speak
        assert events(listen(server, after(1, tuple))) == [4]


def test_a_slow_server_is_waited_for() -> None:
    async def dawdle(socket: ServerConnection, _: int) -> None:
        await asyncio.sleep(0.3)  # slowness is the subject
        await socket.send(hello(0))
        await socket.wait_closed()

    with ScriptedServer() as server:
        server.script = dawdle
        assert kinds(listen(server, after(1, Connected))) == [Connecting, Connected]


def test_no_server_is_told_in_words() -> None:
    with ScriptedServer() as server:
        pass
    told = listen(server, after(1, Lost))
    assert told[1] == Lost(f"No answer from {server.address}")


def test_hurry_ends_a_long_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "FIRST_DELAY", 60.0)
    monkeypatch.setattr(connection, "LONGEST_DELAY", 60.0)
    tries: list[Told] = []

    async def follow() -> None:
        async def tell(what: Told) -> None:
            tries.append(what)
            if isinstance(what, Lost):
                asyncio.get_running_loop().call_soon(one.hurry)
            if len(tries) > 4:
                raise asyncio.CancelledError

        one = Connection(Account("http://127.0.0.1:1", "secret"), lambda: (0, 0), tell)
        await asyncio.wait((asyncio.create_task(one.run()),), timeout=5)

    asyncio.run(follow())
    assert kinds(tries) == [Connecting, Lost, Connecting, Lost, Connecting]


def test_after_hurry_the_waits_are_short_again(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[str] = []

    def counted() -> Iterator[float]:
        for number in count():
            waits.append(f"no. {number}")
            yield 0.0 if number < 2 else 60.0

    monkeypatch.setattr(connection, "delays", counted)

    async def follow() -> None:
        async def tell(what: Told) -> None:
            if isinstance(what, Lost) and len(waits) == 2:
                asyncio.get_running_loop().call_later(0.01, one.hurry)
            if len(waits) == 4:
                raise asyncio.CancelledError

        one = Connection(Account("http://127.0.0.1:1", "secret"), lambda: (0, 0), tell)
        await asyncio.wait((asyncio.create_task(one.run()),), timeout=5)

    asyncio.run(follow())
    assert waits == ["no. 0", "no. 1", "no. 2", "no. 0"]


def test_hurry_drops_a_connection_that_may_be_dead() -> None:
    with ScriptedServer() as server:
        told: list[Told] = []

        async def follow() -> None:
            async def tell(what: Told) -> None:
                told.append(what)
                if isinstance(what, Connected):
                    one.hurry()
                if len(server.asked) > 1:
                    raise asyncio.CancelledError

            one = Connection(Account(server.address, "secret"), lambda: (0, 0), tell)
            await asyncio.wait((asyncio.create_task(one.run()),), timeout=5)

        asyncio.run(follow())
    assert kinds(told)[:4] == [Connecting, Connected, Lost, Connecting]


def test_delays_grow_from_one_second_to_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    middle = list(islice(delays(lambda: 0.5), 12))
    assert [round(one, 1) for one in middle[:4]] == [1.0, 1.6, 2.6, 4.1]
    assert middle[-1] == 60.0


@pytest.mark.parametrize("chance", [0.0, 0.999])
def test_delays_differ_but_keep_their_bounds(
    chance: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    spread = list(islice(delays(lambda: chance), 20))
    assert spread != list(islice(delays(lambda: 0.5), 20))
    assert min(spread) >= 1
    assert max(spread) <= 60


def closed(code: int) -> ConnectionClosedError:
    return ConnectionClosedError(Close(code, ""), Close(code, ""), True)


def answered(status: int, *challenges: str) -> InvalidStatus:
    headers = Headers([("WWW-Authenticate", challenge) for challenge in challenges])
    return InvalidStatus(Response(status, "", headers))


@pytest.mark.parametrize(
    ("error", "next_step"),
    [
        (OSError(), Next.RETRY),
        (TimeoutError(), Next.RETRY),
        (answered(401, "Bearer"), Next.SIGN_IN),
        (answered(401, "Basic realm=x", 'Bearer realm="x"'), Next.SIGN_IN),
        (answered(401), Next.RETRY),
        (answered(401, 'Basic realm="Guests"'), Next.RETRY),
        (answered(403), Next.RETRY),
        (answered(502), Next.RETRY),
        (closed(4401), Next.SIGN_IN),
        (closed(4408), Next.AT_ONCE),
        (closed(1012), Next.RETRY),
    ],
)
def test_one_function_says_retry_or_fatal(error: Exception, next_step: Next) -> None:
    assert decide(error) is next_step


def test_a_sleep_of_the_machine_is_noticed_once() -> None:
    clocks = Clocks(wall=1000, monotonic=0)
    assert not clocks.jumped(wall=1005, monotonic=5)
    assert clocks.jumped(wall=1065, monotonic=10)
    assert not clocks.jumped(wall=1070, monotonic=15)


def test_a_clock_set_back_is_no_sleep() -> None:
    assert not Clocks(wall=1000, monotonic=0).jumped(wall=400, monotonic=5)


def test_waking_up_connects_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "TICK", 0.01)
    monkeypatch.setattr(connection.Clocks, "jumped", lambda *_: True)
    with ScriptedServer() as server:
        told = listen(server, after(2, Lost))
    assert Lost("The server closed the connection") in told
