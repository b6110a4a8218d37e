"""What today's browsers send besides their agent: fetch metadata and client hints. Pure."""

import re
from collections.abc import Mapping
from enum import StrEnum

FETCH_VERSION = 90
"""Chromium and Firefox of this version and later send `Sec-Fetch-*` with each request over https
[Fetch Metadata: Chrome 76 and Firefox 90; later Chromium is taken for both, to be safe]."""

_VERSION = re.compile(r"\b(?:Chrome|Firefox)/(\d{2,3})\b")
_INTERNET_EXPLORER = re.compile(r"\bMSIE \d|\bTrident/")
_UNIFORM = re.compile(r"Mozilla/5\.0 \(Windows NT 10\.0; rv:[\d.]+\) Gecko/20100101 Firefox/[\d.]+")
_CHROMIUM = re.compile(r"\bChrome/(\d{2,3})\b")
_BRAND = re.compile(r'"(?:Chromium|Google Chrome)"\s*;\s*v="(\d+)')
_PHONE = re.compile(r"Android|Mobile|iPhone|iPad")
_SYSTEMS = {
    "Windows": "Windows",
    "macOS": "Macintosh",
    "Android": "Android",
    "Linux": "Linux",
    "Chrome OS": "CrOS",
    "Chromium OS": "CrOS",
}
"""By the name in `Sec-CH-UA-Platform`: what the agent holds on that system."""


class Contradiction(StrEnum):
    """What the client hints say against the agent."""

    HEADLESS = "headless"
    VERSION = "version"
    SYSTEM = "system"


def is_phone(agent: str) -> bool:
    return bool(_PHONE.search(agent))


def sends_fetch_metadata(agent: str) -> bool:
    """Whether a browser of this name and version does so. Programs around Qt's engine may drop
    headers, and nobody poses as one."""
    if "QtWebEngine" in agent:
        return False
    found = _VERSION.search(agent)
    return found is not None and int(found[1]) >= FETCH_VERSION


def is_old(agent: str) -> bool:
    """Whether it is a browser for computers of before 2021, when these began to update themselves
    and to send `Sec-Fetch-*`."""
    if _INTERNET_EXPLORER.search(agent):
        return True
    found = _VERSION.search(agent)
    return found is not None and int(found[1]) < FETCH_VERSION and not is_phone(agent)


def is_uniform(agent: str) -> bool:
    """Tor Browser and other Firefoxes against fingerprinting name the same system everywhere
    [S: Tor Project]. Firefox itself names the processor too, but for the rare 32-bit Windows."""
    return _UNIFORM.fullmatch(agent) is not None


def contradiction(agent: str, headers: Mapping[str, str]) -> Contradiction | None:
    """Chromium makes its agent and its client hints from the same values [W3C: UA Client Hints].

    A program that poses as another browser mostly changes the agent alone.
    """
    brands, claimed = headers.get("sec-ch-ua", ""), _CHROMIUM.search(agent)
    if "headless" in brands.lower():
        return Contradiction.HEADLESS
    brand = _BRAND.search(brands)
    if brand and claimed and brand[1] != claimed[1]:
        return Contradiction.VERSION
    system = headers.get("sec-ch-ua-platform", "").strip().strip('"')
    expected = _SYSTEMS.get(system)
    if claimed and expected and expected not in agent and not is_desktop_site(agent, headers):
        return Contradiction.SYSTEM
    return None


def is_desktop_site(agent: str, headers: Mapping[str, str]) -> bool:
    """Chrome on a phone asks for the site of a computer: its agent then names Linux."""
    system = headers.get("sec-ch-ua-platform", "").strip().strip('"')
    return system == "Android" and "X11; Linux" in agent
