"""Rules about what a hit does together with others, whatever its program claims to be."""

from collections import Counter
from collections.abc import Iterable

from sealbreak_server.classification.evidence.networks import (
    Address,
    Role,
    parse_address,
    same_neighbourhood,
)
from sealbreak_server.classification.rules.outcomes import machine, scanner_name
from sealbreak_server.classification.rules.reasons import Reason
from sealbreak_server.classification.signals import BURST_SECONDS, CONTEXT_SECONDS, Signals
from sealbreak_server.model.facts import Nearby
from sealbreak_server.model.hit import Kind
from sealbreak_server.model.verdict import Verdict

BURST_LINKS = 3
REPEAT_SECONDS = 300.0
HIDDEN_SECONDS = 10.0
FAN_OUT_SECONDS = 3.0
FAN_OUT_NETWORKS = 3
FAN_OUT_READERS = 2
"""More people than this may follow links at the same time."""


def _scanner(signals: Signals) -> str:
    via = scanner_name(signals)
    return "security-scanner" if via == "http-client" else via


def hidden_link(signals: Signals) -> Verdict | None:
    """Readers cannot see this link, so they cannot follow it [O: mautic 9798]."""
    if not signals.facts.hidden:
        return None
    return machine(
        signals, _scanner(signals), Reason.HIDDEN_LINK, "It followed a link that readers cannot see"
    )


Clicks = Iterable[tuple[float, int | None]]
"""For each click its time, in seconds from the classified hit, and its link."""


def _is_burst(clicks: Clicks, in_message: int | None) -> bool:
    """Whether any 2.5 seconds hold three different links, or every link of several."""
    ordered = sorted((dt, link) for dt, link in clicks if link is not None)
    enough = BURST_LINKS if in_message is None else min(BURST_LINKS, max(in_message, 2))
    links: Counter[int] = Counter()
    first = 0
    for dt, link in ordered:
        links[link] += 1
        while dt - ordered[first][0] > BURST_SECONDS:
            gone = ordered[first][1]
            links[gone] -= 1
            if not links[gone]:
                del links[gone]
            first += 1
        if len(links) >= enough:
            return True
    return False


def _clicks(hits: Iterable[Nearby], within: float) -> list[tuple[float, int | None]]:
    return [(hit.dt, hit.link) for hit in hits if hit.kind is Kind.CLICK and abs(hit.dt) <= within]


def burst(signals: Signals) -> Verdict | None:
    """All links, or three different ones, within 2.5 s [O: gophish 2646; craft-campaign 546].

    All links of a message are followed in under a second at the median, often a minute or more
    after the send, so the time since the send does not matter.
    """
    if signals.is_open:
        return None
    same = (near for near in signals.facts.nearby if signals.same_source(near))
    clicks = [*_clicks(same, BURST_SECONDS), (0.0, signals.facts.link)]
    if not _is_burst(clicks, signals.facts.links_in_message):
        return None
    links = len({link for _, link in clicks})
    return machine(
        signals, _scanner(signals), Reason.BURST, f"It followed {links} links in a few seconds"
    )


def fan_out(signals: Signals) -> Verdict | None:
    """Three or more other networks follow links of one copy in the same moment [O: section 7].

    One or two readers cannot be at four places. A reader's own click is left out: other programs
    repeat it a moment later.
    """
    recipients = signals.facts.recipients
    if signals.is_open or (recipients is not None and recipients > FAN_OUT_READERS):
        return None
    near = [
        hit
        for hit in signals.facts.nearby
        if hit.kind is Kind.CLICK and hit.same_copy and abs(hit.dt) <= FAN_OUT_SECONDS
    ]
    networks = _networks(signals, near)
    if networks < FAN_OUT_NETWORKS or _is_repeated(signals, near):
        return None
    return machine(
        signals,
        _scanner(signals),
        Reason.FAN_OUT,
        f"{networks + 1} networks followed links of this copy within {FAN_OUT_SECONDS:.0f} seconds",
    )


def _networks(signals: Signals, near: Iterable[Nearby]) -> int:
    """How many networks there are beside the hit's own."""
    apart: list[Address] = [signals.address] if signals.address else []
    for hit in near:
        there = parse_address(hit.address)
        if there is not None and not any(same_neighbourhood(there, one) for one in apart):
            apart.append(there)
    return len(apart) - 1 if signals.address else 0


def _is_repeated(signals: Signals, near: Iterable[Nearby]) -> bool:
    """A browser's click at home comes first, and other programs repeat just this one."""
    return (
        signals.network.role is Role.ACCESS
        and signals.full_browser
        and all(
            hit.dt > 0 and hit.link == signals.facts.link and not signals.same_agent(hit)
            for hit in near
        )
    )


def scanner_nearby(signals: Signals) -> Verdict | None:
    """The same source followed a hidden link or made a burst within the minute [J].

    Hits without a language within ten seconds of a hidden link belong to the same scanner, whatever
    their network: scanners work from several networks at once [O: mautic 9798, 16263].
    """
    hidden = any(near.hidden for near in signals.related_hits) or (
        not signals.language
        and any(near.hidden and abs(near.dt) <= HIDDEN_SECONDS for near in signals.facts.nearby)
    )
    clicks = _clicks(signals.related_hits, CONTEXT_SECONDS)
    if not hidden and not _is_burst(clicks, signals.facts.links_in_message):
        return None
    return machine(
        signals,
        _scanner(signals),
        Reason.SCANNER_NEARBY,
        f"The same source scanned the message within {CONTEXT_SECONDS:.0f} seconds",
    )


def repeat(signals: Signals) -> Verdict | None:
    """A click without a language that repeats another one within five minutes.

    Antivirus programs and gateways fetch what a reader has just fetched [O: resend-node 901,
    serverfault 138240].
    """
    if signals.is_open or signals.language:
        return None
    for near in signals.facts.nearby:
        before = -REPEAT_SECONDS <= near.dt < 0
        repeats = near.kind is Kind.CLICK and near.link == signals.facts.link and near.same_copy
        if before and repeats and not signals.same_address(near):
            via = scanner_name(signals) if signals.network.role is Role.SCANNER else "antivirus"
            return machine(
                signals,
                via,
                Reason.REPEAT,
                "It repeats a click made from another address just before",
            )
    return None
