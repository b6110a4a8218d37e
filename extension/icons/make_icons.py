"""Draws the icons from seal.svg with Chromium: run it after changing the drawing."""

from pathlib import Path

from playwright.sync_api import sync_playwright

SIZES = (16, 32, 48, 128)
HERE = Path(__file__).parent


def main() -> None:
    drawing = (HERE / "seal.svg").read_text(encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        page = browser.new_page()
        for size in SIZES:
            page.set_viewport_size({"width": size, "height": size})
            # At 16 pixels the ring would only blur the crack.
            ring = "circle{display:none}" if size < 32 else ""
            style = f"<style>body{{margin:0}}svg{{display:block;width:{size}px}}{ring}</style>"
            page.set_content(style + drawing)
            page.screenshot(path=HERE / f"{size}.png", omit_background=True)
        browser.close()


if __name__ == "__main__":
    main()
