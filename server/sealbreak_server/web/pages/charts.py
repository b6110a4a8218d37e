"""SVG charts. Positions are percentages, so a chart fits any width and its text keeps its size.

Colours come from the style sheet, by class, because our content policy forbids inline styles. Each
chart has a text alternative.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import escape

from sealbreak_server.events.wire import wire_time
from sealbreak_server.model.verdict import Actor
from sealbreak_server.web.pages.times import format_time

LANE_TITLES = {
    Actor.HUMAN: "Readers",
    Actor.UNKNOWN: "Unclear",
    Actor.MACHINE: "Machines",
    Actor.SENDER: "You",
}
LANE_HEIGHT = 38
STEPS = 60
"""A timeline has so many steps. Marks in the same step are drawn as one."""
MAX_RADIUS = 6.0
"""Maximum radius of a mark, in pixels, when it stands for many hits."""
EDGE = 2.0
"""Percent of free space at both sides, so that no mark is cut off."""
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DAY_WIDTH = 10.0
"""Percent of the width, for the labels at the left."""
CELL_HEIGHT = 22
SHADES = 4
BAR_HEIGHT = 28
LABEL_WIDTH = 26.0
COLUMNS_HEIGHT = 160


@dataclass(frozen=True, slots=True)
class Mark:
    time: float
    actor: Actor


@dataclass(frozen=True, slots=True)
class Column:
    label: str
    words: str
    """The tooltip and text alternative."""
    shares: tuple[float | None, ...]
    """From 0 to 1; `None` if the total is zero."""


def plural(count: int, one: str, many: str = "") -> str:
    return f"{count} {one if count == 1 else many or f'{one}s'}"


def _svg(words: str, height: float, parts: Iterable[str], kind: str) -> str:
    drawn = "".join(parts)
    return (
        f'<svg class="chart {kind}" role="img" aria-label="{escape(words)}" '
        f'width="100%" height="{height:g}">{drawn}</svg>'
    )


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    return f'<text x="{x:g}%" y="{y:g}" text-anchor="{anchor}">{escape(words)}</text>'


def _time_label(x: float, y: float, seconds: float, words: str, anchor: str) -> str:
    """The script of the page rewrites it in the browser's time zone."""
    time = wire_time(seconds)
    return (
        f'<text x="{x:g}%" y="{y:g}" text-anchor="{anchor}" data-time="{time}">'
        f"{escape(words)}</text>"
    )


# Hits of a message.


def timeline(marks: Sequence[Mark], sent_at: float) -> str:
    """A row for each actor that has marks, from the time of sending to the last mark."""
    begin = min([sent_at, *(mark.time for mark in marks)])
    end = max([sent_at + 1, *(mark.time for mark in marks)])
    totals = Counter(mark.actor for mark in marks)
    lanes = [actor for actor in LANE_TITLES if totals[actor]]
    parts = []
    for at, actor in enumerate(lanes):
        times = [mark.time for mark in marks if mark.actor is actor]
        parts.append(_lane(at * LANE_HEIGHT, actor, times, begin, end))
    height = len(lanes) * LANE_HEIGHT + 18
    parts.append(_time_label(0, height - 4, begin, format_time(begin), "start"))
    parts.append(_time_label(100, height - 4, end, format_time(end), "end"))
    listed = ", ".join(f"{totals[actor]} by {_ACTOR_WORDS[actor]}" for actor in lanes)
    words = (
        f"{plural(len(marks), 'hit')} between {format_time(begin)} and {format_time(end)}: {listed}"
    )
    return _svg(words, height, parts, "timeline")


_ACTOR_WORDS = {
    Actor.HUMAN: "readers",
    Actor.UNKNOWN: "unknown programs",
    Actor.MACHINE: "machines",
    Actor.SENDER: "you",
}


def _lane(top: float, actor: Actor, times: Sequence[float], begin: float, end: float) -> str:
    middle = top + 26
    steps = Counter(round((time - begin) / (end - begin) * STEPS) for time in times)
    marks = (_mark(step, count, middle) for step, count in sorted(steps.items()))
    line = f'<line x1="0%" x2="100%" y1="{middle:g}" y2="{middle:g}"/>'
    title = _text(0, top + 12, f"{LANE_TITLES[actor]} · {len(times)}")
    return f'<g class="{actor}">{title}{line}{"".join(marks)}</g>'


def _mark(step: int, count: int, y: float) -> str:
    x = EDGE + step / STEPS * (100 - 2 * EDGE)
    radius = min(MAX_RADIUS, 3.5 + 0.5 * count)
    title = f"<title>{plural(count, 'hit')}</title>"
    return f'<circle cx="{x:.2f}%" cy="{y:g}" r="{radius:g}">{title}</circle>'


# Shares over time.


def columns(series: Sequence[str], data: Sequence[Column], words: str) -> str:
    """A group of columns for each of `data`, from 0 to 100 percent. `series` are CSS classes."""
    top, ground = 12, COLUMNS_HEIGHT - 20
    parts = [_grid(share, top, ground) for share in (0, 0.5, 1)]
    room = (100 - DAY_WIDTH) / max(len(data), 1)
    every = -(-len(data) // 5)
    for at, column in enumerate(data):
        left = DAY_WIDTH + at * room
        bars = _group(series, column, left, room, top, ground)
        parts.append(f"<g><title>{escape(column.words)}</title>{bars}</g>")
        if at % every == 0:
            parts.append(_text(left, COLUMNS_HEIGHT - 5, column.label))
    return _svg(words, COLUMNS_HEIGHT, parts, "columns")


def _grid(share: float, top: float, ground: float) -> str:
    y = ground - share * (ground - top)
    line = f'<line x1="{DAY_WIDTH:g}%" x2="100%" y1="{y:g}" y2="{y:g}"/>'
    return line + _text(DAY_WIDTH - 1.5, y + 4, f"{share:.0%}", "end")


def _group(
    series: Sequence[str], column: Column, left: float, room: float, top: float, ground: float
) -> str:
    width = room * 0.8 / len(series)
    whole = f'x="{left:.2f}%" y="{top:g}" width="{room:.2f}%" height="{ground - top:g}"'
    parts = [f'<rect class="hover" {whole}/>']
    for at, (name, share) in enumerate(zip(series, column.shares, strict=True)):
        if share is not None:
            height = max(1.5, share * (ground - top))
            parts.append(
                f'<rect class="{name}" x="{left + at * width:.2f}%" y="{ground - height:.1f}" '
                f'width="{width * 0.9:.2f}%" height="{height:.1f}"/>'
            )
    return "".join(parts)


# Bars with their names.


def bars(data: Mapping[str, int], words: str) -> str:
    most = max([1, *data.values()])
    parts = []
    for at, (name, value) in enumerate(data.items()):
        y = at * BAR_HEIGHT
        width = value / most * (92 - LABEL_WIDTH)
        parts.append(_text(0, y + 18, name))
        parts.append(
            f'<rect class="human" x="{LABEL_WIDTH:g}%" y="{y + 5:g}" width="{width:.2f}%" '
            f'height="{BAR_HEIGHT - 10}" rx="3"/>'
        )
        parts.append(_text(LABEL_WIDTH + width + 1.5, y + 18, str(value)))
    listed = ", ".join(f"{name}: {value}" for name, value in data.items())
    return _svg(f"{words}: {listed}", len(data) * BAR_HEIGHT, parts, "bars")


# Hours of a week.


def week(hours: Mapping[tuple[int, int], int], words: str) -> str:
    """`hours` maps weekday (0 is Monday) and hour to a count."""
    most = max([1, *hours.values()])
    width = (100 - DAY_WIDTH) / 24
    parts = []
    for day, name in enumerate(DAYS):
        parts.append(_text(0, day * CELL_HEIGHT + 16, name))
        parts += [_cell(day, hour, hours.get((day, hour), 0), most, width) for hour in range(24)]
    height = len(DAYS) * CELL_HEIGHT + 18
    parts += [_text(DAY_WIDTH + h * width, height - 4, f"{h}:00") for h in (0, 6, 12, 18)]
    return _svg(f"{words}. {_busiest(hours)}", height, parts, "week")


def _cell(day: int, hour: int, count: int, most: int, width: float) -> str:
    shade = -(-count * SHADES // most)
    title = f"{DAYS[day]} {hour}:00 to {hour + 1}:00: {plural(count, 'open')}"
    place = f'x="{DAY_WIDTH + hour * width:.2f}%" y="{day * CELL_HEIGHT}"'
    size = f'width="{width * 0.9:.2f}%" height="{CELL_HEIGHT - 3}"'
    return f'<rect class="shade-{shade}" {place} {size} rx="3"><title>{title}</title></rect>'


def _busiest(hours: Mapping[tuple[int, int], int]) -> str:
    first = sorted(hours.items(), key=lambda item: (-item[1], item[0]))[:3]
    listed = (f"{DAYS[day]} {hour}:00 with {plural(n, 'open')}" for (day, hour), n in first)
    return f"Most: {', '.join(listed)}" if first else "None yet"
