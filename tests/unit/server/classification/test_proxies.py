"""Image proxies of mail providers, and Apple's privacy protection."""

import pytest
from sealbreak_server.classification.rules.reasons import Reason
from sealbreak_server.model.hit import Kind
from sealbreak_server.model.verdict import Actor
from support.server.classification import (
    DATACENTER,
    GMAIL,
    RELAY,
    RESIDENTIAL,
    classify,
)

OPEN = Kind.OPEN


def test_gmails_proxy_says_neither_device_nor_place() -> None:
    verdict = classify("gip", GMAIL, "none", kind=OPEN)
    assert (verdict.actor, verdict.reason) == (Actor.HUMAN, Reason.GMAIL_IMAGE_PROXY)
    assert (verdict.device, verdict.country, verdict.network) == (None, None, "Google LLC")


def test_gmails_proxy_within_two_seconds_may_be_nobody() -> None:
    verdict = classify("gip", GMAIL, "none", kind=OPEN, seconds_after_send=1.9)
    assert (verdict.actor, verdict.sure) == (Actor.UNKNOWN, False)


def test_gmails_proxy_on_a_link_is_a_machine() -> None:
    assert classify("gip", GMAIL, "none").reason is Reason.PROXY_ON_LINK


@pytest.mark.parametrize("address", [RESIDENTIAL, DATACENTER, "34.77.10.20", "10.0.0.1", "unknown"])
def test_gmails_proxy_from_elsewhere_is_unverified(address: str) -> None:
    verdict = classify("gip", address, "forged-bot", kind=OPEN)
    assert (verdict.actor, verdict.via) == (Actor.UNKNOWN, "unverified")


def test_gmails_prefetcher_is_a_machine_and_its_agent_elsewhere_is_unverified() -> None:
    assert classify("pre", GMAIL, "none", kind=OPEN).via == "gmail-prefetch"
    assert classify("pre", RESIDENTIAL, "none", kind=OPEN).via == "unverified"


def test_a_person_with_the_browser_that_the_prefetcher_imitates_stays_a_person() -> None:
    assert classify("edge12", RESIDENTIAL, "page").actor is Actor.HUMAN


def test_yahoos_proxy_is_a_reader_on_yahoos_network_only() -> None:
    assert classify("ymp", "74.6.51.128", "none", kind=OPEN).actor is Actor.HUMAN
    assert classify("ymp", RESIDENTIAL, "none", kind=OPEN).actor is Actor.UNKNOWN


def test_a_small_providers_proxy_behind_a_vpn_is_unverified() -> None:
    assert classify("FastmailUA/1.0", "185.245.24.169", "none", kind=OPEN).via == "unverified"


def test_apples_privacy_protection_is_a_machine() -> None:
    verdict = classify("bare", RELAY, "none", kind=OPEN)
    assert (verdict.actor, verdict.via, verdict.sure) == (Actor.MACHINE, "apple-mpp", True)


@pytest.mark.parametrize(
    ("address", "kind"), [(RELAY, Kind.CLICK), (RESIDENTIAL, OPEN), (DATACENTER, OPEN)]
)
def test_the_bare_agent_anywhere_else_is_some_machine(address: str, kind: Kind) -> None:
    verdict = classify("bare", address, "none", kind=kind)
    assert (verdict.actor, verdict.reason) == (Actor.MACHINE, Reason.BARE_AGENT)


@pytest.mark.parametrize(
    ("domains", "after", "actor", "reason"),
    [
        (("outlook.com",), 600.0, Actor.HUMAN, Reason.GMAIL_ELSEWHERE),
        (("outlook.com",), 599.0, Actor.UNKNOWN, Reason.GMAIL_ELSEWHERE),
        (("outlook.com", "gmx.de"), 600.0, Actor.HUMAN, Reason.GMAIL_ELSEWHERE),
        (("outlook.com", "gmail.com"), 599.0, Actor.HUMAN, Reason.GMAIL_IMAGE_PROXY),
        (("acme.example",), 599.0, Actor.HUMAN, Reason.GMAIL_IMAGE_PROXY),
        ((), 599.0, Actor.HUMAN, Reason.GMAIL_IMAGE_PROXY),
    ],
)
def test_gmail_for_recipients_who_are_elsewhere_says_so(
    domains: tuple[str, ...], after: float, actor: Actor, reason: Reason
) -> None:
    verdict = classify(
        "gip", GMAIL, "none", kind=OPEN, recipient_domains=domains, seconds_after_send=after
    )
    assert (verdict.actor, verdict.reason) == (actor, reason)


def test_the_evidence_names_where_the_recipients_are() -> None:
    elsewhere = ("outlook.com", "gmx.de")
    one = classify("gip", GMAIL, "none", kind=OPEN, recipient_domains=elsewhere[:1])
    two = classify("gip", GMAIL, "none", kind=OPEN, recipient_domains=elsewhere)
    assert one.evidence[1] == "The recipient's address is at Microsoft, not at Google"
    assert two.evidence[1] == "The recipients' addresses are at GMX and Microsoft, none at Google"


def test_the_evidence_names_three_providers_at_most() -> None:
    domains = ("outlook.com", "gmx.de", "yahoo.de", "icloud.com")
    verdict = classify("gip", GMAIL, "none", kind=OPEN, recipient_domains=domains)
    assert verdict.evidence[1].count(" and ") == 2


@pytest.mark.parametrize(
    "agent", ["Nextcloud-Server-Crawler/32.0.1", "SnappyMail/2.38", "Thumbor/7"]
)
@pytest.mark.parametrize("address", [RESIDENTIAL, DATACENTER, "192.168.1.20"])
def test_webmail_that_people_host_themselves_may_be_anywhere(agent: str, address: str) -> None:
    assert classify(agent, address, "none", kind=OPEN).actor is Actor.HUMAN
    assert classify(agent, address, "none").reason is Reason.PROXY_ON_LINK
