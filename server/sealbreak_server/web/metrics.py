"""Numbers for Prometheus, on a port of their own that only this machine reaches.

They are read when they are asked for; requests only add to a counter. No label holds a token, an
address or anything else of a mail.
"""

import asyncio
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from sealbreak_server.errors import SettingsError, UnavailableError
from sealbreak_server.ingest.spool import Spool, read_batches
from sealbreak_server.services import Counts, Services
from sealbreak_server.storage.health import Backlog, backlog

HOST = "127.0.0.1"
READ_SECONDS = 5.0
"""The longest time that an answer waits for the database."""

Family = CounterMetricFamily | GaugeMetricFamily


class Metrics(Collector):
    """Answers in threads of its own, and reads the database through the loop of the server."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._loop: asyncio.AbstractEventLoop | None = None

    def listen(self, port: int) -> int:
        """Returns the port. Raises `SettingsError`."""
        registry = CollectorRegistry()
        registry.register(self)
        try:
            server, _ = start_http_server(port, HOST, registry)
        except OSError as error:
            raise SettingsError(
                f"Cannot listen on {HOST} port {port} for metrics: {error.strerror}."
            ) from error
        return int(server.server_port)

    def attach(self) -> None:
        """To be called in the running loop. Before it, what is in the database is left out."""
        self._loop = asyncio.get_running_loop()

    def collect(self) -> Iterator[Family]:
        services, now = self._services, self._services.clock()
        spool, found = Spool(services.settings.spool_folder), self._backlog(now)
        yield from _counters(services.counts)
        yield _gauge("live_connections", "Open live connections.", services.feed.subscribers)
        yield _gauge("spool_bytes", "Hits that wait for the database, in bytes.", spool.size())
        yield _gauge("database_up", "1 while the database answers.", int(found is not None))
        if found is not None:
            yield from _gauges(found)
            yield _gauge(
                "classification_delay_seconds",
                "For how long the oldest hit or verdict that is due has not been classified.",
                delay(now, found.oldest_due, _oldest(spool)),
            )

    def describe(self) -> Iterator[Family]:
        """None: otherwise the registry would collect once before there is a database."""
        yield from ()

    def _backlog(self, now: float) -> Backlog | None:
        if self._loop is None:
            return None
        reading = self._services.storage.read(backlog, now)
        try:
            return asyncio.run_coroutine_threadsafe(reading, self._loop).result(READ_SECONDS)
        except (UnavailableError, TimeoutError):
            return None


def delay(now: float, *since: float | None) -> float:
    """Seconds from the earliest of these times that has passed."""
    return max((now - time for time in since if time is not None and time < now), default=0.0)


def _oldest(spool: Spool) -> float | None:
    """The time of the first hit in the oldest file."""
    for path in spool.files()[:1]:
        try:
            return next((hits[0].time for _, hits in read_batches(path) if hits), None)
        except FileNotFoundError:  # recorded since
            return None
    return None


def _counters(counts: Counts) -> Iterator[Family]:
    beacons = CounterMetricFamily(
        "sealbreak_requests",
        "Answered requests for pixels and links. Those that are valid are hits; links that are not"
        " are answered with 404.",
        labels=("kind", "valid"),
    )
    for kind in ("pixel", "link"):
        for valid in (True, False):
            beacons.add_metric((kind, _yes_no(valid)), counts.beacons[kind, valid])
    yield beacons
    posts = CounterMetricFamily(
        "sealbreak_webhook_posts", "Events posted to webhooks.", labels=("delivered",)
    )
    for delivered in (True, False):
        posts.add_metric((_yes_no(delivered),), counts.webhook_posts[delivered])
    yield posts


def _yes_no(value: bool) -> str:
    return "yes" if value else "no"


def _gauges(found: Backlog) -> Iterator[Family]:
    yield _gauge("waiting_verdicts", "Verdicts that are not final yet.", found.waiting_verdicts)
    yield _gauge("waiting_posts", "Events that webhooks have not got yet.", found.waiting_posts)
    yield _gauge("disabled_webhooks", "Webhooks that failed too often.", found.disabled_webhooks)
    if found.gmail_at is not None:
        yield _gauge(
            "last_gmail_hit_timestamp_seconds",
            "When Gmail's image proxy last came.",
            found.gmail_at,
        )


def _gauge(name: str, text: str, value: float) -> Family:
    return GaugeMetricFamily(f"sealbreak_{name}", text, value)
