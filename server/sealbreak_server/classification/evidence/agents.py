"""What a `User-Agent` claims about its program. Whether that is true, the rules decide."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import re2
from crawleruseragents import CRAWLER_USER_AGENTS_DATA  # type: ignore[import-untyped]
from ua_parser import parse

MAX_AGENT = 1024
"""Characters. A longer agent is cut before any expression is matched, and is malformed."""
CACHED = 4096
"""Agents that are parsed once and kept."""


class AgentKind(StrEnum):
    MISSING = "missing"
    MALFORMED = "malformed"
    """Longer than any real one, or with control characters."""
    BARE = "bare"
    """Exactly `Mozilla/5.0`: Apple's Mail Privacy Protection, and some machines."""
    GMAIL_PROXY = "gmail-proxy"
    GMAIL_PREFETCH = "gmail-prefetch"
    YAHOO_PROXY = "yahoo-proxy"
    PROXY = "proxy"
    MACHINE = "machine"
    """It names itself as an automated client."""
    MAIL = "mail"
    BROWSER = "browser"
    APP = "app"
    """Not a known browser, but it names a system that people use."""
    STRANGE = "strange"


@dataclass(frozen=True, slots=True)
class Agent:
    kind: AgentKind
    via: str = ""
    """For a proxy or a machine: the `via` of its hits."""
    name: str = ""
    device: str | None = None
    apple: bool = False
    """It claims to run on an iPhone, an iPad or a Mac."""
    app: "Agent | None" = None
    """For a name that lists take for a robot's: the app that it is when a person uses it."""
    few_headers: bool = False
    """A small browser that names no language, or sends hardly any headers."""


_PREFETCH = re.compile(
    r"Chrome/42\.0\.2311\.135 Safari/537\.36 Edge/12\.246 (Mozilla/5\.0|Gmail-content-sampling)$"
)
_BARE_WEBKIT = re.compile(
    r"^Mozilla/5\.0 \([^)]*\) AppleWebKit/[\d.]+ \(KHTML, like Gecko\)( Mobile/\w+)?$"
)
_ENGINE = re.compile(
    r"AppleWebKit|Gecko/|Gecko Firefox|Trident|MSIE|Presto|KHTML|Opera|UCBrowser|UCWEB|"
    r"Browser|NetFront|MIDP|\bWAP\b|^\[FBAN|^(Lynx|E?Links|w3m)\b",
    re.IGNORECASE,
)
_SYSTEM = re.compile(
    r"Android|\biOS\b|iPhone|iPad|CFNetwork|Darwin/|Windows|Mac ?OS|Linux;|Tizen|Smart-?TV|ViziOS"
)
_ANDROID_MODEL = re.compile(r"^(Mozilla/5\.0 ?\(Linux;(?: U;)?(?: [\w]+;)? ?Android)[^)]*\)")
_BESIDE_MODEL = ("compatible", "http", "-Google")
_MACHINE_WORDS = re.compile(
    r"https?://|www\.|\w@[\w-]+\.\w|(?<![cC][uU])bots?\b|bot[/;)_-]|crawl|spider|scrape|"
    r"fetch|headless|archiver|validator|checker|scanner|monitor|preview|httpclient",
    re.IGNORECASE,
)
_ADVERTISING_BROWSERS = re.compile(
    r"(Avant|Maxthon|MyIE|Crazy Browser|FunWebProducts|IEMB|SIMBAR|GTB|QQBrowser|360SE|Sogou|"
    r"Konqueror|Galeon|Opera|NetCaptor|Iron)",
    re.IGNORECASE,
)
_APP = re.compile(
    r"; wv\)|\bElectron/|\((?:iPhone|iPad|iPod)\b[^)]*\) AppleWebKit/(?!.*\bVersion/).* Mobile/"
)
"""The view of an Android app, Electron, and the view of an iOS app, which unlike Safari names no
version."""
_NETWORK_APP = re.compile(r"^[\w%.+ -]+/[\w.]+ CFNetwork/")
_NO_APP = re.compile(
    r"https?://|www\.|(?<!cu)bot|crawl|spider|headless|Cypress/|Puppeteer|Playwright|Selenium|"
    r"WebDriver|PhantomJS|Lighthouse|PTST/|Synthetic",
    re.IGNORECASE,
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_ROBOT = re.compile(r"\bbot\b|bot/|crawler|spider|https?://", re.IGNORECASE)
_TAG_VIAS = {
    "social-preview": "link-preview",
    "monitoring": "monitor",
    "http-library": "http-client",
    "browser-automation": "http-client",
    "scanner": "security-scanner",
}
_BROWSER_NAMES = {
    "Mobile Safari": "Safari",
    "Chrome Mobile": "Chrome",
    "Chrome Mobile iOS": "Chrome",
    "Firefox Mobile": "Firefox",
    "Firefox iOS": "Firefox",
    "Edge Mobile": "Edge",
    "Opera Mobile": "Opera",
    "IE": "Internet Explorer",
    "IE Mobile": "Internet Explorer",
}
_APPLE_SYSTEMS = ("Mac OS X", "iOS")
_NO_BROWSER = ("WebView", "WKWebView", "Apple Mail", "Android", "Other")
_ENGINES = ("Qt Web Engine", "QtWebKit", "WebKit")
"""Parts of programs, which say nothing about the program. Safari beside any system but Apple's is
such a part too: WebKitGTK calls itself so in Geary, Epiphany and others."""
_SYSTEM_NAMES = {
    "Mac OS X": "Mac",
    "Chrome OS": "ChromeOS",
    "Ubuntu": "Linux",
    "Fedora": "Linux",
    "Debian": "Linux",
}

Match = Callable[[str], list[int]]
"""Finds all patterns of a list in a text in one pass, and returns their indexes."""


def _matcher(patterns: Iterable[str], *, any_case: bool) -> Match:
    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = not any_case
    found = re2.Set.SearchSet(options)
    for pattern in patterns:
        found.Add(pattern)
    found.Compile()
    match: Match = found.Match
    return match


class Word(NamedTuple):
    kind: str
    via: str
    name: str
    pattern: str


def read_words(path: Path) -> list[Word]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [Word(*line.split("\t")) for line in lines if line and not line.startswith("#")]


def _via_of(tags: Iterable[str]) -> str:
    return next((_TAG_VIAS[tag] for tag in tags if tag in _TAG_VIAS), "crawler")


def _device(agent: str, name: str) -> str | None:
    """The program and the system that the agent names, without versions."""
    if _BARE_WEBKIT.match(agent) and "Mac OS X 10" in agent:
        return "a mail program"
    parsed = parse(agent)
    browser = parsed.user_agent.family if parsed.user_agent else ""
    system = parsed.os.family if parsed.os else ""
    hardware = parsed.device.family if parsed.device else ""
    if not name:
        known = browser and not browser.endswith(_NO_BROWSER)
        name = _BROWSER_NAMES.get(browser, browser) if known else "an app"
        if browser in _ENGINES or (name == "Safari" and system not in _APPLE_SYSTEMS):
            name = "a program"
    place = hardware if hardware in ("iPhone", "iPad") else _SYSTEM_NAMES.get(system, system)
    if not place or place == "Other":
        return name if name not in ("an app", "a program") else None
    return f"{name} on {place}"


class Agents:
    def __init__(self, words: list[Word]) -> None:
        self._words = words
        self._find_words = _matcher((word.pattern for word in words), any_case=True)
        crawlers = CRAWLER_USER_AGENTS_DATA
        self._crawler_vias = [_via_of(entry.get("tags") or ()) for entry in crawlers]
        self._find_crawlers = _matcher((entry["pattern"] for entry in crawlers), any_case=False)
        self.read = lru_cache(maxsize=CACHED)(self._read)

    @classmethod
    def load(cls, shipped: Path) -> "Agents":
        return cls(read_words(shipped / "agents.tsv"))

    def _read(self, agent: str) -> Agent:
        if len(agent) > MAX_AGENT or _CONTROL.search(agent):
            return Agent(AgentKind.MALFORMED)
        agent = agent.strip()
        if not agent:
            return Agent(AgentKind.MISSING)
        found = _mail_fetcher(agent) or self._named(agent) or self._listed(agent)
        return replace(found, app=_app(agent, found)) if found.kind is AgentKind.MACHINE else found

    def _named(self, agent: str) -> Agent | None:
        found = self._find_words(agent)
        if not found:
            return None
        kind, via, name, _ = self._words[min(found)]
        if kind in ("proxy", "machine"):
            return Agent(AgentKind(kind), via, name)
        if _ROBOT.search(agent):
            return None
        family = AgentKind.MAIL if kind == "mail" else AgentKind.BROWSER
        device = _device(agent, name)
        return Agent(family, "", name, device, _is_apple(agent), few_headers=kind == "small")

    def _listed(self, agent: str) -> Agent:
        said = _without_model(agent)
        found = self._find_crawlers(said)
        if found:
            return Agent(AgentKind.MACHINE, self._crawler_vias[min(found)], "a crawler")
        browser = bool(_ENGINE.search(agent))
        if _MACHINE_WORDS.search(said) and not (browser and _ADVERTISING_BROWSERS.search(agent)):
            return Agent(AgentKind.MACHINE, "crawler", "a crawler")
        if _BARE_WEBKIT.match(agent):
            return Agent(AgentKind.MAIL, "", "", _device(agent, ""), apple=True)
        if not browser and not _SYSTEM.search(agent):
            return Agent(AgentKind.STRANGE)
        kind = AgentKind.BROWSER if browser else AgentKind.APP
        return Agent(kind, "", "", _device(agent, ""), _is_apple(agent))


def _without_model(agent: str) -> str:
    """The agent without its Android model: some phones are called `M bot 54` or `Spider 8`."""
    found = _ANDROID_MODEL.match(agent)
    if not found or any(word in found[0] for word in _BESIDE_MODEL):
        return agent
    return f"{found[1]}){agent[found.end() :]}"


def _mail_fetcher(agent: str) -> Agent | None:
    """The proxies that most mail is read through, recognised by their whole agent."""
    if agent == "Mozilla/5.0":
        return Agent(AgentKind.BARE)
    if "GoogleImageProxy" in agent or "via ggpht.com" in agent:
        return Agent(AgentKind.GMAIL_PROXY, "gmail-proxy", "Gmail")
    if _PREFETCH.search(agent):
        return Agent(AgentKind.GMAIL_PREFETCH, "gmail-prefetch", "Gmail")
    if "YahooMailProxy" in agent:
        return Agent(AgentKind.YAHOO_PROXY, "yahoo-proxy", "Yahoo Mail")
    return None


def _app(agent: str, machine: Agent) -> Agent | None:
    """An app with a browser in it, whose name a list takes for a robot's [Matomo mobile apps].

    Programs on phones also load previews of links, with the phone's own headers, so there only a
    name that no list knows as a preview may be an app.
    """
    if machine.via == "monitor" or _NO_APP.search(agent):
        return None
    if _APP.search(agent):
        return Agent(AgentKind.BROWSER, "", "", _device(agent, ""), _is_apple(agent))
    if _NETWORK_APP.search(agent) and machine.via == "crawler":
        return Agent(AgentKind.APP, "", "", _device(agent, ""), _is_apple(agent))
    return None


def _is_apple(agent: str) -> bool:
    return any(word in agent for word in ("iPhone", "iPad", "iPod", "Macintosh", "Darwin/"))
