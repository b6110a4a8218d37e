"""What the rules decide by: the facts of a hit with what its program and network tell."""

from dataclasses import dataclass
from functools import cached_property

from sealbreak_server.classification.evidence.agents import MAX_AGENT, Agent, AgentKind, Agents
from sealbreak_server.classification.evidence.networks import (
    Address,
    Network,
    Networks,
    Role,
    parse_address,
    same_block,
    same_line,
)
from sealbreak_server.model.facts import Facts, Nearby
from sealbreak_server.model.hit import Kind

BURST_SECONDS = 2.5
CONTEXT_SECONDS = 60.0
_BROWSER_SIGNS = ("sec-fetch-mode", "sec-fetch-dest", "sec-ch-ua", "upgrade-insecure-requests")


@dataclass(frozen=True)
class Signals:
    facts: Facts
    agent: Agent
    address: Address | None
    network: Network

    @property
    def is_open(self) -> bool:
        return self.facts.kind is Kind.OPEN

    @property
    def age(self) -> float | None:
        """Seconds after the send."""
        return self.facts.seconds_after_send

    def sooner_than(self, seconds: float) -> bool:
        return self.age is not None and self.age < seconds

    def header(self, name: str) -> str:
        return self.facts.headers.get(name, "").strip()

    @property
    def language(self) -> bool:
        """The request names a language. Browsers and most mail programs do, scanners rarely."""
        value = self.header("accept-language")
        return bool(value) and value != "*"

    @property
    def browser_signs(self) -> bool:
        """The request has headers that only browsers add, or a page that led here."""
        return bool(self.header("referer")) or any(map(self.header, _BROWSER_SIGNS))

    @property
    def reader_program(self) -> bool:
        if self.agent.kind is AgentKind.APP:
            return self.language
        return self.agent.kind in (AgentKind.BROWSER, AgentKind.MAIL)

    @property
    def full_browser(self) -> bool:
        return self.reader_program and self.language and self.browser_signs

    @property
    def loaded_by_gmail(self) -> bool:
        """Gmail's image proxy on Google's network loaded the pixel."""
        genuine = self.agent.kind is AgentKind.GMAIL_PROXY and self.network.role is Role.GOOGLE
        return self.is_open and genuine

    def same_address(self, other: Nearby) -> bool:
        there = parse_address(other.address)
        return (
            self.address is not None and there is not None and same_line(self.address, there)
        ) or other.address == self.facts.address

    def same_agent(self, other: Nearby) -> bool:
        return other.agent[:MAX_AGENT] == self.facts.headers.get("user-agent", "")[:MAX_AGENT]

    def side_by_side(self, other: Nearby) -> bool:
        there = parse_address(other.address)
        return self.address is not None and there is not None and same_block(self.address, there)

    def same_source(self, other: Nearby) -> bool:
        """One machine, or several that share their network or their agent."""
        return (
            self.same_address(other)
            or self.side_by_side(other)
            or (self.same_agent(other) and not self.language)
        )

    @cached_property
    def related_hits(self) -> tuple[Nearby, ...]:
        """The hits of the same source within a minute."""
        return tuple(
            other
            for other in self.facts.nearby
            if abs(other.dt) <= CONTEXT_SECONDS
            and self.same_source(other)
            and (self.same_agent(other) or not self.language)
        )


def extract_signals(facts: Facts, agents: Agents, networks: Networks) -> Signals:
    agent = facts.headers.get("user-agent", "")
    address = parse_address(facts.address)
    return Signals(facts, agents.read(agent[: MAX_AGENT + 1]), address, networks.find(address))
