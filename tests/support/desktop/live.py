"""A live connection without a tray around it."""

import asyncio
from collections.abc import Callable

from sealbreak_desktop.server.connection import Account, Connection, Update
from sealbreak_desktop.state.inputs import Lost


def follow(address: str, token: str, enough: Callable[[Update], bool]) -> Update:
    """The first update of a live connection that is enough."""

    async def run() -> Update:
        found: asyncio.Future[Update] = asyncio.get_running_loop().create_future()

        async def emit(update: Update) -> None:
            if enough(update) and not found.done():
                found.set_result(update)

        running = asyncio.create_task(
            Connection(Account(address, token), lambda: (0, 0), emit).run()
        )
        try:
            return await asyncio.wait_for(found, 30)
        finally:
            running.cancel()
            await asyncio.wait((running,))

    return asyncio.run(run())


def lost(address: str) -> str:
    update = follow(address, "secret", lambda one: isinstance(one, Lost))
    assert isinstance(update, Lost)
    return update.problem
