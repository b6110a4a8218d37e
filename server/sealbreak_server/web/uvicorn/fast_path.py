"""Answers pixels and links without the framework, as nearly all requests are for them."""

from collections.abc import Sequence

from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from sealbreak_server.web.beacon import Beacon
from sealbreak_server.web.responses import Respond


class FastPath:
    def __init__(self, app: ASGIApp, routes: Sequence[Route]) -> None:
        """`routes` lead to beacons, which need no middleware. `app` gets all other requests."""
        self.app = app
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        beacon = self._beacon(scope) if scope["type"] == "http" else None
        await (beacon or self.app)(scope, receive, send)

    def handle(self, scope: Scope, respond: Respond) -> bool:
        """Whether this is a beacon's request. Then `respond` is called later, without a task."""
        beacon = self._beacon(scope)
        if beacon is None:
            return False
        beacon.handle(scope, respond)
        return True

    def _beacon(self, scope: Scope) -> Beacon | None:
        for route in self._routes:
            if found := route.path_regex.match(scope["path"]):
                scope["path_params"] = found.groupdict()
                scope["route"] = route
                beacon: Beacon = route.endpoint  # type: ignore[assignment]
                return beacon
        return None
