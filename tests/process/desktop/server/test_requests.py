import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sealbreak_desktop.errors import RefusedError, SealbreakError, UnreachableError
from sealbreak_desktop.server.api import Api
from sealbreak_desktop.server.requests import Requests
from support.desktop.processes import eventually
from support.desktop.server import Server, fetch

T = TypeVar("T")
NOBODY = Api("http://127.0.0.1:1", "secret")


def play(
    api: Api | None, call: Callable[[Requests], Awaitable[T]]
) -> tuple[T, list[SealbreakError]]:
    """The result of the call, and the errors that the user sees."""
    told: list[SealbreakError] = []

    async def run() -> T:
        requests = Requests(told.append)
        requests.api = api
        return await call(requests)

    return asyncio.run(run()), told


def refuse(*_: object) -> None:
    raise RefusedError("no")


def test_a_failed_request_of_the_user_is_shown() -> None:
    assert play(None, lambda requests: requests.run(int)) == (True, [])
    done, told = play(None, lambda requests: requests.run(lambda: NOBODY.mark_read(1)))
    assert not done
    assert isinstance(told[0], UnreachableError)


def test_a_report_is_retried_when_the_server_was_unreachable_and_not_when_it_refused() -> None:
    assert play(NOBODY, lambda requests: requests.report(lambda api: api.mark_read(1))) == (
        False,
        [],
    )
    assert play(NOBODY, lambda requests: requests.report(refuse)) == (True, [])
    assert play(None, lambda requests: requests.report(refuse)) == (False, [])


def test_an_event_is_fetched_by_its_number(live: Server) -> None:
    api = Api(live.address, live.call("POST", "pair", a_device(live))["token"])
    fetch(live.message("Offer 12").pixel)
    eventually(lambda: live.call("GET", "events?after=0")["last"] == 1, "the event")
    event, _ = play(api, lambda requests: requests.event(1))
    assert event is not None
    assert event.subject == "Offer 12"
    assert play(api, lambda requests: requests.event(2)) == (None, [])
    assert play(NOBODY, lambda requests: requests.event(1)) == (None, [])


def a_device(live: Server) -> dict[str, str]:
    return {"code": live.pairing_code(), "name": "Test", "kind": "desktop"}
