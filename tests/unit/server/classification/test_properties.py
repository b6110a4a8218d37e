"""Whatever comes in: no crash, and no claim that the hit cannot carry."""

from hypothesis import given, settings
from hypothesis import strategies as st
from sealbreak_server.classification.explain import correction, sentence
from sealbreak_server.classification.rules.reasons import Reason
from sealbreak_server.model.facts import Facts, Nearby
from sealbreak_server.model.hit import Kind
from sealbreak_server.model.verdict import Actor
from support.server.classification import DATACENTER, GMAIL, RELAY, RESIDENTIAL, classifier
from support.server.hit_cases import AGENTS

ADDRESSES = st.one_of(
    st.sampled_from(
        [RESIDENTIAL, DATACENTER, RELAY, GMAIL, "165.225.72.9", "40.94.1.2", "::1", ""]
    ),
    st.ip_addresses().map(str),
    st.text(max_size=60),
)
AGENT = st.one_of(st.sampled_from(sorted(AGENTS.values())), st.text(max_size=1200))
NAMES = st.sampled_from(
    ["accept", "accept-language", "via", "referer", "purpose", "sec-fetch-mode", "x-forwarded-for"]
)
HEADERS = st.builds(
    lambda headers, agent: headers | ({} if agent is None else {"user-agent": agent}),
    st.dictionaries(NAMES, st.text(max_size=60), max_size=5),
    st.none() | AGENT,
)
TIMES = st.none() | st.floats(allow_nan=True, allow_infinity=True) | st.floats(-100, 1e5)
NEARBY = st.builds(
    Nearby,
    kind=st.sampled_from(Kind),
    dt=st.floats(-1e4, 1e4),
    address=ADDRESSES,
    agent=AGENT,
    link=st.none() | st.integers(1, 9),
    hidden=st.booleans(),
    sender_viewing=st.booleans(),
)
FACTS = st.builds(
    Facts,
    kind=st.sampled_from(Kind),
    method=st.sampled_from(["GET", "HEAD", "get", "\x00"]),
    headers=HEADERS,
    address=ADDRESSES,
    seconds_after_send=TIMES,
    links_in_message=st.none() | st.integers(-1, 600),
    link=st.none() | st.integers(-1, 600),
    hidden=st.booleans(),
    sender_viewing=st.booleans(),
    sender_addresses=st.lists(ADDRESSES, max_size=2).map(tuple),
    own_click=st.booleans(),
    nearby=st.lists(NEARBY, max_size=6).map(tuple),
    seconds_after_reply=TIMES,
    newer_loads=st.lists(NEARBY, max_size=2).map(tuple),
)


@settings(max_examples=400, deadline=None)
@given(FACTS)
def test_no_hit_crashes_it_or_makes_it_claim_what_cannot_be_known(facts: Facts) -> None:
    verdict = classifier().classify(facts)
    assert verdict.reason in set(Reason)
    if verdict.actor is not Actor.HUMAN:
        assert verdict.device_known is verdict.location_known is False
    if not verdict.device_known:
        assert verdict.device is None
    if not verdict.location_known:
        assert verdict.country is None
    if verdict.location_known:
        assert verdict.via == "direct"
        assert verdict.device_known


@settings(max_examples=100, deadline=None)
@given(FACTS, st.sampled_from(["66.249.84.20", "17.1.2.3", "98.137.183.10", "165.225.72.9", RELAY]))
def test_no_place_is_claimed_from_a_network_of_proxies(facts: Facts, address: str) -> None:
    moved = Facts(facts.kind, facts.method, facts.headers, address, facts.seconds_after_send)
    assert not classifier().classify(moved).location_known


@settings(max_examples=100, deadline=None)
@given(FACTS, st.integers(0, 5))
def test_every_verdict_can_be_said_in_a_sentence(facts: Facts, recipients: int) -> None:
    verdict = classifier().classify(facts)
    for words in (
        sentence(verdict, facts.kind, recipients),
        sentence(verdict, facts.kind, recipients, ("Ann",)),
        correction(verdict, facts.kind),
    ):
        assert words[0].isupper()
        assert "  " not in words
        assert "None" not in words
        assert not words.endswith((".", " ", ","))
