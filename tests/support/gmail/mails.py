"""Reads what a Gmail tab has posted."""

import html
import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

PIXEL = re.compile(r"<img[^>]*src=\"([^\"]*/o/[a-z2-7]{8}/[a-z2-7]{32}\.gif)\"[^>]*>")
HREF = re.compile(r'<a[^>]*\shref="([^"]*)"')


@dataclass(frozen=True)
class Mail:
    draft: str
    labels: tuple[str, ...]
    recipients: tuple[str, ...]
    subject: str
    parts: tuple[tuple[int, str], ...]
    user: str
    """The account number in the address: /u/0, /u/1."""

    @property
    def own(self) -> str:
        return "".join(text for kind, text in self.parts if kind == 0)

    @property
    def html(self) -> str:
        return "".join(text for _, text in self.parts)

    @property
    def pixels(self) -> list[str]:
        return [html.unescape(url) for url in PIXEL.findall(self.html)]

    @property
    def id(self) -> str:
        """The tracking ID in the mail's only pixel."""
        (pixel,) = self.pixels
        return pixel.rsplit("/", 1)[1][:16]

    @property
    def links(self) -> list[str]:
        return [html.unescape(url) for url in HREF.findall(self.html)]


def target(link: str) -> str:
    """The target of a wrapped link."""
    return parse_qs(urlsplit(link).query)["to"][0]


def read_mails(body: str, user: str) -> list[Mail]:
    """Every message of a sync request, including drafts."""
    return [_mail(message, user) for message in messages(json.loads(body))]


def messages(node: Any) -> list[list[Any]]:
    if not isinstance(node, list):
        return []
    first = node[0] if node else None
    if len(node) > 10 and isinstance(first, str) and first.startswith("msg-"):
        return [node]
    return [found for child in node for found in messages(child)]


def _mail(message: list[Any], user: str) -> Mail:
    people = [entry[1] for kind in message[2:5] for entry in kind or []]
    return Mail(
        draft=message[0],
        labels=tuple(message[10]),
        recipients=tuple(people),
        subject=message[7],
        parts=tuple((kind, text) for kind, text in message[8][1] or ()),
        user=user,
    )
