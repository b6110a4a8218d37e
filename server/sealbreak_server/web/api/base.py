"""What the handlers of the API share: the services, and who is calling."""

from starlette.requests import Request

from sealbreak_server.services import Services
from sealbreak_server.storage.accounts import Principal
from sealbreak_server.web.auth import Authenticator


class Resource:
    def __init__(self, services: Services, authenticator: Authenticator) -> None:
        self._services = services
        self._storage = services.storage
        self._authenticator = authenticator

    async def _principal(self, request: Request) -> Principal:
        return await self._authenticator.of_request(request)
