"""What the visits of a test mail prove. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from sealbreak_server.checks.finding import Finding, not_checked, ok, warning
from sealbreak_server.checks.judgements.readers import TRUST, is_public
from sealbreak_server.checks.words import when
from sealbreak_server.model.self_test import SelfTest, SelfTestVisit, Visitor
from sealbreak_server.security.reachability import Reach, is_loopback, reach

TOPIC, OUTSIDE = "test mail", "outside"
SOON_SECONDS = 12 * 3600
"""A test mail that ends sooner is not handed out again."""


def judge_self_test(tests: Sequence[SelfTest], public_url: str, now: float) -> Finding:
    """`tests`: newest first. Only what came to this public address counts as a proof of it."""
    mine = [test for test in tests if test.public_url == public_url]
    proofs = [(test.gmail, test) for test in mine if test.gmail]
    if proofs:
        visit, test = max(proofs, key=lambda proof: proof[0].time)
        through = f", through {test.public_url}" if _is_through(test, visit) else ""
        return ok(TOPIC, f"Gmail reached this server at {when(visit.time)}{through}.")
    if not mine:
        return not_checked(TOPIC, "No test mail was made for this address yet.")
    if mine[0].other:
        return _not_gmail(mine[0].other)
    if mine[0].expires_at <= now:
        ended = f"Nothing asked for its picture until it ended at {when(mine[0].expires_at)}."
        return not_checked(TOPIC, ended, "Make another test mail.")
    return not_checked(
        TOPIC,
        "Nothing has asked for the picture of the test mail yet. It counts until"
        f" {when(mine[0].expires_at)}.",
    )


def _not_gmail(visit: SelfTestVisit) -> Finding:
    """What came in its place."""
    said = f"Something reached this server from {_from(visit)} at {when(visit.time)}, but it was"
    advice = "Open the mail that you received, in Gmail."
    if visit.visitor is Visitor.GOOGLE:
        why = " not Gmail's image proxy: it came from Google's network and did not say so."
        return warning(TOPIC, said + why, advice)
    if visit.visitor is not Visitor.CLAIMS_GMAIL:
        return warning(TOPIC, f"{said} not Gmail.", advice)
    claim = f"{said} not Gmail: it says so, and that address is not in Google's network."
    if visit.address and not is_public(visit.address):
        advice = f"If a proxy is there, it hides the visitors' addresses: set {TRUST}."
    return warning(TOPIC, claim, advice)


def _from(visit: SelfTestVisit) -> str:
    return visit.address or "an address that is no longer kept"


def _is_through(test: SelfTest, visit: SelfTestVisit) -> bool:
    """A proxy may replace the name, and then the visit does not show which one was asked."""
    return visit.host.lower() == urlsplit(test.public_url).netloc.rpartition("@")[2].lower()


@dataclass(frozen=True, slots=True)
class Place:
    """What is known of a visitor's address."""

    words: str = ""
    """Network and country, as far as they are known."""
    is_own: bool = False
    """One of the account's devices was there lately."""


def judge_device(tests: Sequence[SelfTest], public_url: str, place: Place) -> Finding:
    """A phone or another browser opened the page of the test mail."""
    mine = [test for test in tests if test.public_url == public_url and test.device]
    if not mine or mine[0].device is None:
        return not_checked(OUTSIDE, "No phone has opened the code yet.")
    visit = mine[0].device
    where = f"{_from(visit)} ({place.words})" if place.words else _from(visit)
    said = f"A device reached this server from {where} at {when(visit.time)}"
    if not visit.address:
        return not_checked(OUTSIDE, f"{said}.")
    if reach(public_url) is Reach.PRIVATE and not is_loopback(visit.address):
        return ok(OUTSIDE, f"{said}.")
    if not is_public(visit.address):
        inside = "not a public address: it is inside this network, or a proxy hides it."
        return not_checked(OUTSIDE, f"{said}, which is {inside}")
    if place.is_own:
        own = "where your own devices are: other networks are not proven."
        return not_checked(OUTSIDE, f"{said}, {own}", "Switch the phone's Wi-Fi off.")
    through = f", through {public_url}" if _is_through(mine[0], visit) else ""
    return ok(OUTSIDE, f"{said}{through}.")


def obstacle(public_url: str) -> str:
    """Why Gmail cannot fetch a picture there; empty when its address says nothing against it."""
    kind = reach(public_url)
    if kind is Reach.LOOPBACK:
        return f"Only this computer reaches {public_url}, so Gmail cannot."
    if kind is Reach.PRIVATE:
        return f"Only this network reaches {public_url}, so Gmail cannot."
    return ""


def reusable(tests: Sequence[SelfTest], public_url: str, now: float) -> SelfTest | None:
    """The newest test mail that has not been opened in Gmail and stays valid for a while."""
    newest = tests[0] if tests else None
    if newest is None or newest.gmail or newest.public_url != public_url:
        return None
    return newest if newest.expires_at > now + SOON_SECONDS else None
