"""What a request says: its JSON body, and the numbers and ids in its address."""

import json

from starlette.requests import Request

from sealbreak_server.errors import BadRequestError, NotFoundError, NotJsonError
from sealbreak_server.security.tokens import is_id


async def body_of(request: Request) -> object:
    text = await request.body()
    if text and not _is_json(request.headers.get("content-type")):
        raise NotJsonError("The body must be JSON, and its Content-Type application/json.")
    try:
        return json.loads(text or b"{}")
    except (ValueError, RecursionError):
        raise BadRequestError("The body must be JSON.") from None


def _is_json(kind: str | None) -> bool:
    return kind is None or kind.partition(";")[0].strip().lower() == "application/json"


def message_id(request: Request) -> str:
    message = str(request.path_params["id"])
    if not is_id(message):
        raise NotFoundError("There is no such message.")
    return message


def query_number(request: Request, name: str, default: int, least: int, most: int) -> int:
    text = request.query_params.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 17 and least <= int(text) <= most):
        raise BadRequestError(f"{name} must be a whole number from {least} to {most}.")
    return int(text)
