"""Rules about what a program says of itself, and about requests that say too little."""

from sealbreak_server.classification.evidence.agents import AgentKind
from sealbreak_server.classification.evidence.browsers import Contradiction
from sealbreak_server.classification.evidence.browsers import contradiction as find_contradiction
from sealbreak_server.classification.evidence.networks import Role
from sealbreak_server.classification.rules.outcomes import (
    machine,
    scanner_name,
    unknown,
)
from sealbreak_server.classification.rules.reasons import Reason
from sealbreak_server.classification.signals import Signals
from sealbreak_server.model.verdict import Verdict

_SPECULATIVE = ("sec-purpose", "purpose", "x-purpose", "x-moz")
_DIFFERENT = {
    Contradiction.HEADLESS: "browser",
    Contradiction.VERSION: "version",
    Contradiction.SYSTEM: "system",
}
_SPECULATIVE_WORDS = ("prefetch", "prerender", "preview")


def speculative_load(signals: Signals) -> Verdict | None:
    """A header marks the request as a prefetch [C: warmbly abuse.rs; Fetch spec]."""
    for name in _SPECULATIVE:
        if any(word in signals.header(name).lower() for word in _SPECULATIVE_WORDS):
            return machine(
                signals,
                "prefetch",
                Reason.SPECULATIVE_LOAD,
                "The request says that it is a prefetch, made before anybody asks",
            )
    return None


def not_a_read(signals: Signals) -> Verdict | None:
    """Readers send only GET; link checkers send HEAD [O: Office's probe, mail filters]."""
    if signals.facts.method.strip().upper() == "GET":
        return None
    via = signals.agent.via or scanner_name(signals)
    return machine(signals, via, Reason.NOT_A_READ, "Only programs send this kind of request")


def signed_agent(signals: Signals) -> Verdict | None:
    """Agents of AI services sign their requests, people's browsers never do.

    [S: IETF draft web-bot-auth; OpenAI and Google describe it for their agents.] Other signatures,
    such as a company proxy's, say nothing.
    """
    tagged = "web-bot-auth" in signals.header("signature-input")
    if not tagged and not signals.header("signature-agent"):
        return None
    via = signals.agent.via if signals.agent.kind is AgentKind.MACHINE else "crawler"
    return machine(
        signals, via, Reason.SIGNED_AGENT, "The request is signed as an automated agent's"
    )


def contradiction(signals: Signals) -> Verdict | None:
    """Agent and client hints name different browsers [W3C: UA Client Hints; J].

    Another version or a headless browser is a machine in a datacenter. Elsewhere, or where only
    the system differs, it may be a person who changed the agent.
    """
    found = find_contradiction(signals.header("user-agent"), signals.facts.headers)
    if found is None:
        return None
    evidence = f"Its headers name another {_DIFFERENT[found]} than its User-Agent"
    if signals.in_datacenter and found is not Contradiction.SYSTEM:
        return machine(signals, scanner_name(signals), Reason.CONTRADICTION, evidence)
    return unknown(signals, "unverified", Reason.CONTRADICTION, evidence)


def named_machine(signals: Signals) -> Verdict | None:
    """The agent names an automated client [crawler-user-agents; data/agents.tsv]."""
    if signals.agent.kind is not AgentKind.MACHINE:
        return None
    return machine(
        signals,
        signals.agent.via,
        Reason.NAMED_MACHINE,
        "The program identifies itself as an automated client",
    )


def malformed(signals: Signals) -> Verdict | None:
    """No agent, an impossible agent or no address: nothing proves a reader [J]."""
    agentless = signals.agent.kind in (AgentKind.MISSING, AgentKind.MALFORMED)
    if not agentless and signals.network.role is not Role.NONE:
        return None
    what = (
        "The request has no usable User-Agent" if agentless else "The request has no valid address"
    )
    if signals.network.role in (Role.FILTER, Role.SCANNER):
        return machine(signals, scanner_name(signals), Reason.MALFORMED, what)
    if signals.network.role in (Role.CLOUD, Role.VPN, Role.EXCHANGE):
        return machine(signals, "http-client", Reason.MALFORMED, what, "It comes from a datacenter")
    return unknown(signals, "unverified", Reason.MALFORMED, what)
