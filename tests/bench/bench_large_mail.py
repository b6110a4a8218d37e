"""How long the page is blocked at a time by a table of three megabytes: pasted, edited, sent."""

import json
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from statistics import median

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from bench.page_trace import Task, traced  # noqa: E402
from support.desktop.server import server  # noqa: E402
from support.gmail.browser import Browser  # noqa: E402
from support.gmail.stand_in import TRACKER, StandIn  # noqa: E402
from support.gmail.tab import Tab  # noqa: E402

BYTES = 3_000_000
LINKS = 300
MAILS = 5
LETTERS = 20

# In tasks of their own.
PASTE = """
() => {
  window.draft = standIn.compose();
  draft.form.elements.to.value = "ben@example.com";
  setTimeout(() => { standIn.write(draft.editor, pasted); });
}
"""
SEND = "setTimeout(() => { draft.send(); })"
SEND_TEXT = """
(body) => {
  const request = new XMLHttpRequest();
  request.open("POST", "/echo?html=-");
  setTimeout(() => { request.send(body); });
}
"""


def table() -> str:
    """As it is pasted from a spreadsheet."""
    style = "border:1px solid rgb(204, 204, 204);overflow:hidden;padding:2px 3px;text-align:right"
    cells: list[str] = []
    size, links = 0, 0
    while size < BYTES:
        is_due = size * LINKS >= BYTES * links
        link = f'<a href="https://example.com/{links}">see</a>' if is_due else ""
        links += is_due
        cells.append(f'<td style="{style}">{size % 9973}{link}</td>')
        size += len(cells[-1])
    lines = ("".join(cells[at : at + 20]) for at in range(0, len(cells), 20))
    return f"<table><tbody>{''.join(f'<tr>{line}</tr>' for line in lines)}</tbody></table>"


def large_mail(tab: Tab, html: str, state: str | None) -> dict[str, list[Task]]:
    """The tasks while a large table is pasted, edited and sent."""
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

    def edit() -> None:
        page.keyboard.type("e" * LETTERS, delay=60)

    found = {"paste": traced(page, paste)}
    page.locator("[g_editable]").last.focus()
    return found | {"edit": traced(page, edit), "send": traced(page, send)}


def longest_alone(tasks: list[Task]) -> float:
    """Milliseconds. In a task that is not the extension's alone, only what its functions take."""
    ours = [one for one in tasks if one.extension and not one.requests]
    return max(one.extension if one.page or one.draws else one.total for one in ours)


def of_request(tasks: list[Task]) -> float:
    """Milliseconds of the task that hands the mail to the network."""
    return max(one.total for one in tasks if one.requests)


def of_plain_request(tab: Tab, html: str) -> float:
    """The same in a page that does nothing else."""

    def send() -> None:
        with tab.page.expect_response("**/echo*"):
            tab.page.evaluate(SEND_TEXT, html)

    return of_request(traced(tab.page, send))


def longest_of_page(tasks: list[Task]) -> float:
    return max(one.total for one in tasks if one.page)


def measured(folder: Path) -> Iterator[dict[str, object]]:
    """How long the page is blocked at a time while a large table is pasted and sent."""
    html = table()
    with StandIn() as gmail, server(folder, SEALBREAK_PUBLIC_URL=TRACKER) as tracker:
        with Browser(gmail, folder / "bare", bare=True) as browser:
            tab = browser.open()
            bare = [large_mail(tab, html, None) for _ in range(MAILS)]
            plain = median(of_plain_request(tab, html) for _ in range(MAILS))
        gmail.forget()
        with Browser(gmail, folder / "paired") as browser:
            browser.pair(tracker.address, tracker.pairing_code())
            tab = browser.open()
            found = [large_mail(tab, html, "tracked") for _ in range(MAILS)]
        if [len(one.pixels) for one in gmail.sent()] != [1] * MAILS:
            raise AssertionError("a large mail was not tracked")
    for step in ("paste", "edit", "send"):
        tasks = [one[step] for one in found]
        yield large_row(f"large_mail_{step}_own_task", map(longest_alone, tasks))
        base = median(longest_of_page(one[step]) for one in bare)
        yield large_row(f"large_mail_{step}_page_task", map(longest_of_page, tasks), base)
    yield large_row("large_mail_request_task", (of_request(one["send"]) for one in found), plain)


def large_row(name: str, times: Iterable[float], base: float | None = None) -> dict[str, object]:
    """The longest task of each mail, the median of all mails."""
    value = median(times)
    found: dict[str, object] = {"name": name, "value": round(value, 1), "unit": "ms"}
    if base is None:
        return found
    return found | {"base": round(base, 1), "ratio": round(value / base, 2)}


def rows() -> Iterator[dict[str, object]]:
    with tempfile.TemporaryDirectory() as name:
        yield from measured(Path(name))


if __name__ == "__main__":
    for row in rows():
        print(json.dumps(row))
