"""What the extension takes of the page while the user types, and while Gmail redraws its lists."""

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

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


def typing(tab: Tab) -> list[Task]:
    tab.compose("ben@example.com", "Offer", "<p>Hello</p>")
    tab.page.locator("[g_editable]").last.focus()
    return traced(tab.page, lambda: tab.page.keyboard.type("e" * LETTERS, delay=60))


def redrawing(tab: Tab) -> list[Task]:
    return traced(tab.page, lambda: tab.page.evaluate(REDRAW, REDRAW_SECONDS))


def listed(tab: Tab, rows: list[dict[str, str]]) -> None:
    tab.show_list(*rows)
    expect(tab.page.locator(".sealbreak-mark")).to_have_count(ROWS)


def measured(folder: Path) -> Iterator[dict[str, object]]:
    """The extension's script for each letter, and for each second in which the list is redrawn."""
    with StandIn() as gmail, server(folder, SEALBREAK_PUBLIC_URL=TRACKER) as tracker:
        rows = conversations(tracker)
        with Browser(gmail, folder) as browser:
            browser.pair(tracker.address, tracker.pairing_code())
            tab = browser.open()
            listed(tab, rows)
            for name, unit, tasks, count in (
                ("page_typing", "ms/letter", typing(tab), LETTERS),
                ("page_redraw", "ms/s", redrawing(tab), REDRAW_SECONDS),
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


def rows() -> Iterator[dict[str, object]]:
    with tempfile.TemporaryDirectory() as name:
        yield from measured(Path(name))


if __name__ == "__main__":
    for row in rows():
        print(json.dumps(row))
