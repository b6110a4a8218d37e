"""Test mails to oneself, which prove the whole way through Gmail."""

from starlette.requests import Request
from starlette.responses import Response

from sealbreak_server.checks.finding import Finding
from sealbreak_server.checks.judgements.self_test import obstacle
from sealbreak_server.errors import BadRequestError
from sealbreak_server.events.wire import wire_time
from sealbreak_server.services import Services
from sealbreak_server.storage.lists.gmail_accounts import gmail_accounts
from sealbreak_server.web.api.base import Resource
from sealbreak_server.web.auth import Authenticator
from sealbreak_server.web.responses import JsonResponse
from sealbreak_server.web.self_tests import SelfTests, compose_url


class SelfTestResource(Resource):
    def __init__(
        self, services: Services, authenticator: Authenticator, self_tests: SelfTests
    ) -> None:
        super().__init__(services, authenticator)
        self._self_tests = self_tests

    async def make(self, request: Request) -> Response:
        principal = await self._principal(request)
        if why := obstacle(self._services.settings.public_url):
            raise BadRequestError(why)
        test = await self._self_tests.current(principal.account)
        self._services.feed.wake([principal.owner])
        names = await self._storage.read(gmail_accounts, principal.account)
        body = {
            "compose_url": compose_url(test, names),
            "page": test.page,
            "expires_at": wire_time(test.expires_at),
        }
        return JsonResponse(body, 201)

    async def show(self, request: Request) -> Response:
        principal = await self._principal(request)
        found = await self._self_tests.findings(principal.account)
        return JsonResponse({"findings": [finding_body(finding) for finding in found]})


def finding_body(finding: Finding) -> dict[str, str]:
    return {
        "topic": finding.topic,
        "status": finding.status.value,
        "summary": finding.summary,
        "advice": finding.advice,
    }
