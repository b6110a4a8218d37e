"""The account's webhooks."""

from starlette.requests import Request
from starlette.responses import Response

from sealbreak_server.errors import NotFoundError
from sealbreak_server.model.fields import Fields
from sealbreak_server.model.webhook import LONGEST_URL
from sealbreak_server.model.webhook_templates import JSON, LONGEST_TEMPLATE
from sealbreak_server.storage.events import webhook_deliveries
from sealbreak_server.web.api.base import Resource
from sealbreak_server.web.bodies import webhook_body
from sealbreak_server.web.requests import json_body
from sealbreak_server.web.responses import JsonResponse, no_content


class Webhooks(Resource):
    async def list(self, request: Request) -> Response:
        principal = await self._principal(request)
        webhooks = await self._storage.read(webhook_deliveries.webhooks, principal.account)
        return JsonResponse({"webhooks": [webhook_body(webhook) for webhook in webhooks]})

    async def add(self, request: Request) -> Response:
        principal = await self._principal(request)
        fields = Fields(await json_body(request))
        url = fields.text("url", LONGEST_URL, shortest=1)
        template = fields.text("template", LONGEST_TEMPLATE, default=JSON)
        allowed, now = self._services.settings.webhook_networks, self._services.clock()
        webhook = await self._storage.write(
            webhook_deliveries.add, principal.account, url, allowed, now, template
        )
        return JsonResponse(webhook_body(webhook), 201)

    async def enable(self, request: Request) -> Response:
        principal = await self._principal(request)
        webhook = await self._storage.write(
            webhook_deliveries.enable, principal.account, request.path_params["id"]
        )
        return JsonResponse(webhook_body(webhook))

    async def delete(self, request: Request) -> Response:
        principal = await self._principal(request)
        identifier = request.path_params["id"]
        if not await self._storage.write(webhook_deliveries.remove, principal.account, identifier):
            raise NotFoundError("There is no such webhook.")
        return no_content()
