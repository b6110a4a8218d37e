"""What each kind of verdict may claim."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sealbreak_server.classification.evidence.networks import Network, Role
from sealbreak_server.classification.rules.outcomes import (
    RULES_VERSION,
    failed,
    machine,
    path,
    proxied,
    reader,
    scanner_name,
    sender,
    unknown,
)
from sealbreak_server.classification.rules.reasons import Reason
from sealbreak_server.classification.signals import Signals
from sealbreak_server.model.hit import Kind
from sealbreak_server.model.verdict import Actor, Verdict
from support.server.classification import GMAIL, RELAY, RESIDENTIAL, classify, signals

OPEN = Kind.OPEN
HALF_AN_HOUR = 1800.0


def within(role: Role, service: str = "", agent: str = "firefox") -> Signals:
    return replace(signals(agent), network=Network(role, "Example Ltd", service))


@pytest.mark.parametrize("hand_out", [machine, unknown, proxied])
def test_only_a_readers_own_program_has_a_device_and_a_place(
    hand_out: Callable[..., Verdict],
) -> None:
    verdict = hand_out(signals("firefox", RESIDENTIAL), "direct", Reason.READER, "Seen.")
    assert (verdict.device, verdict.device_known, verdict.location_known) == (None, False, False)
    assert (verdict.evidence, verdict.rules) == (("Seen.",), RULES_VERSION)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ACCESS])
def test_a_readers_place_is_known_at_home_only(role: Role) -> None:
    assert reader(within(Role.ACCESS), "direct", Reason.READER).location_known
    assert not reader(within(role), "direct", Reason.READER).location_known
    assert not reader(within(Role.ACCESS), "corporate-proxy", Reason.READER).location_known


def test_the_device_of_a_program_that_is_no_readers_is_not_known() -> None:
    assert not reader(within(Role.ACCESS, agent="curl/8.5.0"), "direct", Reason.READER).device_known


@pytest.mark.parametrize(
    ("fields", "sure"),
    [
        ({"kind": OPEN, "seconds_after_send": HALF_AN_HOUR}, True),
        ({"kind": OPEN, "seconds_after_send": 19.9}, False),
        ({"kind": OPEN, "seconds_after_send": 20.0}, True),
        ({"kind": OPEN, "seconds_after_send": None}, True),
        ({"kind": Kind.CLICK, "seconds_after_send": HALF_AN_HOUR}, False),
        (
            {"kind": OPEN, "seconds_after_send": HALF_AN_HOUR, "seconds_after_reply": 400.0},
            False,
        ),
    ],
)
def test_a_verdict_waits_while_more_may_come_in(fields: dict[str, Any], sure: bool) -> None:
    hit = signals(**fields)
    assert [hand_out(hit, "x", Reason.READER).sure for hand_out in (reader, proxied, unknown)] == [
        sure
    ] * 3


def test_machines_and_the_sender_are_sure_at_once() -> None:
    hit = signals(kind=OPEN, seconds_after_send=1.0)
    assert machine(hit, "curl", Reason.NAMED_MACHINE).sure
    assert sender(hit, Reason.OWN_CLICK).sure


@pytest.mark.parametrize(
    ("agent", "address", "via"),
    [
        ("gip", GMAIL, "gmail-proxy"),
        ("bare", RELAY, "apple-mpp"),
        ("bare", RESIDENTIAL, "direct"),
        ("firefox", RELAY, "apple-relay"),
        ("firefox", RESIDENTIAL, "direct"),
        ("firefox", "165.225.72.9", "corporate-proxy"),
        ("firefox", "185.245.24.169", "vpn"),
    ],
)
def test_a_sender_comes_by_a_path_too(agent: str, address: str, via: str) -> None:
    hit = signals(agent, address)
    assert (path(hit), sender(hit, Reason.OWN_CLICK).via) == (via, via)


@pytest.mark.parametrize(
    ("hit", "name"),
    [
        (within(Role.FILTER, "mimecast"), "mimecast"),
        (within(Role.SCANNER, "proofpoint"), "proofpoint"),
        (within(Role.EXCHANGE, "outlook-proxy"), "outlook-safelinks"),
        (within(Role.GOOGLE, "google-safety"), "google-safety"),
        (within(Role.CLOUD), "security-scanner"),
        (within(Role.CLOUD, agent="curl/8.5.0"), "http-client"),
        (within(Role.ACCESS, "a-proxy"), "security-scanner"),
    ],
)
def test_a_scanner_is_named_by_its_network_or_by_what_it_poses_as(hit: Signals, name: str) -> None:
    assert scanner_name(hit) == name


def test_a_failed_rule_claims_nothing() -> None:
    assert (failed().actor, failed().reason) == (Actor.UNKNOWN, Reason.RULE_FAILED)
    assert (failed().device, failed().network, failed().sure) == (None, None, True)


def _quick(kind: Kind, seconds: float) -> Verdict:
    return classify(headers="image", kind=kind, seconds_after_send=seconds)


def test_a_verdict_is_not_sure_while_a_scanner_might_follow() -> None:
    assert not _quick(OPEN, 5.0).sure
    assert _quick(OPEN, 21.0).sure
    assert not _quick(Kind.CLICK, 4000.0).sure
