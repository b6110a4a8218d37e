"""Lists, searches and sums must cost the same however much has been kept."""

import time
from collections.abc import Iterator
from functools import partial

import httpx2
from bench.server_ground import Ground, Row, folder, prepared, row
from support.server.process import Server, csrf_token_of, running

SIZES = (1000, 100_000, 2_000_000)
EACH = 10
"""Hits of a mail."""
TIMES = 15
SLOW = 1.0
"""Seconds for one page; slower ones are not asked for so often."""
PAGES = {
    "GET messages": "/api/v1/messages",
    "GET messages, found": "/api/v1/messages?q=ann",
    "GET messages, nothing found": "/api/v1/messages?q=nobody",
    "/history": "/history",
    "/history, nothing passes the filter": "/history?show=unclear",
    "/history, last activity of those clicked": "/history?show=clicked&order=activity",
    "/history, nothing found": "/history?q=nobody",
    "one message": "/history/{id}",
    "one message with many hits": "/history/{flooded}",
    "overview of 365 days": "/history/overview?days=365",
}


def rows() -> Iterator[Row]:
    base: dict[str, float] = {}
    with folder() as data:
        ground, token = prepared(data)
        filled = 0
        for size in SIZES:
            messages = _fill(ground, size - filled)
            filled = size
            with running(data) as server:
                for name, value in _measured(server, token, *messages):
                    base.setdefault(name, value)
                    yield row(f"{name}, {size:,} hits", value, "ms", base[name])


def _fill(ground: Ground, count: int) -> tuple[str, str]:
    """A message like the others, and one with half of all these hits."""
    many = count // 2
    (flooded,) = ground.add_hits(many, each=many)
    return ground.add_hits(count - many, each=EACH)[1], flooded


def _measured(
    server: Server, token: str, message: str, flooded: str
) -> Iterator[tuple[str, float]]:
    bearer = {"authorization": f"Bearer {token}"}
    with httpx2.Client(
        base_url=server.url, headers=bearer, follow_redirects=True, timeout=60
    ) as client:
        link = client.post("/api/v1/sign-in", json={}).json()["url"]
        asked = client.get(link)
        assert client.post(link, data={"csrf_token": csrf_token_of(asked.text)}).status_code == 200
        for name, path in PAGES.items():
            get = partial(client.get, path.format(id=message, flooded=flooded))
            yield name, _quickest(get)


def _quickest(get: partial[httpx2.Response]) -> float:
    """Milliseconds. Whatever else the machine does can only add to them."""
    first = _milliseconds(get)
    return min(_milliseconds(get) for _ in range(TIMES if first < 1000 * SLOW else 3))


def _milliseconds(get: partial[httpx2.Response]) -> float:
    start = time.perf_counter()
    answer = get()
    assert answer.status_code == 200, answer.text
    return 1000 * (time.perf_counter() - start)
