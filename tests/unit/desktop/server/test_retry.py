from itertools import islice

import pytest
from sealbreak_desktop.server.retry import Next, decide, delays
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosedError, InvalidStatus
from websockets.frames import Close
from websockets.http11 import Response


def test_delays_grow_from_one_second_to_a_minute() -> None:
    middle = list(islice(delays(lambda: 0.5), 12))
    assert [round(one, 1) for one in middle[:4]] == [1.0, 1.6, 2.6, 4.1]
    assert middle[-1] == 60.0


@pytest.mark.parametrize("chance", [0.0, 0.999])
def test_delays_differ_but_keep_their_bounds(chance: float) -> None:
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
def test_one_function_decides_between_retry_and_fatal(error: Exception, next_step: Next) -> None:
    assert decide(error) is next_step
