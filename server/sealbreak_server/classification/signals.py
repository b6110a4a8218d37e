"""What the rules decide by: the facts of a hit with what its program and network tell."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

from sealbreak_server.classification.evidence.agents import MAX_AGENT, Agent, AgentKind, Agents
from sealbreak_server.classification.evidence.browsers import is_phone, sends_fetch_metadata
from sealbreak_server.classification.evidence.networks import (
    DATACENTERS,
    Address,
    Network,
    Networks,
    Role,
    parse_address,
    same_block,
    same_line,
)
from sealbreak_server.classification.evidence.providers import Provider, provider_of
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
    read: Callable[[str], Agent]
    """What the agent of another hit claims."""
    https: bool = True
    """Links and pixels are loaded over https."""

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
    def in_datacenter(self) -> bool:
        return self.network.role in DATACENTERS

    @property
    def on_phone(self) -> bool:
        return is_phone(self.header("user-agent"))

    @property
    def names_new_browser(self) -> bool:
        """It names a browser of today, which sends a language always and `Sec-Fetch-*` over https."""
        return self.agent.kind is AgentKind.BROWSER and sends_fetch_metadata(
            self.header("user-agent")
        )

    @property
    def lacks_fetch_metadata(self) -> bool:
        return (
            self.https
            and self.names_new_browser
            and not any(name.startswith("sec-fetch-") for name in self.facts.headers)
        )

    @cached_property
    def providers(self) -> tuple[Provider, ...]:
        """Where the recipients' mailboxes are; empty unless that is known of all of them."""
        facts = self.facts
        found = [provider_of(domain, facts.mx) for domain in facts.recipient_domains]
        return tuple(one for one in found if one is not None) if all(found) else ()

    def elsewhere(self, provider: str) -> bool:
        """All recipients are known to have their mailboxes at other providers."""
        return bool(self.providers) and all(one.id != provider for one in self.providers)

    def showed_mail_before(
        self, within: float, at_least: float = 0.0, *, mail_program: bool = False
    ) -> bool:
        """A program at the same address loaded the pixel before, in this time in seconds."""
        return any(
            near.kind is Kind.OPEN
            and -within <= near.dt <= -at_least
            and near.dt < 0
            and self.same_address(near)
            and (not mail_program or self.read(near.agent).kind is AgentKind.MAIL)
            for near in self.facts.nearby
        )

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


def extract_signals(
    facts: Facts, agents: Agents, networks: Networks, *, https: bool = True
) -> Signals:
    def read(agent: str) -> Agent:
        return agents.read(agent[: MAX_AGENT + 1])

    address = parse_address(facts.address)
    agent = read(facts.headers.get("user-agent", ""))
    found = Signals(facts, agent, address, networks.find(address), read, https)
    return replace(found, agent=agent.app) if agent.app and found.language else found
