"""A tab in which a user writes mail."""

from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Locator, Page
from support.gmail.stand_in import StandIn


class Tab:
    def __init__(self, page: Page, gmail: StandIn) -> None:
        self.page = page
        self.gmail = gmail

    def goto(self, account: int = 0, path: str = "", **query: str) -> None:
        self.page.goto(f"https://mail.google.com/mail/u/{account}/{path}?{urlencode(query)}")
        self.page.wait_for_selector("body[data-ready]")

    def compose(
        self, to: str = "", subject: str = "", html: str = "", state: str | None = "tracked"
    ) -> "Writing":
        """Opens a compose window and waits until its switch shows the state."""
        self.page.click("#compose")
        writing = Writing(self, self.page.locator(".M9").last)
        writing.fill(to, subject, html)
        return writing.shows(state)

    def only(self) -> "Writing":
        """The compose window of a pop-out."""
        return Writing(self, self.page.locator(".M9"))

    def send(self, to: str, subject: str = "Offer 12", html: str = "<p>Hello</p>") -> None:
        """Sends a tracked mail from a compose window, as a user does."""
        self.compose(to, subject, html).send()

    def reply(self, thread: str, html: str = "Thanks", state: str | None = "tracked") -> "Writing":
        """An inline reply to a thread of the stand-in."""
        self.open_thread(thread)
        self.page.click("#reply")
        writing = Writing(self, self.page.locator(".ip .M9"))
        writing.fill("ben@example.com", "Re: Offer", html)
        return writing.shows(state)

    def open_thread(self, name: str) -> None:
        self.page.evaluate("(name) => standIn.openThread(name)", name)

    def show_list(self, *rows: dict[str, str]) -> None:
        """A list of conversations: people, subject, thread."""
        self.page.evaluate("(rows) => standIn.showList(rows)", rows)

    def show_split(self, thread: str, *rows: dict[str, str], vertical: bool = False) -> None:
        """A list with a pane for the open thread, which is the first row's."""
        script = "([rows, options]) => standIn.showSplit(rows, options)"
        self.page.evaluate(script, [rows, {"open": thread, "vertical": vertical}])

    def refetch(self, *drafts: str) -> None:
        """Gmail fetches the conversations of these mails again."""
        self.page.evaluate("(drafts) => standIn.refetch(...drafts)", drafts)

    def recycle(self, place: int, row: dict[str, str]) -> None:
        self.page.evaluate("([place, row]) => standIn.recycle(place, row)", [place, row])

    def mark(self, subject: str) -> Locator:
        """The mark of a conversation in the list."""
        return self.page.locator("tr.zA", has_text=subject).locator(".sealbreak-mark")

    @property
    def panel(self) -> Locator:
        return self.page.locator(".sealbreak-panel")

    def load_images(self, way: str, *urls: str) -> None:
        """Loads an image in one of the ways that a page has."""
        load = "([way, urls]) => { for (const url of urls) standIn.load(way, url); }"
        self.page.evaluate(load, [way, urls])

    def ways(self) -> list[str]:
        found: list[str] = self.page.evaluate("standIn.ways")
        return found

    def notices(self) -> list[str]:
        """The notices on the page, once the mail that was sent last is handled."""
        self.page.wait_for_timeout(300)
        return self.page.locator(".sealbreak-notice > span").all_inner_texts()

    def notice(self) -> str:
        """Waits for a notice."""
        return self.page.locator(".sealbreak-notice > span").first.inner_text()

    def sent(self) -> int:
        return int(self.page.evaluate("Number(document.body.dataset.sent ?? 0)"))

    def close(self) -> None:
        self.page.close()


class Writing:
    """One compose window, inline reply or pop-out."""

    def __init__(self, tab: Tab, root: Locator) -> None:
        self.tab = tab
        self.root = root

    @property
    def switch(self) -> Locator:
        return self.root.get_by_role("switch")

    @property
    def menu(self) -> Locator:
        return self.root.get_by_role("menu")

    def choose(self, *names: str) -> None:
        """Presses items of the menu beside the switch, by their text."""
        self.root.get_by_role("button", name="What to track").click()
        for name in names:
            self.menu.get_by_role("menuitemcheckbox", name=name).click()
        self.menu.press("Escape")

    def fill(self, to: str, subject: str, html: str) -> None:
        self.root.locator("input[name=to]").fill(to)
        self.root.locator("[name=subjectbox]").fill(subject)
        self._write(html)

    def _write(self, html: str) -> None:
        self.root.locator("[g_editable]").evaluate(
            "(editor, html) => { standIn.write(editor, html); }", html
        )

    def shows(self, state: str | None) -> "Writing":
        if state is not None:
            self.root.locator(f'[role=switch][data-state="{state}"]').wait_for()
        return self

    def draft(self) -> str:
        value: str = self.root.locator("[name=draft]").get_attribute("value") or ""
        return value.removeprefix("#")

    def send(self) -> None:
        """Clicks Send and waits until the mail is sent."""
        before = self.tab.sent()
        self.click_send()
        self.left(before)

    def click_send(self) -> None:
        self.root.locator(".T-I-atl").click()

    def click(self, selector: str) -> None:
        before = self.tab.sent()
        self.root.locator(selector).click()
        self.left(before)

    def press(self, key: str, where: str = "[g_editable]") -> None:
        before = self.tab.sent()
        self.root.locator(where).press(key)
        self.left(before)

    def choose_off(self) -> "Writing":
        self.switch.click()
        return self.shows("off")

    def described(self) -> str:
        """What a screen reader reads after the switch's name."""
        text: str = self.switch.evaluate(
            "(button) => document.getElementById("
            "button.getAttribute('aria-describedby')).textContent"
        )
        return text

    def left(self, before: int) -> None:
        self.tab.page.wait_for_function(
            "(before) => Number(document.body.dataset.sent ?? 0) > before", arg=before
        )

    def evaluate(self, script: str, argument: Any = None) -> Any:
        return self.root.evaluate(script, argument)
