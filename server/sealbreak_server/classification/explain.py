"""A verdict as one sentence for people. Pure."""

from functools import cache
from pathlib import Path

from sealbreak_server.model.hit import Kind
from sealbreak_server.model.registration import MAX_PEOPLE
from sealbreak_server.model.verdict import Actor, Verdict

_COUNTRIES = Path(__file__).parent / "data" / "countries.tsv"

PROVIDERS = {
    "gmail-proxy": "Gmail",
    "gmail-prefetch": "Gmail",
    "yahoo-proxy": "Yahoo Mail",
    "fastmail-proxy": "Fastmail",
    "hey-proxy": "HEY",
    "superhuman-proxy": "Superhuman",
    "front-proxy": "Front",
    "rambler-proxy": "Rambler",
    "ukrnet-proxy": "ukr.net",
    "seznam-proxy": "Seznam",
    "yandex-proxy": "Yandex Mail",
    "mailru-proxy": "mail.ru",
    "outlook-proxy": "Outlook on the web",
    "proton-proxy": "Proton Mail",
    "zoho-proxy": "Zoho Mail",
    "duckduckgo-proxy": "DuckDuckGo",
    "shortwave-proxy": "Shortwave",
    "nextcloud-proxy": "Nextcloud",
    "snappymail-proxy": "SnappyMail",
    "thumbor-proxy": "an image server",
}
"""The providers of the image proxies, by `Verdict.via`."""

VENDORS = {
    "outlook-safelinks": "Microsoft",
    "google-safety": "Google",
    "abnormal": "Abnormal",
    "avast": "Avast",
    "barracuda": "Barracuda",
    "bitdefender": "Bitdefender",
    "checkpoint": "Check Point",
    "cisco": "Cisco",
    "cyren": "Cyren",
    "drweb": "Dr.Web",
    "eset": "ESET",
    "forcepoint": "Forcepoint",
    "fortinet": "Fortinet",
    "hornetsecurity": "Hornetsecurity",
    "kaspersky": "Kaspersky",
    "mcafee": "McAfee",
    "mimecast": "Mimecast",
    "nable": "N-able",
    "netcraft": "Netcraft",
    "paloalto": "Palo Alto Networks",
    "proofpoint": "Proofpoint",
    "retarus": "Retarus",
    "sophos": "Sophos",
    "symantec": "Symantec",
    "trellix": "Trellix",
    "trendmicro": "Trend Micro",
    "vade": "Vade",
    "watchguard": "WatchGuard",
    "withsecure": "WithSecure",
    "zix": "Zix",
}
"""The vendors of the scanners, by `Verdict.via`."""

_MACHINES = {
    "security-scanner": "a security scanner",
    "antivirus": "an antivirus program",
    "link-preview": "a link preview",
    "crawler": "a crawler",
    "monitor": "a monitoring service",
    "http-client": "a program",
    "prefetch": "a browser loading ahead",
}

_ELSEWHERE = "no recipient is at Google: perhaps a forward, or you"
_WAYS = {
    "vpn": "through a VPN or a hosted machine",
    "corporate-proxy": "through a company gateway",
    "apple-relay": "through Apple's Private Relay",
}


@cache
def _countries() -> dict[str, str]:
    """Names by ISO 3166 code, as they stand after `in`."""
    lines = _COUNTRIES.read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return {row[0]: row[1] for row in rows}


def country_name(code: str) -> str:
    return _countries().get(code, code)


def sentence(verdict: Verdict, kind: Kind, recipients: int, names: tuple[str, ...] = ()) -> str:
    """`recipients`: how many people got this copy, 0 when not known.

    `names`: their names when the copy is their own; empty for a body that everybody shares.
    """
    if verdict.actor is Actor.SENDER:
        return _by_sender(verdict, kind)
    if verdict.actor is Actor.MACHINE:
        return _by_machine(verdict, kind)
    if verdict.actor is Actor.UNKNOWN:
        return _by_unknown(verdict, kind)
    words = _by_reader(verdict, kind, _someone(recipients, names)) + whose(names)
    return f"{words} ({_ELSEWHERE})" if verdict.reason == "gmail-elsewhere" else words


def correction(verdict: Verdict, kind: Kind) -> str:
    """The sentence of a correction that ended in this verdict."""
    if verdict.actor is Actor.SENDER:
        return "That was you, not a reader"
    if verdict.actor is Actor.UNKNOWN:
        what = "load" if kind is Kind.OPEN else "click"
        return f"It is not known whether that {what} was a reader's"
    if verdict.actor is Actor.HUMAN:
        return "That was a reader after all"
    if verdict.via == "apple-mpp":
        return "That was Apple's privacy protection: it is not known whether it was read"
    return f"That was {machine_name(verdict.via)}, not a reader"


def machine_name(via: str) -> str:
    if via in VENDORS:
        return f"{_genitive(VENDORS[via])} scanner"
    if via in PROVIDERS:
        return f"{_genitive(PROVIDERS[via])} image proxy"
    return _MACHINES.get(via, "a program")


def _genitive(name: str) -> str:
    return f"{name}'" if name.endswith("s") else f"{name}'s"


def _someone(recipients: int, names: tuple[str, ...]) -> str:
    if recipients <= 1 or _is_named(names):
        return ""
    # A mail with more recipients is registered with this many of them.
    return f"by someone of {recipients}{' or more' if recipients >= MAX_PEOPLE else ''}"


def whose(names: tuple[str, ...]) -> str:
    """Whose copy it was. Who read it nobody can tell."""
    return f": the copy for {' and '.join(names)}" if _is_named(names) else ""


def _is_named(names: tuple[str, ...]) -> bool:
    return 1 <= len(names) <= 2


def _done(kind: Kind) -> str:
    return "Opened" if kind is Kind.OPEN else "Followed a link"


def _by_sender(verdict: Verdict, kind: Kind) -> str:
    if verdict.reason == "before-sending":
        return "Loaded before it was sent: that was you"
    return "You opened it yourself" if kind is Kind.OPEN else "You followed the link yourself"


def _by_machine(verdict: Verdict, kind: Kind) -> str:
    if verdict.via == "apple-mpp":
        return "Loaded by Apple's privacy protection: it is not known whether it was read"
    if verdict.via == "gmail-prefetch":
        return "Loaded ahead by Gmail, which does not mean that anybody read it"
    done = "loaded the images" if kind is Kind.OPEN else "followed a link"
    name = machine_name(verdict.via)
    return f"{name[0].upper()}{name[1:]} {done}"


def _by_unknown(verdict: Verdict, kind: Kind) -> str:
    what = "Loaded" if kind is Kind.OPEN else "A link was followed"
    doubt = "it is not known whether anyone read it"
    if verdict.via in PROVIDERS:
        if verdict.reason == "proxy-at-once":
            doubt = "so soon that it may not have been a reader"
        if verdict.reason == "gmail-elsewhere":
            return f"{what} through {PROVIDERS[verdict.via]}, but {_ELSEWHERE}"
        if verdict.reason == "reply-prefetch":
            doubt = "right after your reply, which makes Gmail load the whole thread"
        if verdict.reason == "thread-look":
            doubt = "together with a newer message of the thread, where the open counts"
        return f"{what} through {PROVIDERS[verdict.via]}: {doubt}"
    if verdict.via in VENDORS:
        return f"{what} from {_genitive(VENDORS[verdict.via])} network: {doubt}"
    if verdict.reason == "unverified-proxy":
        return f"{what} by something that is not what it says it is"
    return f"{what}: {doubt}"


def _by_reader(verdict: Verdict, kind: Kind, someone: str) -> str:
    if verdict.via in PROVIDERS:
        provider = PROVIDERS[verdict.via]
        if someone:
            return f"{_done(kind)} through {provider}, {someone}"
        return f"{_done(kind)}, through {provider}"
    words = _done(kind)
    if verdict.device_known and verdict.device:
        words += f" in {verdict.device}"
    parts = [words]
    if verdict.location_known and verdict.country:
        parts.append(f"in {country_name(verdict.country)}")
    if verdict.via in _WAYS:
        parts.append(_WAYS[verdict.via])
    if someone:
        parts.append(someone)
    return ", ".join(parts)
