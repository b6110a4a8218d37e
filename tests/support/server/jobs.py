"""Jobs that run until they are cancelled."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

from sealbreak_server.app import make_services
from sealbreak_server.errors import UnavailableError
from sealbreak_server.services import Services
from sealbreak_server.settings import read_settings

Job = Callable[[Services], Awaitable[None]]


def services_at(data: Path, now: float, **flags: str) -> Services:
    """With a clock that stands still."""
    return make_services(read_settings({"data": str(data), **flags}, {}), clock=lambda: now)


async def run_until(done: asyncio.Event, job: Job, services: Services) -> None:
    """Cancels the job as soon as `done` is set."""
    running = asyncio.ensure_future(job(services))
    await asyncio.wait_for(done.wait(), 20)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


class Unavailable:
    """A read or a write of a database that cannot be reached."""

    def __init__(self) -> None:
        self.retried = asyncio.Event()
        self.called = False

    async def __call__(self, *_args: object) -> None:
        if self.called:
            self.retried.set()
        self.called = True
        raise UnavailableError("Not now.")
