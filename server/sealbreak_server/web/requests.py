"""Reading a request: its JSON body, and the ids, numbers, search text and cursor in its address."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from math import isfinite

from starlette.requests import Request

from sealbreak_server.errors import BadRequestError, NotFoundError, NotJsonError
from sealbreak_server.security.tokens import is_id
from sealbreak_server.storage.lists.search import Place

API_PREFIX = "/api/v1"
MAX_SEARCH = 100
MAX_DIGITS = 16
"""Digits of a number in an address. Longer numbers could exceed a 64-bit integer."""


def is_api_path(path: str) -> bool:
    return path.startswith(f"{API_PREFIX}/")


async def json_body(request: Request) -> object:
    text = await request.body()
    if text and not _is_json(request.headers.get("content-type")):
        raise NotJsonError("The body must be JSON, and its Content-Type application/json.")
    try:
        return json.loads(text or b"{}")
    except (ValueError, RecursionError):
        raise BadRequestError("The body must be JSON.") from None


def _is_json(content_type: str | None) -> bool:
    if content_type is None:
        return True
    return content_type.partition(";")[0].strip().lower() == "application/json"


def message_id(request: Request) -> str:
    message = str(request.path_params["id"])
    if not is_id(message):
        raise NotFoundError("There is no such message.")
    return message


def query_number(request: Request, name: str, default: int, least: int, most: int) -> int:
    text = request.query_params.get(name, str(default))
    if not (is_number(text) and least <= int(text) <= most):
        raise BadRequestError(f"{name} must be a whole number from {least} to {most}.")
    return int(text)


def is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS


def search_text(request: Request) -> str:
    return request.query_params.get("q", "").replace("\0", "").strip()[:MAX_SEARCH]


def write_cursor(place: Place) -> str:
    numbers, message = place
    text = " ".join([*map(repr, numbers), message])
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(text: str | None, keys: int = 1) -> Place | None:
    """`keys` is the number of numeric sort keys in the list's order."""
    if not text:
        return None
    try:
        decoded = urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
        *values, message = decoded.split(" ")
        numbers = tuple(map(float, values))
        if not (len(numbers) == keys and all(map(isfinite, numbers)) and is_id(message)):
            raise ValueError
    except ValueError:
        raise BadRequestError("cursor must be a `next` value of an earlier response.") from None
    return numbers, message
