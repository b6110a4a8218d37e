"""Finds the signed target of a tracked link, also when programs have changed the link. Pure.

On its way a link is decoded (Lynx, rspamd), encoded once more, written with `&amp;` (Roundcube),
followed by punctuation, or gets parameters of others. How it was changed cannot be seen for sure,
so a few readings are tried, and the signature decides which one is the target.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from urllib.parse import unquote

from sealbreak_server.security.tokens import Token
from sealbreak_server.security.urls import MAX_URL, is_web_address

MAX_READINGS = 64
"""Signatures that are tried for one request."""
MAX_TEXT = 3 * MAX_URL
MAX_CHANGED = 5000
"""Characters of a target that was changed. The extension makes no link of more than 2000, and
encoding it twice more makes it 7/3 as long."""
MAX_DECODED = 2500
"""Characters of a target that was changed before it was encoded."""
MAX_LEVEL = 5
"""How often a target may be encoded: by the extension, and twice more by each of two programs."""
MAX_TRAILING = 4
MAX_APPENDED = 8
"""Parameters of others that are cut off where they cannot be told from those of the target."""

_LINK = re.compile(
    r"/l/(?P<owner>[a-z2-7]{8})/(?P<token>[a-z2-7]{32})/(?P<number>[0-9]{1,6})"
    r"(?:/(?P<signature>[A-Za-z0-9_-]{22}))?(?:\?|%(?:25)*3[Ff])(?P<query>.*)",
    re.DOTALL,
)
_TO = re.compile(r"(?:^|[&;]|%(?:25)*(?:26|3B))to(?:=|%(?:25)*3D)", re.IGNORECASE)
_SIGNATURE = re.compile(
    r"(?:^|&|%(?:25)*26)(?:amp(?:;|%(?:25)*3B))*sig(?:=|%(?:25)*3D)"
    r"([a-z0-9_-]{22})(?![a-z0-9_-])",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"https?://", re.IGNORECASE)
_AMPERSAND = re.compile(r"&amp(?:;|%(?:25)*3B)", re.IGNORECASE)
_TRAILING = re.compile(r"(?:[]!\"')*,.:;>?}]|%(?:22|3E)|&(?:gt|quot);)$", re.IGNORECASE)
"""What programs take for a part of an address. Browsers send the last two of them encoded."""
_ENCODED_BY_BROWSERS = re.compile(r"%(?:22|27|3C|3E|5B|5D|5E|60|7B|7C|7D)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class LinkAddress:
    owner: str
    token: str
    number: int
    signature: str
    """Of form 2, which has it in the path; empty in form 1, which has it in the query."""
    query: str


def read_link(address: str) -> LinkAddress | None:
    """`address`: path and query as they came, still encoded."""
    found = _LINK.fullmatch(address)
    if found is None:
        return None
    owner, token, number, signature, query = found.groups("")
    return LinkAddress(owner, token, int(number), signature, query)


def signed_target(token: Token, address: LinkAddress) -> str | None:
    """A web address that the message key has signed for this link, apart from its fragment."""
    signs = token.signs2 if address.signature else token.signs
    candidates = islice(_candidates(address), MAX_READINGS)
    return next(
        (url for signature, url in candidates if signs(address.number, url, signature)), None
    )


def shown_target(address: LinkAddress) -> str | None:
    """The likeliest target of a link that nobody signed."""
    signed = (url for _, url in _candidates(address))
    return next(chain(signed, _readings(_after_to(address.query))), None)


def _candidates(address: LinkAddress) -> Iterator[tuple[str, str]]:
    """Signatures and targets, the likeliest first."""
    if address.signature:
        pairs = [(address.signature, _after_to(address.query))]
    else:
        pairs = _signed_in_query(address.query)
    return ((signature, url) for signature, text in pairs for url in _readings(text))


def _after_to(query: str) -> str:
    found = _TO.search(query)
    return query[found.end() :] if found else ""


def _signed_in_query(query: str) -> list[tuple[str, str]]:
    """A target may contain what looks like our signature, which comes after it."""
    to = _TO.search(query)
    if to is None:
        return []
    marks = list(_SIGNATURE.finditer(query))[-2:]
    return [
        (mark[1], query[to.end() : mark.start() if mark.start() >= to.end() else None])
        for mark in reversed(marks)
    ]


def _readings(text: str) -> Iterator[str]:
    """Web addresses that the text may stand for, each once. Its scheme shows how often it is
    encoded."""
    if len(text) > MAX_TEXT:
        return iter(())
    found = _of_plain(text) if _PLAIN.match(text) else _of_encoded(text)
    return filter(is_web_address, _unique(islice(found, 2 * MAX_READINGS)))


def _unique(texts: Iterable[str]) -> Iterator[str]:
    seen = set()
    for text in texts:
        if text not in seen:
            seen.add(text)
            yield text


def _of_encoded(text: str) -> Iterator[str]:
    """An encoded target ends at the first `&`. It may have been changed before it was encoded."""
    levels = 1 if len(text) > MAX_CHANGED else MAX_LEVEL
    found = [_decoded(part, levels) for part in _without_trailing(text.partition("&")[0])]
    yield from found
    if levels > 1:
        for url in found:
            if len(url) <= MAX_DECODED:
                yield from _of_plain(url)


def _decoded(text: str, levels: int) -> str:
    """Empty if it is no web address after so many readings."""
    for _ in range(levels):
        text = _unquoted(text)
        if _PLAIN.match(text):
            return text
    return ""


def _of_plain(text: str) -> Iterator[str]:
    """A target that was decoded on the way may contain `&`, so anything appended looks alike."""
    if len(text) > MAX_CHANGED:
        return
    once = _AMPERSAND.sub("&", text)
    for whole in chain.from_iterable(map(_cut, _unique((text, once, _AMPERSAND.sub("&", once))))):
        for part in _without_trailing(whole):
            yield part
            yield _ENCODED_BY_BROWSERS.sub(_character, part)
            yield _unquoted(part)


def _character(found: re.Match[str]) -> str:
    return chr(int(found[0][1:], 16))  # `unquote` takes five times as long


def _cut(text: str) -> Iterator[str]:
    yield text
    for count in range(1, min(text.count("&"), MAX_APPENDED) + 1):
        yield text.rsplit("&", count)[0]
    yield text.partition("&")[0]


def _without_trailing(text: str) -> list[str]:
    """First without any of it: the extension encodes such characters at the end of a target."""
    found = [text]
    while len(found) <= MAX_TRAILING and (match := _TRAILING.search(found[-1])):
        found.append(found[-1][: match.start()])
    return found[::-1]


def _unquoted(text: str) -> str:
    """Empty if it is no UTF-8."""
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        return ""
