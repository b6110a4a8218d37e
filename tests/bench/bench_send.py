"""What tracking costs a mail on its way out, and what the extension weighs."""

import json
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from support.desktop.server import server  # noqa: E402
from support.gmail.browser import Browser, build  # noqa: E402
from support.gmail.stand_in import TRACKER, StandIn  # noqa: E402
from support.gmail.tab import Tab  # noqa: E402

SENDS = 100
LINKS = 20
BYTES = 20_000

WRITE = """
(html) => {
  window.draft = standIn.compose();
  draft.form.elements.to.value = "ben@example.com";
  standIn.write(draft.editor, html);
}
"""
# In the page: the way from Send to Gmail's answer.
SEND = """
async () => {
  await new Promise((done) => setTimeout(done, 250));
  const start = performance.now();
  await draft.send();
  return performance.now() - start;
}
"""


def mail() -> str:
    links = "".join(
        f'<p>See <a href="https://example.com/page?number={n}&amp;lang=en">page {n}</a>.</p>'
        for n in range(LINKS)
    )
    sentence = "<p>Thank you for your patience; <b>the offer</b> follows with the next mail.</p>"
    return links + sentence * ((BYTES - len(links)) // len(sentence))


def fill_pool(browser: Browser, ids: list[dict[str, str]]) -> None:
    browser.worker.evaluate("(pool) => chrome.storage.local.set({ pool })", ids)


def times(tab: Tab, html: str) -> dict[str, list[float]]:
    """Milliseconds; tracked and untracked by turns, so that both meet the same machine."""
    found: dict[str, list[float]] = {"tracked": [], "off": []}
    for _ in range(SENDS):
        for state, measured in found.items():
            tab.page.evaluate(WRITE, html)
            writing = tab.only().shows("tracked")
            if state == "off":
                writing.switch.click()
                writing.shows("off")
            measured.append(tab.page.evaluate(SEND))
    return found


def measure(folder: Path) -> dict[str, list[float]]:
    with StandIn() as gmail, server(folder, SEALBREAK_PUBLIC_URL=TRACKER) as tracker:
        with Browser(gmail, folder) as browser:
            browser.pair(tracker.address, tracker.pairing_code())
            lots = [_ids(tracker.call("POST", "ids", {"count": 200})) for _ in range(2)]
            fill_pool(browser, [one for lot in lots for one in lot])
            tracker.stop()
            found = times(browser.open(), mail())
        tracked = [one for one in gmail.sent() if one.pixels]
    if len(tracked) != SENDS or any(len(one.links) != LINKS for one in tracked):
        raise AssertionError(f"{len(tracked)} of {SENDS} mails were tracked")
    return found


def _ids(answer: Any) -> list[dict[str, str]]:
    ids: list[dict[str, str]] = answer["ids"]
    return ids


def packed_size(folder: Path) -> int:
    return Path(shutil.make_archive(str(folder / "packed"), "zip", build())).stat().st_size


def rows() -> Iterator[dict[str, object]]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found = measure(folder)
        base, value = statistics.median(found["off"]), statistics.median(found["tracked"])
        yield {
            "name": "send_tracked_median",
            "value": round(value, 2),
            "unit": "ms",
            "base": round(base, 2),
            "ratio": round(value / base, 2),
        }
        yield {
            "name": "send_gain_by_tracking_median",
            "value": round(value - base, 2),
            "unit": "ms",
        }
        yield {
            "name": "extension_packed",
            "value": round(packed_size(folder) / 1000, 1),
            "unit": "kB",
        }


if __name__ == "__main__":
    for row in rows():
        print(json.dumps(row))
