"""Statistics: open and click rates, the time until the first open, busy hours, top links."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from starlette.responses import Response

from sealbreak_server.storage.lists import charts
from sealbreak_server.storage.lists.charts import Days, Span
from sealbreak_server.storage.totals import DAY, QUARTER
from sealbreak_server.web.pages.base import PageRenderer, PageRequest
from sealbreak_server.web.pages.charts import Column, bars, columns, plural, week

SPANS = {30: 10, 90: 15, 365: 14}
"""Selectable periods in days, including today, with their number of columns."""
DEFAULT_DAYS = 90
WAITS = (
    "under 5 min", "5 min to 1 h", "1 to 4 h", "4 h to 1 day", "1 to 7 days", "later",
)  # fmt: skip
BEST_LINKS = 10


@dataclass(frozen=True, slots=True)
class Sums:
    sent: int
    knowable: int
    opened: int
    linked: int
    clicked: int


class Overview:
    def __init__(self, renderer: PageRenderer) -> None:
        self._renderer = renderer

    async def show(self, page_request: PageRequest) -> Response:
        days = _days(page_request.request.query_params.get("days", ""))
        read, account = self._renderer.services.storage.read, page_request.principal.account
        zone = await self._renderer.zone(page_request)
        span = Days(int(self._renderer.services.clock() // DAY) + 1 - days, days)
        found = await read(charts.spans, account, span, SPANS[days])
        waits = await read(charts.waits, account, span)
        quarters = await read(charts.opens_by_quarter, account, span)
        links = await read(charts.best_links, account, span, BEST_LINKS)
        hours = by_hour(quarters, zone)
        return self._renderer.show(
            page_request,
            "overview.html",
            days=days,
            choices=list(SPANS),
            zone=zone,
            sums=_sums(found),
            rates=rates(found, SPANS[days], span),
            waits=bars(named(waits), "Mails by the time until they were first opened"),
            opened=sum(waits),
            hours=week(hours, "Opens by day and hour"),
            links=links,
            compared=charts.CLICKED_MAILS,
        )


def _days(text: str) -> int:
    return int(text) if text in {str(days) for days in SPANS} else DEFAULT_DAYS


def _sums(spans: Sequence[Span]) -> Sums:
    return Sums(
        sum(span.sent for span in spans),
        sum(span.knowable for span in spans),
        sum(span.opened for span in spans),
        sum(span.linked for span in spans),
        sum(span.clicked for span in spans),
    )


def rates(found: Sequence[Span], count: int, days: Days) -> str:
    known = {span.number: span for span in found}
    data = [_column(known.get(at), _begin(days, at, count)) for at in range(count)]
    listed = "; ".join(column.words for column in data if column.shares != (None, None))
    return columns(("human", "clicks"), data, f"Share of mails opened and clicked. {listed}")


def _begin(days: Days, part: int, parts: int) -> float:
    """Unix time of the first day that belongs to this part of the period."""
    return float((days.first - (-part * days.count // parts)) * DAY)


def _column(span: Span | None, begin: float) -> Column:
    day = datetime.fromtimestamp(begin, UTC)
    label = f"{day.day} {day:%b}"
    if span is None:
        return Column(label, f"From {label}: nothing sent", (None, None))
    shares = (_share(span.opened, span.knowable), _share(span.clicked, span.linked))
    words = f"From {label}: {span.opened} of {plural(span.knowable, 'mail')} opened"
    if span.linked:
        words += f", {span.clicked} of {span.linked} with links clicked"
    return Column(label, words, shares)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def named(waits: Sequence[int]) -> Mapping[str, int]:
    return dict(zip(WAITS, waits, strict=True))


def by_hour(quarters: Iterable[tuple[int, int]], zone: tzinfo) -> Counter[tuple[int, int]]:
    hours: Counter[tuple[int, int]] = Counter()
    for quarter, count in quarters:
        local = datetime.fromtimestamp(quarter * QUARTER, zone)
        hours[local.weekday(), local.hour] += count
    return hours
