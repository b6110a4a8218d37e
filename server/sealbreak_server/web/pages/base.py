"""What all pages share: templates, the signed-in account and the check of forms."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode

from jinja2 import Environment, FileSystemLoader, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from sealbreak_server.checks.finding import Finding
from sealbreak_server.classification.explain import country_name
from sealbreak_server.errors import ForbiddenError, RefusalError, UnavailableError
from sealbreak_server.events.wire import wire_time
from sealbreak_server.model.addresses import person_of
from sealbreak_server.model.gmail import gmail_page
from sealbreak_server.model.open_state import LABELS
from sealbreak_server.services import Services
from sealbreak_server.storage.accounts import Principal
from sealbreak_server.storage.events import reader
from sealbreak_server.storage.preferences import preferences_of
from sealbreak_server.web.auth import Authenticator
from sealbreak_server.web.pages.times import first_zone, format_exact, format_time, with_times
from sealbreak_server.web.responses import NO_STORE
from sealbreak_server.web.self_tests import gmail_finding

PAGES = Path(__file__).parent
MAX_FIELDS = 100
ZONE_COOKIE = "zone"


@dataclass(frozen=True, slots=True)
class PageRequest:
    """A request from a signed-in browser."""

    request: Request
    principal: Principal
    last: int
    """Number of the newest event when the page was rendered. A later event makes it out of date."""
    fields: dict[str, str]
    """The fields of a posted form; empty for a GET request."""
    gmail: Finding | None = None
    """When Gmail last came."""


Handler = Callable[[PageRequest], Awaitable[Response]]


class PageRenderer:
    def __init__(self, services: Services, authenticator: Authenticator) -> None:
        self.services = services
        self.authenticator = authenticator
        self._templates = environment()

    def page(self, template: str, status: int = 200, **values: Any) -> Response:
        text = self._templates.get_template(template).render(**values)
        return HTMLResponse(text, status, headers={"Cache-Control": NO_STORE})

    def show(
        self, page_request: PageRequest, template: str, status: int = 200, **values: Any
    ) -> Response:
        csrf_token = self.authenticator.csrf_token(page_request.request)
        common = {
            "principal": page_request.principal,
            "csrf_token": csrf_token,
            "last": page_request.last,
            "gmail": page_request.gmail,
        }
        return self.page(template, status, **common, **values)

    async def zone(self, page_request: PageRequest) -> tzinfo:
        """The browser's time zone, which the script of the pages tells; else the account's."""
        request, account = page_request.request, page_request.principal.account
        found = await self.services.storage.read(preferences_of, account)
        told = unquote(request.cookies.get(ZONE_COOKIE, ""))
        asked = request.query_params.get("zone", "")
        return first_zone(asked, told, found.preferences.time_zone)

    def signed_in(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            page_request = None
            try:
                principal = await self.authenticator.of_cookie(request)
                if principal is None:
                    return self.page("signed_out.html", 401)
                fields = await self.form(request) if request.method == "POST" else {}
                last = await self.services.storage.read(reader.last_event, principal.account)
                gmail = await gmail_finding(self.services, principal.account)
                page_request = PageRequest(request, principal, last, fields, gmail)
                return await handler(page_request)
            except RefusalError as error:
                return self._problem(error.status, error.title, error.message, page_request)
            except UnavailableError as error:
                return self._problem(503, error.title, "Reload the page in a moment.")

        return endpoint

    async def form(self, request: Request) -> dict[str, str]:
        """Raises `ForbiddenError` if the form is not from a page of this session."""
        fields = await read_form(request)
        if not self.authenticator.holds_csrf_token(request, fields.get("csrf_token", "")):
            raise ForbiddenError(
                "This form is out of date or from another site. Reload the page and try again."
            )
        return fields

    def _problem(
        self, status: int, title: str, detail: str, page_request: PageRequest | None = None
    ) -> Response:
        """With a `page_request`, the page has the navigation of a signed-in browser."""
        values = {"title": title, "detail": detail}
        if page_request is None:
            return self.page("problem.html", status, **values)
        return self.show(page_request, "problem.html", status, **values)


async def read_form(request: Request) -> dict[str, str]:
    """Empty if the form has too many fields."""
    text = (await request.body()).decode("latin-1")
    try:
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_FIELDS))
    except ValueError:
        return {}


def environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(PAGES / "templates"),
        autoescape=select_autoescape(default=True),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["format_time"] = format_time
    environment.filters["with_times"] = with_times
    environment.filters["wire_time"] = wire_time
    environment.filters["country"] = country_name
    environment.filters["format_exact"] = format_exact
    environment.filters["person_page"] = person_page
    environment.filters["person_of"] = person_of
    environment.filters["state_words"] = LABELS.__getitem__
    environment.globals["address_of"] = with_query
    environment.globals["gmail_page"] = gmail_page
    return environment


def with_query(path: str, **query: object) -> str:
    """The path with all values of `query` that are not empty."""
    given = {name: value for name, value in query.items() if value not in {None, ""}}
    return f"{path}?{urlencode(given)}" if given else path


def person_page(address: str) -> str:
    return f"/history/people/{quote(address, safe='@')}"
