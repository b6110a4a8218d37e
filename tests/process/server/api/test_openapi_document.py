import re
from typing import Any

import httpx2
import pytest
from jsonschema import Draft202012Validator
from sealbreak_server.web.api.openapi.document import document
from sealbreak_server.web.api.openapi.links import LINKS
from sealbreak_server.web.routes import api_routes
from starlette.routing import Route, WebSocketRoute
from support.server.process import HOOK, Mail, Sender, Server, registration, visit

DOCUMENT = document("https://track.example.com")


def validate(name: str, body: Any) -> None:
    schema = {**DOCUMENT, "$ref": f"#/components/schemas/{name}"}
    Draft202012Validator(schema).validate(body)


class Anything:
    def __getattr__(self, name: str) -> Any:
        async def endpoint(request: Any) -> None: ...

        return endpoint


def routes() -> set[tuple[str, str, str]]:
    found = set()
    anything: Any = Anything()
    for route in api_routes(anything, anything, anything):
        if isinstance(route, Route):
            methods = (route.methods or set()) - {"HEAD"}
            found |= {(route.path_format, method.lower(), route.name) for method in methods}
        elif isinstance(route, WebSocketRoute):
            found.add((route.path_format, "get", route.name))
    return found


def test_the_document_describes_exactly_the_routes() -> None:
    described = {
        (path, method, operation["operationId"])
        for path, methods in DOCUMENT["paths"].items()
        for method, operation in methods.items()
    }
    assert described == routes()


@pytest.fixture(scope="module")
def mail(server: Server, sender: Sender) -> Mail:
    mail = sender.mail()
    visit(server, mail.pixel())
    visit(server, mail.link(1, "https://example.com/offer"))
    sender.wait_for_events(mail, 2)
    return mail


@pytest.mark.parametrize(
    ("path", "schema"),
    [("/messages", "Messages"), ("/events", "Events"), ("/devices", "Devices")],
)
def test_lists_match_the_schema(sender: Sender, mail: Mail, path: str, schema: str) -> None:
    validate(schema, sender.http.get(path).json())


def test_a_message_matches_the_schema(sender: Sender, mail: Mail) -> None:
    body = sender.message(mail)
    assert len(body["hits"]) == 2
    validate("MessageWithHits", body)


def test_created_objects_match_the_schema(sender: Sender) -> None:
    validate("Paired", sender.paired)
    validate("Lot", sender.http.post("/ids", json={}).json())
    validate("SignInLink", sender.http.post("/sign-in", json={}).json())
    validate("Message", sender.register(sender.blank()).json())


def test_problems_match_the_schema(server: Server) -> None:
    for path in ("/api/v1/messages", "/api/v1/nothing"):
        answer = httpx2.get(server.url + path)
        assert answer.headers["content-type"] == "application/problem+json"
        validate("Problem", answer.json())


def test_the_server_sends_the_document(server: Server) -> None:
    answer = httpx2.get(f"{server.url}/api/v1/openapi.json").json()
    assert answer["servers"] == [{"url": f"{server.url}/api/v1"}]
    assert answer["paths"] == DOCUMENT["paths"]


OPERATIONS = {
    operation["operationId"]: (method, path)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
}
BODIES: dict[str, Any] = {
    "put_message": registration(),
    "mute_message": {"muted": True},
    "withdraw_message": {"withdrawn": True},
    "add_webhook": {"url": HOOK},
    "enable_webhook": {"enabled": True},
}
"""What a request needs that no link gives it."""


def follow(sender: Sender, operation: str, given: dict[str, str], body: Any = None) -> Any:
    """The answer, which must be a success. `given`: the parameters."""
    method, template = OPERATIONS[operation]
    path = re.sub(r"{(\w+)}", lambda name: given[name[1]], template)
    query = {name: value for name, value in given.items() if f"{{{name}}}" not in template}
    sent = body or BODIES.get(operation, {} if method == "post" else None)
    answer = sender.http.request(method, path, params=query, json=sent)
    assert answer.is_success, (operation, given, answer.text)
    return answer.json() if answer.content else None


def first_parameters(sender: Sender, operation: str) -> dict[str, str]:
    """Of a request that no other led to."""
    if operation == "list_messages":
        return {"limit": "1"}
    if operation == "put_mute":
        return {"id": "ben@example.com"}
    if operation == "enable_webhook":
        return {"id": follow(sender, "add_webhook", {})["id"]}
    return {"id": (sender.blank() if operation == "put_message" else sender.mail()).id}


def fill(wanted: Any, answer: Any, given: dict[str, str]) -> Any:
    """With the values that the runtime expressions of OpenAPI name in the answer or its request."""
    if isinstance(wanted, dict):
        return {name: fill(value, answer, given) for name, value in wanted.items()}
    if isinstance(wanted, list):
        return [fill(value, answer, given) for value in wanted]
    if wanted.startswith("$request.path."):
        return given[wanted.removeprefix("$request.path.")]
    for part in wanted.removeprefix("$response.body#/").split("/"):
        answer = answer[int(part) if part.isdigit() else part]
    return answer


@pytest.mark.parametrize(
    ("operation", "following"), [(one, name) for one, links in LINKS.items() for name in links]
)
def test_what_an_answer_names_is_what_the_next_request_asks(
    server: Server, mail: Mail, operation: str, following: str
) -> None:
    sender = server.sender()
    given = first_parameters(sender, operation)
    answer = sender.paired if operation == "pair" else follow(sender, operation, given)
    link = LINKS[operation][following]
    parameters = fill(link.get("parameters", {}), answer, given)
    follow(
        sender, link["operationId"], parameters, fill(link.get("requestBody", {}), answer, given)
    )
