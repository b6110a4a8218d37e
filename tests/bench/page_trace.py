"""What a page's main thread does, from the browser's own tracing: processor time, not wall time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from playwright.sync_api import Page

CATEGORIES = ["devtools.timeline", "disabled-by-default-devtools.timeline", "blink.user_timing"]
MARK = "traced"
Event = dict[str, Any]


@dataclass
class Task:
    """Milliseconds. `extension` and `page` are for functions of each that the browser called."""

    total: float
    extension: float = 0
    page: float = 0
    draws: bool = False
    """The browser lays out or paints the page."""
    requests: bool = False
    """A request is sent."""


def traced(page: Page, run: Callable[[], None]) -> list[Task]:
    """The tasks of the page's main thread while `run` runs."""
    session = page.context.new_cdp_session(page)
    events: list[Event] = []
    ended: list[Any] = []
    session.on("Tracing.dataCollected", lambda part: events.extend(part["value"]))
    session.on("Tracing.tracingComplete", lambda end: ended.append(end))
    config = {"includedCategories": CATEGORIES}
    session.send("Tracing.start", {"transferMode": "ReportEvents", "traceConfig": config})
    page.evaluate(f"performance.mark('{MARK}')")
    run()
    session.send("Tracing.end")
    while not ended:
        page.wait_for_timeout(20)
    session.detach()
    return list(_tasks(_of_main_thread(events)))


def _of_main_thread(events: list[Event]) -> list[Event]:
    """Of the page's own thread, in the order of their beginnings."""
    thread = next((one["pid"], one["tid"]) for one in events if one["name"] == MARK)
    ours = [one for one in events if one["ph"] in "XI" and (one["pid"], one["tid"]) == thread]
    return sorted(ours, key=lambda one: (one["ts"], -one.get("dur", 0)))


def _url(event: Event) -> str:
    if event["name"] != "FunctionCall":
        return ""
    return str(event["args"].get("data", {}).get("url", ""))


def _tasks(events: list[Event]) -> Iterator[Task]:
    starts = [at for at, one in enumerate(events) if one["name"] == "RunTask"] + [len(events)]
    for at, end in pairwise(starts):
        task = Task(events[at].get("tdur", 0) / 1000)
        names = {one["name"] for one in events[at:end]}
        task.draws, task.requests = "PrePaint" in names, "ResourceSendRequest" in names
        _add_calls(task, events[at + 1 : end])
        yield task


def _add_calls(task: Task, events: list[Event]) -> None:
    """Functions of the page may call the extension's, and the other way round."""
    ends = {"extension": 0, "page": 0}
    for one in events:
        url = _url(one)
        owner = "extension" if url.startswith("chrome-extension:") else "page"
        if one["name"] != "FunctionCall" or one["ts"] < ends[owner]:
            continue
        ends[owner] = one["ts"] + one["dur"]
        setattr(task, owner, getattr(task, owner) + one.get("tdur", 0) / 1000)
