"""Lists and pages must cost the same however much has been kept."""

import time
from collections.abc import Iterator
from functools import partial
from statistics import median

import httpx2
from bench.server_ground import Row, folder, prepared, row
from harness_server import Server, running

SIZES = (1000, 100_000, 2_000_000)
TIMES = 15
PAGES = ("/api/v1/messages", "/api/v1/messages?q=ann", "/history", "/history/{id}")


def rows() -> Iterator[Row]:
    base: dict[str, float] = {}
    with folder() as data:
        ground, token = prepared(data)
        filled = 0
        for size in SIZES:
            mails = ground.add_hits(size - filled)
            filled = size
            with running(data) as server:
                for page, value in _measured(server, token, mails[0]):
                    base.setdefault(page, value)
                    yield row(f"{page}, {size:,} hits", value, "ms", base[page])


def _measured(server: Server, token: str, message: str) -> Iterator[tuple[str, float]]:
    bearer = {"authorization": f"Bearer {token}"}
    with httpx2.Client(base_url=server.url, headers=bearer, follow_redirects=True) as client:
        link = client.post("/api/v1/sign-in", json={}).json()["url"]
        assert client.get(link).status_code == 200
        for page in PAGES:
            get = partial(client.get, page.replace("{id}", message))
            yield page, median(_milliseconds(get) for _ in range(TIMES))


def _milliseconds(get: partial[httpx2.Response]) -> float:
    start = time.perf_counter()
    answer = get()
    assert answer.status_code == 200, answer.text
    return 1000 * (time.perf_counter() - start)
