"""Decides whether a reader, a machine, the sender or an unknown actor caused a hit.

`Classifier.classify` is pure: the same facts and data always give the same verdict.
"""

import logging
import traceback
from dataclasses import replace
from pathlib import Path

import maxminddb

from sealbreak_server.classification.evidence.agents import AgentKind, Agents
from sealbreak_server.classification.evidence.data_files import (
    COUNTRY,
    EGRESS,
    SHIPPED,
    country_of,
    find,
)
from sealbreak_server.classification.evidence.networks import Networks, Role, parse_address
from sealbreak_server.classification.explain import country_name
from sealbreak_server.classification.rules.order import RULES
from sealbreak_server.classification.rules.outcomes import failed
from sealbreak_server.classification.signals import Signals, extract_signals
from sealbreak_server.model.facts import Facts
from sealbreak_server.model.self_test import Visitor
from sealbreak_server.model.verdict import Verdict

log = logging.getLogger(__name__)


class Classifier:
    def __init__(
        self,
        agents: Agents,
        networks: Networks,
        countries: maxminddb.Reader | None = None,
        *,
        https: bool = True,
    ) -> None:
        self._agents = agents
        self._networks = networks
        self._countries = countries
        self._https = https
        self._logged: set[str] = set()

    @classmethod
    def load(cls, folder: Path | None = None, *, https: bool = True) -> "Classifier":
        """Reads the data files; those in `folder` have precedence. Only the shipped tables must
        be there: `data_files.missing` says what is lost without the others.

        `https`: links and pixels are loaded over https, where browsers send more headers."""
        country = find(COUNTRY, folder)
        return cls(
            Agents.load(SHIPPED),
            Networks.load(SHIPPED, find(EGRESS, folder)),
            maxminddb.open_database(str(country)) if country else None,
            https=https,
        )

    def classify(self, facts: Facts) -> Verdict:
        """Never raises: a hit is kept even when a rule fails."""
        try:
            return self._classify(facts)
        except Exception as error:
            self._log_once(error)
            return failed()

    def recognise(self, agent: str, address: str) -> Visitor:
        """Whether a request is Gmail's, by the same evidence as a hit's."""
        is_google = self._networks.find(parse_address(address)).role is Role.GOOGLE
        if self._agents.read(agent).kind is AgentKind.GMAIL_PROXY:
            return Visitor.GMAIL if is_google else Visitor.CLAIMS_GMAIL
        return Visitor.GOOGLE if is_google else Visitor.OTHER

    def place(self, address: str) -> str:
        """Owner of the network and country, as far as they are known."""
        parsed = parse_address(address)
        country = None
        if self._countries is not None and parsed is not None:
            country = country_of(self._countries.get(str(parsed)))
        owner = self._networks.find(parsed).owner
        return ", ".join(filter(None, (owner, country_name(country) if country else None)))

    def _log_once(self, error: Exception) -> None:
        """Logs each place once. The error's message may hold a reader's data, so it is left out."""
        last = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{type(error).__name__} in {Path(last.filename).name}:{last.lineno}"
        if place not in self._logged:
            self._logged.add(place)
            log.error("a rule failed, its hits are classified as unknown: %s", place)

    def _classify(self, facts: Facts) -> Verdict:
        signals = extract_signals(facts, self._agents, self._networks, https=self._https)
        verdict = next(verdict for rule in RULES if (verdict := rule(signals)) is not None)
        if verdict.location_known:
            return replace(verdict, country=self._country(signals))
        return verdict

    def _country(self, signals: Signals) -> str | None:
        if self._countries is None or signals.address is None:
            return None
        return country_of(self._countries.get(str(signals.address)))
