"""Hits of the sender, classified by all rules."""

from dataclasses import replace

import pytest
from sealbreak_server.classification.evidence.networks import Network, Role
from sealbreak_server.classification.rules.reasons import Reason
from sealbreak_server.classification.rules.sender import (
    before_sending,
    sender_viewing,
    shared_proxy,
)
from sealbreak_server.model.facts import Nearby
from sealbreak_server.model.hit import Kind
from sealbreak_server.model.verdict import Actor
from support.server.classification import (
    DATACENTER,
    GMAIL,
    OTHER_RESIDENTIAL,
    RELAY,
    RESIDENTIAL_V6,
    classify,
    click,
    signals,
)

OPEN = Kind.OPEN


def test_a_marked_click_is_the_senders_own_whatever_else_it_is() -> None:
    verdict = classify("curl/8", DATACENTER, "bot", own_click=True)
    assert (verdict.actor, verdict.reason) == (Actor.SENDER, Reason.OWN_CLICK)


def test_what_comes_before_the_send_is_the_sender() -> None:
    verdict = classify("gip", GMAIL, "none", kind=OPEN, seconds_after_send=-5.0)
    assert (verdict.actor, verdict.via) == (Actor.SENDER, "gmail-proxy")


@pytest.mark.parametrize(
    ("role", "seconds", "is_sender"),
    [
        (Role.ACCESS, -0.1, True),
        (Role.ACCESS, 0.0, False),
        (Role.ACCESS, 0.5, False),
        (Role.ACCESS, None, False),
        (Role.FILTER, -5.0, False),
        (Role.SCANNER, -5.0, False),
    ],
)
def test_mail_filters_may_see_a_mail_before_the_time_of_its_send(
    role: Role, seconds: float | None, is_sender: bool
) -> None:
    hit = replace(signals(seconds_after_send=seconds), network=Network(role))
    assert (before_sending(hit) is not None) is is_sender


def test_a_crawler_before_the_send_is_still_a_crawler() -> None:
    assert classify("googlebot", GMAIL, "bot", seconds_after_send=-5.0).actor is Actor.MACHINE


def test_a_neighbour_in_the_senders_ipv6_line_is_the_sender() -> None:
    own = RESIDENTIAL_V6.rsplit(":", 1)[0] + ":1"
    assert classify(address=RESIDENTIAL_V6, sender_addresses=(own,)).reason is Reason.SENDER_ADDRESS


def test_another_address_than_the_senders_is_not_the_sender() -> None:
    assert classify(sender_addresses=(OTHER_RESIDENTIAL, "nonsense")).actor is Actor.HUMAN


def test_gmails_proxy_while_the_sender_views_the_message_is_the_sender() -> None:
    verdict = classify("gip", GMAIL, "none", kind=OPEN, sender_viewing=True)
    assert verdict.reason is Reason.SENDER_VIEWING


def test_the_second_fetch_of_the_senders_view_is_the_sender_too() -> None:
    twin = click(-0.4, address=GMAIL, agent="gip", sender_viewing=True)
    assert classify("gip", GMAIL, "none", kind=OPEN, nearby=(twin,)).actor is Actor.SENDER


@pytest.mark.parametrize(
    ("twin", "is_sender"),
    [
        (click(3, address=GMAIL, agent="gip", sender_viewing=True), True),
        (click(3.1, address=GMAIL, agent="gip", sender_viewing=True), False),
        (click(1, address=GMAIL, agent="gip"), False),
        (click(1, address=GMAIL, agent="edge", sender_viewing=True), False),
    ],
)
def test_only_a_fetch_by_gmail_during_the_view_is_its_first_one(
    twin: Nearby, is_sender: bool
) -> None:
    """Within three seconds."""
    hit = signals("gip", GMAIL, "none", kind=OPEN, nearby=(twin,))
    assert (sender_viewing(hit) is not None) is is_sender


@pytest.mark.parametrize(
    ("domains", "viewing", "actor"),
    [
        (("gmail.com",), True, Actor.SENDER),
        (("gmail.com", "outlook.com"), True, Actor.SENDER),
        (("gmail.com", "yahoo.de"), True, Actor.HUMAN),
        (("gmail.com", "acme.example"), True, Actor.HUMAN),
        (("gmail.com",), False, Actor.HUMAN),
        ((), True, Actor.HUMAN),
    ],
)
def test_yahoos_proxy_is_the_senders_when_the_sender_looks_and_nobody_is_at_yahoo(
    domains: tuple[str, ...], viewing: bool, actor: Actor
) -> None:
    verdict = classify(
        "ymp", "98.137.183.10", "none", kind=OPEN, sender_viewing=viewing, recipient_domains=domains
    )
    assert verdict.actor is actor


@pytest.mark.parametrize(("agent", "role"), [("ymp", Role.ACCESS), ("chrome", Role.YAHOO)])
def test_only_yahoos_proxy_in_yahoos_network_is_yahoos(agent: str, role: Role) -> None:
    hit = signals(agent, kind=OPEN, sender_viewing=True, recipient_domains=("gmail.com",))
    assert shared_proxy(replace(hit, network=Network(role))) is None


@pytest.mark.parametrize(("agent", "address"), [("ymp", "98.137.183.10"), ("bare", RELAY)])
def test_other_proxies_while_the_sender_views_the_message_are_not_the_sender(
    agent: str, address: str
) -> None:
    verdict = classify(agent, address, "none", kind=OPEN, sender_viewing=True)
    assert verdict.actor is not Actor.SENDER
