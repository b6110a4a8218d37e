"""The pictures that the extension stores ask for: five of 1280 x 800, and a tile of 440 x 280."""

import base64
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import CDPSession, Page, ViewportSize
from screenshots.extension import COLOURS, MAIL, mails_of_all_kinds, shot
from support.desktop.server import Server, server
from support.gmail.browser import Browser
from support.gmail.sent import Sent
from support.gmail.stand_in import TRACKER, StandIn
from support.pages import sign_in
from support.paths import ROOT

WIDTH, HEIGHT = 1280, 800
SIZE: ViewportSize = {"width": WIDTH, "height": HEIGHT}
TILE: ViewportSize = {"width": 440, "height": 280}
SCALE = 1.6
TILE_PAGE = """
<body style="margin:0; height:280px; display:flex; align-items:center; gap:28px; padding:0 36px;
  box-sizing:border-box; background:#fbf7f4; color:#1f1a17; font-family:'DejaVu Sans', sans-serif">
  <div style="width:120px; flex:none">{seal}</div>
  <div>
    <div style="font-size:34px; font-weight:bold">Sealbreak</div>
    <div style="font-size:17px; line-height:1.45; margin-top:8px">
      Know when your mail is opened, with a server of your own.</div>
  </div>
</body>
"""


def store_pictures(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        with (
            StandIn() as gmail,
            server(
                work / "server",
                SEALBREAK_PUBLIC_URL=TRACKER,
                SEALBREAK_TRUSTED_PROXIES="127.0.0.1/32",
            ) as tracker,
            Browser(gmail, work / "browser") as browser,
        ):
            page = own_page(browser.page("options.html"))
            page.wait_for_selector("#pairing:not([hidden])")
            shot(page, folder / "store-4-options.png")
            tile(page, folder / "store-tile.png")
            page.close()
            browser.pair(tracker.address, tracker.pairing_code())
            mails = mails_of_all_kinds(browser, tracker)
            in_gmail(browser, mails, folder)
            history(browser, tracker, folder / "store-5-history.png")


def own_page(page: Page) -> Page:
    page.set_viewport_size(SIZE)
    page.emulate_media(color_scheme="light")
    return page


def tile(page: Page, path: Path) -> None:
    page.set_viewport_size(TILE)
    seal = (ROOT / "extension/icons/seal.svg").read_text()
    page.goto("about:blank")
    page.set_content(TILE_PAGE.format(seal=seal))
    shot(page, path)


def in_gmail(browser: Browser, mails: list[Sent], folder: Path) -> None:
    browser.gmail.threads["shown"] = mails[0].thread()
    tab = browser.open()
    session = enlarged(tab.page)
    writing = tab.compose("ben@example.com, cleo@example.org", "Offer 12", MAIL)
    writing.root.get_by_role("button", name="What to track").click()
    tab.page.wait_for_timeout(300)  # the switch slides
    capture(session, folder / "store-1-compose.png")
    tab.goto()
    tab.show_list(*(sent.row for sent in mails))
    for sent in mails:
        tab.mark(sent.subject).wait_for()
    capture(session, folder / "store-2-list.png")
    tab.goto()
    tab.open_thread("shown")
    tab.panel.wait_for()
    capture(session, folder / "store-3-panel.png")
    tab.close()


def enlarged(page: Page) -> CDPSession:
    """So that lists and mails fill the picture. Playwright's own screenshots would end it."""
    session = page.context.new_cdp_session(page)
    width, height = round(WIDTH / SCALE), round(HEIGHT / SCALE)
    page.set_viewport_size({"width": width, "height": height})
    session.send(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": SCALE, "mobile": False},
    )
    return session


def capture(session: CDPSession, path: Path) -> None:
    data = session.send("Page.captureScreenshot", {"format": "png"})["data"]
    picture = Image.open(BytesIO(base64.b64decode(data))).convert("RGB")
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


def history(browser: Browser, tracker: Server, path: Path) -> None:
    page = own_page(browser.page("popup.html"))
    link = str(tracker.call("POST", "sign-in", {"path": "/history"})["url"])
    sign_in(page, link.replace(TRACKER, tracker.address))
    shot(page, path)
    page.close()
