"""Classifies a made-up hit in one line. The data is loaded once."""

from functools import cache
from typing import Any

from sealbreak_server.classification.classifier import Classifier
from sealbreak_server.classification.signals import Signals, extract_signals
from sealbreak_server.model.facts import Facts, Nearby
from sealbreak_server.model.hit import Kind
from sealbreak_server.model.verdict import Verdict
from support.server.hit_cases import AGENTS, PROFILES

RESIDENTIAL = "78.207.100.113"
RESIDENTIAL_V6 = "2a01:e00:92b1:d3f2:8ede:d7a:c3ba:eaa1"
OTHER_RESIDENTIAL = "125.170.95.88"
GMAIL = "66.249.84.20"
DATACENTER = "188.166.189.101"
RELAY = "104.28.42.17"


@cache
def classifier() -> Classifier:
    return Classifier.load()


def facts(
    agent: str = "chrome", address: str = RESIDENTIAL, headers: str = "page", **fields: Any
) -> Facts:
    """`agent` and `headers` name rows of `hit_cases`; `fields` are those of `Facts`."""
    text = AGENTS.get(agent, agent)
    sent = {name.lower(): value for name, value in PROFILES[headers].items()}
    given: dict[str, Any] = {"kind": Kind.CLICK, "method": "GET", "seconds_after_send": 900.0}
    return Facts(
        headers=sent | ({"user-agent": text} if text else {}), address=address, **(given | fields)
    )


def classify(
    agent: str = "chrome", address: str = RESIDENTIAL, headers: str = "page", **fields: Any
) -> Verdict:
    return classifier().classify(facts(agent, address, headers, **fields))


def signals(
    agent: str = "chrome", address: str = RESIDENTIAL, headers: str = "page", **fields: Any
) -> Signals:
    """The argument of each rule."""
    loaded = classifier()
    return extract_signals(
        facts(agent, address, headers, **fields), loaded._agents, loaded._networks
    )


def click(
    dt: float, link: int = 1, address: str = RESIDENTIAL, agent: str = "chrome", **more: Any
) -> Nearby:
    return Nearby(Kind.CLICK, dt, address, AGENTS.get(agent, agent), link, **more)
