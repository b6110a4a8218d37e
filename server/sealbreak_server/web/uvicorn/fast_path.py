"""The way to pixels and links past the framework: nearly all requests are for them."""

from collections.abc import Sequence

from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from sealbreak_server.web.beacon import Beacon
from sealbreak_server.web.uvicorn.http import Finish


class FastPath:
    def __init__(self, app: ASGIApp, routes: Sequence[Route]) -> None:
        """`routes`: those of beacons, whose answers need nothing of what `app` does for others."""
        self.app = app
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        beacon = self._beacon(scope) if scope["type"] == "http" else None
        await (beacon or self.app)(scope, receive, send)

    def begin(self, scope: Scope, finish: Finish) -> bool:
        """For those who can wait without a task."""
        beacon = self._beacon(scope)
        if beacon is None:
            return False
        beacon.begin(scope, finish)
        return True

    def _beacon(self, scope: Scope) -> Beacon | None:
        for route in self._routes:
            if found := route.path_regex.match(scope["path"]):
                scope["path_params"] = found.groupdict()
                scope["route"] = route
                beacon: Beacon = route.endpoint  # type: ignore[assignment]
                return beacon
        return None
