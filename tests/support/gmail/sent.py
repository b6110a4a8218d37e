"""A sent mail, as sender, readers and lists see it."""

from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError

from support.desktop.processes import eventually
from support.desktop.server import Server, fetch
from support.gmail.browser import Browser
from support.gmail.mails import Mail
from support.gmail.stand_in import TRACKER, Thread, legacy_id, proxied

HTML = '<p>Hello, see <a href="https://example.com/a">this</a>.</p>'
SCANNER = {"User-Agent": "Barracuda Sentinel (EE)", "Accept": "*/*"}


@dataclass
class Sent:
    mail: Mail
    subject: str

    @property
    def row(self) -> dict[str, str]:
        """The conversation as a row of a list."""
        return {"people": "To: Ben", "subject": self.subject, "thread": self.thread_id}

    @property
    def thread_id(self) -> str:
        return legacy_id(self.mail.draft, "70")

    @property
    def message_id(self) -> str:
        return legacy_id(self.mail.draft, "10")

    def thread(self) -> Thread:
        """The mail as its sender opens it: Gmail shows the images through its proxy."""
        (pixel,) = self.mail.pixels
        html = self.mail.own.replace(pixel, proxied(pixel))
        return Thread(self.mail.draft, "thread-f:1", html, self.message_id, self.thread_id)

    def opened(self, tracker: Server, headers: dict[str, str] | None = None) -> None:
        fetch(self.mail.pixels[0].replace(TRACKER, tracker.address), headers)

    def followed(self, tracker: Server, number: int = 1) -> None:
        fetch(self.mail.links[number - 1].replace(TRACKER, tracker.address))

    def known(self, tracker: Server) -> dict[str, Any]:
        """The message on the server; empty before the registration."""
        try:
            return dict(tracker.call("GET", f"messages/{self.mail.id}"))
        except HTTPError as error:
            error.close()
            return {}


def is_known(tracker: Server, message: str) -> bool:
    """True when the mail is registered under its ID. Retries after a rate limit."""
    try:
        return bool(tracker.call("GET", f"messages/{message}"))
    except HTTPError as error:
        error.close()
        return False


def send(browser: Browser, tracker: Server, subject: str, html: str = HTML) -> Sent:
    """Sends a mail and waits until it is registered with Gmail's ids."""
    browser.gmail.forget()
    tab = browser.open()
    tab.send("ben@example.com", subject, html)
    (mail,) = browser.gmail.mails(1)
    sent = Sent(mail, subject)
    eventually(lambda: sent.known(tracker).get("gmail_thread_id") == sent.thread_id, "Gmail's ids")
    tab.close()
    return sent
