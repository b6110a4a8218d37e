"""What a network says of a hit, whichever addresses are in it today."""

from dataclasses import replace
from typing import Any

import pytest
from sealbreak_server.classification.evidence.networks import Network, Role
from sealbreak_server.classification.rules.origins import (
    apple_relay,
    company_gateway,
    exchange_online,
    home,
    hosting,
    mail_filter,
    mail_network,
    scanner_network,
    vpn,
)
from sealbreak_server.classification.rules.outcomes import Rule
from sealbreak_server.classification.rules.reasons import Reason
from sealbreak_server.classification.signals import Signals
from sealbreak_server.model.hit import Kind
from sealbreak_server.model.verdict import Actor, Verdict
from support.server.classification import HOME, HOSTING, OTHER_HOME, click, signals

OPEN = Kind.OPEN


def within(role: Role, agent: str = "chrome", headers: str = "page", **fields: Any) -> Signals:
    service = fields.pop("service", "a-service")
    hit = signals(agent, fields.pop("address", HOME), headers, **fields)
    return replace(hit, network=Network(role, "Example Ltd", service))


def answer(rule: Rule, hit: Signals) -> Verdict:
    verdict = rule(hit)
    assert verdict is not None
    return verdict


def said(rule: Rule, hit: Signals) -> tuple[Actor, str]:
    verdict = answer(rule, hit)
    return verdict.actor, verdict.reason


@pytest.mark.parametrize(
    ("rule", "roles"),
    [
        (mail_filter, {Role.FILTER}),
        (scanner_network, {Role.SCANNER}),
        (exchange_online, {Role.EXCHANGE}),
        (mail_network, {Role.MAIL}),
        (company_gateway, {Role.GATEWAY}),
        (apple_relay, {Role.RELAY}),
        (hosting, {Role.CLOUD, Role.GOOGLE, Role.YAHOO, Role.MAIL, Role.EXCHANGE}),
        (vpn, {Role.VPN, Role.RELAY}),
        (home, set(Role)),
    ],
)
def test_a_rule_answers_for_its_networks_only(rule: Rule, roles: set[Role]) -> None:
    hits = {role: within(role, "iphone", "none", kind=OPEN) for role in Role}
    assert {role for role, hit in hits.items() if rule(hit) is not None} == roles


@pytest.mark.parametrize(
    ("headers", "fields", "actor"),
    [
        ("page", {"seconds_after_send": 3600.0}, Actor.UNKNOWN),
        ("page", {"seconds_after_send": 3599.0}, Actor.MACHINE),
        ("page", {"seconds_after_send": None}, Actor.UNKNOWN),
        ("bot", {"seconds_after_send": 7200.0}, Actor.MACHINE),
        ("page", {"seconds_after_send": 7200.0, "nearby": (click(4, 2),)}, Actor.MACHINE),
    ],
)
def test_only_a_late_lone_browser_in_a_vendors_network_may_be_a_person(
    headers: str, fields: dict[str, Any], actor: Actor
) -> None:
    assert answer(scanner_network, within(Role.SCANNER, headers=headers, **fields)).actor is actor


def test_exchange_online_shows_readers_images_and_follows_no_links_for_them() -> None:
    late = within(Role.EXCHANGE, kind=OPEN, seconds_after_send=60.0)
    early = within(Role.EXCHANGE, kind=OPEN, seconds_after_send=59.0)
    assert answer(exchange_online, late).actor is Actor.HUMAN
    assert answer(exchange_online, early).actor is Actor.UNKNOWN
    assert exchange_online(within(Role.EXCHANGE)) is None


@pytest.mark.parametrize(
    ("service", "after", "actor"),
    [
        ("fastmail-proxy", 60.0, Actor.HUMAN),
        ("fastmail-proxy", 59.0, Actor.UNKNOWN),
        ("proton-proxy", 9000.0, Actor.UNKNOWN),
    ],
)
def test_an_unnamed_fetch_by_a_mail_provider_is_a_reader_once_nobody_loads_ahead(
    service: str, after: float, actor: Actor
) -> None:
    hit = within(Role.MAIL, "-", "none", kind=OPEN, seconds_after_send=after, service=service)
    assert (answer(mail_network, hit).actor, answer(mail_network, hit).via) == (actor, service)


def test_a_person_at_a_mail_provider_is_left_to_the_rule_for_hosting() -> None:
    assert mail_network(within(Role.MAIL, kind=OPEN)) is None
    assert mail_network(within(Role.MAIL, headers="none")) is None


@pytest.mark.parametrize(
    ("agent", "headers", "actor"),
    [
        ("chrome", "bot", Actor.HUMAN),
        ("SomeTool/1.0", "language", Actor.HUMAN),
        ("SomeTool/1.0", "bot", Actor.MACHINE),
    ],
)
def test_a_gateway_carries_whatever_looks_like_people(
    agent: str, headers: str, actor: Actor
) -> None:
    assert answer(company_gateway, within(Role.GATEWAY, agent, headers)).actor is actor


def test_apples_relay_carries_apples_programs_and_others_are_behind_a_vpn() -> None:
    assert said(apple_relay, within(Role.RELAY, "iphone")) == (Actor.HUMAN, Reason.APPLE_RELAY)
    assert said(apple_relay, within(Role.RELAY, "ios-mail", "none"))[0] is Actor.UNKNOWN
    assert apple_relay(within(Role.RELAY, "chrome")) is None
    assert said(vpn, within(Role.RELAY, "chrome")) == (Actor.HUMAN, Reason.VPN)


@pytest.mark.parametrize(
    ("after", "actor"), [(60.0, Actor.HUMAN), (59.0, Actor.MACHINE), (None, Actor.HUMAN)]
)
def test_nobody_reads_in_a_cloud_within_a_minute(after: float | None, actor: Actor) -> None:
    assert answer(hosting, within(Role.CLOUD, seconds_after_send=after)).actor is actor


@pytest.mark.parametrize(
    ("agent", "headers", "fields", "actor"),
    [
        ("chrome", "page", {"seconds_after_send": 20.0}, Actor.HUMAN),
        ("chrome", "page", {"seconds_after_send": 19.0}, Actor.UNKNOWN),
        ("chrome", "bot", {}, Actor.MACHINE),
        ("outlook", "none", {"kind": OPEN}, Actor.HUMAN),
        ("outlook", "none", {}, Actor.MACHINE),
        ("chrome", "page", {"link": 1, "nearby": (click(4, 2),)}, Actor.MACHINE),
    ],
)
def test_a_vpn_hides_people_and_people_name_a_language_or_read_mail(
    agent: str, headers: str, fields: dict[str, Any], actor: Actor
) -> None:
    assert answer(vpn, within(Role.VPN, agent, headers, **fields)).actor is actor


@pytest.mark.parametrize(
    ("near", "alone"),
    [
        (click(10, 2), False),
        (click(10.1, 2), True),
        (click(4, 2, OTHER_HOME), True),
        (click(-4, 1), True),
        (click(-12, 1, OTHER_HOME, "edge"), False),
        (click(-12.1, 1, OTHER_HOME, "edge"), True),
        (click(12, 1, OTHER_HOME, "edge"), True),
        (replace(click(4, 2), kind=OPEN), True),
    ],
)
def test_who_comes_from_a_cloud_with_company_is_no_person(near: Any, alone: bool) -> None:
    """Another link of the same source within 10 s, or the same link by others 12 s before."""
    verdict = answer(hosting, within(Role.CLOUD, link=1, nearby=(near,)))
    assert (verdict.actor is Actor.HUMAN) is alone


@pytest.mark.parametrize(
    ("agent", "headers", "fields", "expected"),
    [
        ("SomeTool/1.0", "bot", {}, (Actor.MACHINE, Reason.UNKNOWN_PROGRAM)),
        ("SomeTool/1.0", "language", {}, (Actor.UNKNOWN, Reason.UNKNOWN_PROGRAM)),
        ("chrome", "language", {}, (Actor.HUMAN, Reason.READER)),
        ("tbird", "none", {"kind": OPEN}, (Actor.HUMAN, Reason.READER)),
        ("tbird", "none", {}, (Actor.UNKNOWN, Reason.NO_LANGUAGE)),
        ("chrome", "bot", {"seconds_after_send": 59.0}, (Actor.MACHINE, Reason.NO_LANGUAGE)),
        ("chrome", "bot", {"seconds_after_send": 60.0}, (Actor.UNKNOWN, Reason.NO_LANGUAGE)),
    ],
)
def test_at_home_a_program_is_taken_for_what_it_shows(
    agent: str, headers: str, fields: dict[str, Any], expected: tuple[Actor, str]
) -> None:
    assert said(home, within(Role.ACCESS, agent, headers, **fields)) == expected


def test_a_hosts_owner_is_named_to_those_who_ask() -> None:
    evidence = answer(hosting, signals(address=HOSTING)).evidence
    assert "DigitalOcean" in evidence[0]
