"""What the extension takes of Gmail's page: typing, redrawn lists, and a large pasted table."""

import json
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from statistics import median

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from bench.page_trace import Task, traced  # noqa: E402
from playwright.sync_api import expect  # noqa: E402
from support.desktop.server import Server, fetch, server  # noqa: E402
from support.gmail.browser import Browser  # noqa: E402
from support.gmail.stand_in import TRACKER, StandIn  # noqa: E402
from support.gmail.tab import Tab  # noqa: E402

ROWS = 50
LETTERS = 60
REDRAW_SECONDS = 5
PASTED_BYTES = 3_000_000
LARGE_MAILS = 5
LINKS = 300

# In each frame one row is made anew, as Gmail does with its lists.
REDRAW = """
async (seconds) => {
  const end = performance.now() + 1000 * seconds;
  for (let n = 0; performance.now() < end; n += 1) {
    const rows = document.querySelectorAll("tr.zA");
    const old = rows[n % rows.length];
    const fresh = old.cloneNode(true);
    fresh.querySelector(".sealbreak-mark")?.remove();
    old.replaceWith(fresh);
    await new Promise(requestAnimationFrame);
  }
}
"""


# In tasks of their own.
PASTE = """
() => {
  window.draft = standIn.compose();
  draft.form.elements.to.value = "ben@example.com";
  setTimeout(() => { standIn.write(draft.editor, pasted); });
}
"""
SEND = "setTimeout(() => { draft.send(); })"


def conversations(tracker: Server) -> list[dict[str, str]]:
    """The rows of a list in which each conversation has a tracked mail, half of them opened."""
    rows = []
    for number in range(ROWS):
        thread = f"18aa{number:012x}"
        message = tracker.message(f"Offer {number:02}", thread=thread)
        if number % 2:
            fetch(message.pixel)
        rows.append({"people": "Ben", "subject": message.subject, "thread": thread})
    return rows


def table() -> str:
    """As it is pasted from a spreadsheet."""
    style = "border:1px solid rgb(204, 204, 204);overflow:hidden;padding:2px 3px;text-align:right"
    cells: list[str] = []
    size, links = 0, 0
    while size < PASTED_BYTES:
        is_due = size * LINKS >= PASTED_BYTES * links
        link = f'<a href="https://example.com/{links}">see</a>' if is_due else ""
        links += is_due
        cells.append(f'<td style="{style}">{size % 9973}{link}</td>')
        size += len(cells[-1])
    lines = ("".join(cells[at : at + 20]) for at in range(0, len(cells), 20))
    return f"<table><tbody>{''.join(f'<tr>{line}</tr>' for line in lines)}</tbody></table>"


def typing(tab: Tab, html: str) -> list[Task]:
    tab.compose("ben@example.com", "Offer", html)
    tab.page.locator("[g_editable]").last.focus()
    return traced(tab.page, lambda: tab.page.keyboard.type("e" * LETTERS, delay=60))


def redrawing(tab: Tab) -> list[Task]:
    return traced(tab.page, lambda: tab.page.evaluate(REDRAW, REDRAW_SECONDS))


def listed(tab: Tab, rows: list[dict[str, str]]) -> None:
    tab.show_list(*rows)
    expect(tab.page.locator(".sealbreak-mark")).to_have_count(ROWS)


def in_light(folder: Path) -> Iterator[dict[str, object]]:
    """The extension's script for each letter, and for each second in which the list is redrawn."""
    with StandIn() as gmail, server(folder, SEALBREAK_PUBLIC_URL=TRACKER) as tracker:
        rows = conversations(tracker)
        with Browser(gmail, folder) as browser:
            browser.pair(tracker.address, tracker.pairing_code())
            tab = browser.open()
            listed(tab, rows)
            for name, unit, tasks, count in (
                ("page_typing", "ms/letter", typing(tab, "<p>Hello</p>"), LETTERS),
                ("page_redraw", "ms/s", redrawing(tab), REDRAW_SECONDS),
                ("page_typing_3mb", "ms/letter", typing(tab, table()), LETTERS),
            ):
                added = sum(one.extension for one in tasks) / count
                total = sum(one.total for one in tasks) / count
                yield {
                    "name": name,
                    "value": round(added, 2),
                    "unit": unit,
                    "base": round(total - added, 2),
                    "ratio": round(added / (total - added), 2),
                }


def large_mail(tab: Tab, html: str, state: str | None) -> dict[str, list[Task]]:
    """The tasks while a large table is pasted, and while it is sent."""
    page = tab.page
    page.evaluate("(html) => { window.pasted = html; }", html)

    def paste() -> None:
        page.evaluate(PASTE)
        tab.only().shows(state)
        page.wait_for_timeout(1500)

    def send() -> None:
        before = tab.sent()
        page.evaluate(SEND)
        tab.only().left(before)

    return {"paste": traced(page, paste), "send": traced(page, send)}


def longest_alone(tasks: list[Task]) -> float:
    """Milliseconds. In a task that is not the extension's alone, only what its functions take."""
    return max(one.extension if one.page or one.draws else one.total for one in tasks)


def longest_of_page(tasks: list[Task]) -> float:
    return max(one.total for one in tasks if one.page)


def in_slices(folder: Path) -> Iterator[dict[str, object]]:
    """How long the page is blocked at a time while a large table is pasted and sent."""
    html = table()
    found: dict[bool, list[dict[str, list[Task]]]] = {}
    with StandIn() as gmail, server(folder, SEALBREAK_PUBLIC_URL=TRACKER) as tracker:
        for bare in (True, False):
            with Browser(gmail, folder / str(bare), bare=bare) as browser:
                if not bare:
                    browser.pair(tracker.address, tracker.pairing_code())
                tab = browser.open()
                state = None if bare else "tracked"
                found[bare] = [large_mail(tab, html, state) for _ in range(LARGE_MAILS)]
        if [len(one.pixels) for one in gmail.sent()] != [0] * LARGE_MAILS + [1] * LARGE_MAILS:
            raise AssertionError("a large mail was not tracked")
    for step in ("paste", "send"):
        tasks = [one[step] for one in found[False]]
        yield large_row(f"page_{step}_3mb_own_task", map(longest_alone, tasks))
        base = median(longest_of_page(one[step]) for one in found[True])
        yield large_row(f"page_{step}_3mb_page_task", map(longest_of_page, tasks), base)


def large_row(name: str, times: Iterable[float], base: float | None = None) -> dict[str, object]:
    """The longest task of each mail, the median of all mails."""
    value = median(times)
    compared = {} if base is None else {"base": round(base, 1), "ratio": round(value / base, 2)}
    return {"name": name, "value": round(value, 1), "unit": "ms", **compared}


def rows() -> Iterator[dict[str, object]]:
    with tempfile.TemporaryDirectory() as name:
        yield from in_light(Path(name) / "light")
        yield from in_slices(Path(name) / "slices")


if __name__ == "__main__":
    for row in rows():
        print(json.dumps(row))
