import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sealbreak_desktop.errors import RefusedError, SealbreakError, UnreachableError
from sealbreak_desktop.server.api import Api
from sealbreak_desktop.server.requests import Errands
from support.desktop.processes import eventually
from support.desktop.server import Server, fetch

T = TypeVar("T")
NOBODY = Api("http://127.0.0.1:1", "secret")


def play(
    api: Api | None, call: Callable[[Errands], Awaitable[T]]
) -> tuple[T, list[SealbreakError]]:
    """What the call gives, and what the user is told."""
    told: list[SealbreakError] = []

    async def run() -> T:
        errands = Errands(told.append)
        errands.api = api
        return await call(errands)

    return asyncio.run(run()), told


def refuse(*_: object) -> None:
    raise RefusedError("no")


def test_what_cannot_be_done_for_the_user_is_told() -> None:
    assert play(None, lambda errands: errands.run(int)) == (True, [])
    done, told = play(None, lambda errands: errands.run(lambda: NOBODY.mark_read(1)))
    assert not done
    assert isinstance(told[0], UnreachableError)


def test_what_the_server_did_not_hear_is_worth_another_try_and_what_it_refused_is_not() -> None:
    assert play(NOBODY, lambda errands: errands.report(lambda api: api.mark_read(1))) == (False, [])
    assert play(NOBODY, lambda errands: errands.report(refuse)) == (True, [])
    assert play(None, lambda errands: errands.report(refuse)) == (False, [])


def test_an_event_is_looked_up_by_its_number(live: Server) -> None:
    api = Api(live.address, live.call("POST", "pair", a_device(live))["token"])
    fetch(live.message("Offer 12").pixel)
    eventually(lambda: live.call("GET", "events?after=0")["last"] == 1, "the event")
    event, _ = play(api, lambda errands: errands.event(1))
    assert event is not None
    assert event.subject == "Offer 12"
    assert play(api, lambda errands: errands.event(2)) == (None, [])
    assert play(NOBODY, lambda errands: errands.event(1)) == (None, [])


def a_device(live: Server) -> dict[str, str]:
    return {"code": live.pairing_code(), "name": "Test", "kind": "desktop"}
