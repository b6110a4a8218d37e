"""What a network shows about a hit, whichever addresses are in it today."""

from dataclasses import replace
from typing import Any

import pytest
from sealbreak_server.classification.evidence.networks import Network, Role
from sealbreak_server.classification.rules.origins import (
    apple_relay,
    company_gateway,
    datacenter,
    exchange_online,
    mail_filter,
    mail_network,
    residential,
    scanner_network,
    vpn,
)
from sealbreak_server.classification.rules.outcomes import Rule
from sealbreak_server.classification.rules.reasons import Reason
from sealbreak_server.classification.signals import Signals
from sealbreak_server.model.facts import Nearby
from sealbreak_server.model.hit import Kind
from sealbreak_server.model.verdict import Actor, Verdict
from support.server.classification import (
    DATACENTER,
    GMAIL,
    OTHER_RESIDENTIAL,
    RELAY,
    RESIDENTIAL,
    classify,
    click,
    signals,
)

OPEN = Kind.OPEN


def within(role: Role, agent: str = "chrome", headers: str = "page", **fields: Any) -> Signals:
    service = fields.pop("service", "a-service")
    hit = signals(agent, fields.pop("address", RESIDENTIAL), headers, **fields)
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
        (datacenter, {Role.CLOUD, Role.GOOGLE, Role.YAHOO, Role.MAIL, Role.EXCHANGE}),
        (vpn, {Role.VPN, Role.RELAY}),
        (residential, set(Role)),
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


def test_a_person_at_a_mail_provider_is_left_to_the_rule_for_datacenters() -> None:
    assert mail_network(within(Role.MAIL, kind=OPEN)) is None
    assert mail_network(within(Role.MAIL, headers="none")) is None


@pytest.mark.parametrize(
    ("agent", "headers", "actor"),
    [
        ("chrome", "bot", Actor.HUMAN),
        ("SomeTool/1.0", "language", Actor.UNKNOWN),
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
    ("after", "actor"),
    [
        (59.0, Actor.MACHINE),
        (60.0, Actor.UNKNOWN),
        (119.0, Actor.UNKNOWN),
        (120.0, Actor.HUMAN),
        (None, Actor.HUMAN),
    ],
)
def test_soon_after_the_send_a_browser_in_a_datacenter_is_no_person(
    after: float | None, actor: Actor
) -> None:
    assert answer(datacenter, within(Role.CLOUD, seconds_after_send=after)).actor is actor


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
    ("near", "single"),
    [
        (click(10, 2), False),
        (click(10.1, 2), True),
        (click(4, 2, OTHER_RESIDENTIAL), True),
        (click(-4, 1), True),
        (click(-12, 1, OTHER_RESIDENTIAL, "edge"), False),
        (click(-12.1, 1, OTHER_RESIDENTIAL, "edge"), True),
        (click(12, 1, OTHER_RESIDENTIAL, "edge"), True),
        (replace(click(4, 2), kind=OPEN), True),
    ],
)
def test_a_hit_from_a_datacenter_with_others_nearby_is_no_person(near: Any, single: bool) -> None:
    """Another link of the same source within 10 s, or the same link by others 12 s before."""
    shown = replace(click(-20), kind=OPEN)
    verdict = answer(datacenter, within(Role.CLOUD, link=1, nearby=(near, shown)))
    assert (verdict.actor is Actor.HUMAN) is single


@pytest.mark.parametrize(
    ("near", "actor"),
    [
        (click(60, 2, OTHER_RESIDENTIAL), Actor.UNKNOWN),
        (click(-60, 2, OTHER_RESIDENTIAL), Actor.UNKNOWN),
        (click(61, 2, OTHER_RESIDENTIAL), Actor.HUMAN),
        (click(30, 2, "78.207.1.1", "edge"), Actor.HUMAN),
        (replace(click(30, address=GMAIL, agent="gip"), kind=OPEN), Actor.HUMAN),
        (replace(click(30, address=OTHER_RESIDENTIAL), sender_viewing=True), Actor.HUMAN),
    ],
)
def test_a_browser_in_a_datacenter_beside_another_network_is_unknown(
    near: Nearby, actor: Actor
) -> None:
    """Within a minute; neighbours, image proxies and the sender's own views are left out."""
    assert answer(datacenter, within(Role.CLOUD, link=1, nearby=(near,))).actor is actor


@pytest.mark.parametrize(("before", "actor"), [(3600, Actor.HUMAN), (3601, Actor.UNKNOWN)])
def test_an_address_that_showed_the_mail_is_a_readers(before: float, actor: Actor) -> None:
    nearby = (replace(click(-before), kind=OPEN), click(30, 2, OTHER_RESIDENTIAL))
    assert answer(datacenter, within(Role.CLOUD, link=1, nearby=nearby)).actor is actor


@pytest.mark.parametrize(
    ("before", "actor"), [(2.9, Actor.UNKNOWN), (3.0, Actor.HUMAN), (200.0, Actor.HUMAN)]
)
def test_soon_after_the_send_whoever_saw_the_mail_first_is_a_reader(
    before: float, actor: Actor
) -> None:
    """A sandbox follows a link as soon as it has loaded the image."""
    shown = (replace(click(-before), kind=OPEN),)
    hit = within(Role.CLOUD, link=1, nearby=shown, seconds_after_send=100.0)
    assert answer(datacenter, hit).actor is actor


@pytest.mark.parametrize("after", [300.0, 90000.0, None])
@pytest.mark.parametrize(("before", "actor"), [(2.9, Actor.UNKNOWN), (3.0, Actor.HUMAN)])
def test_in_a_datacenter_nobody_follows_a_link_as_soon_as_the_image_is_loaded(
    before: float, actor: Actor, after: float | None
) -> None:
    shown = (replace(click(-before), kind=OPEN),)
    hit = within(Role.CLOUD, link=1, nearby=shown, seconds_after_send=after)
    assert answer(datacenter, hit).actor is actor


def test_a_click_soon_after_the_image_does_not_undo_an_earlier_view() -> None:
    shown = (replace(click(-2.0), kind=OPEN), replace(click(-60.0), kind=OPEN))
    hit = within(Role.CLOUD, link=1, nearby=shown, seconds_after_send=300.0)
    assert answer(datacenter, hit).actor is Actor.HUMAN


@pytest.mark.parametrize(
    ("agent", "headers", "fields", "actor"),
    [
        ("tbird", "language", {"kind": OPEN}, Actor.UNKNOWN),
        ("tbird", "none", {"kind": OPEN}, Actor.MACHINE),
        ("tbird", "language", {}, Actor.MACHINE),
        ("mac-mail", "language", {"kind": OPEN}, Actor.MACHINE),
        ("tbird", "language", {"kind": OPEN, "nearby": (click(4, 2),)}, Actor.MACHINE),
    ],
)
def test_right_after_the_send_a_named_mail_program_in_a_datacenter_may_be_a_persons(
    agent: str, headers: str, fields: dict[str, Any], actor: Actor
) -> None:
    hit = within(Role.CLOUD, agent, headers, seconds_after_send=40.0, **fields)
    assert answer(datacenter, hit).actor is actor


@pytest.mark.parametrize("agent", ["outlook", "tbird"])
def test_soon_after_the_send_a_mail_program_in_a_datacenter_is_a_reader(agent: str) -> None:
    hit = within(Role.CLOUD, agent, "language", kind=OPEN, seconds_after_send=61.0)
    assert answer(datacenter, hit).actor is Actor.HUMAN


def test_a_browser_in_a_datacenter_has_no_device_and_a_mail_program_has() -> None:
    browser = answer(datacenter, within(Role.CLOUD, "edge"))
    mail = answer(datacenter, within(Role.CLOUD, "outlook", "none", kind=OPEN))
    assert (browser.actor, browser.device, browser.device_known) == (Actor.HUMAN, None, False)
    assert (mail.actor, mail.device_known) == (Actor.HUMAN, True)


@pytest.mark.parametrize(
    ("agent", "headers", "actor"),
    [
        ("SomeTool/1.0", "language", Actor.MACHINE),
        ("chrome", "no-fetch", Actor.MACHINE),
        ("chrome", "page", Actor.HUMAN),
        ("firefox-89", "no-fetch", Actor.UNKNOWN),
        ("ie8", "language", Actor.UNKNOWN),
        ("safari", "language", Actor.HUMAN),
        ("samsung", "page", Actor.HUMAN),
        ("mac-mail", "none", Actor.UNKNOWN),
        ("mac-mail", "language", Actor.HUMAN),
    ],
)
def test_from_a_datacenter_a_readers_program_with_its_headers_is_needed(
    agent: str, headers: str, actor: Actor
) -> None:
    assert answer(datacenter, within(Role.CLOUD, agent, headers, kind=OPEN)).actor is actor


@pytest.mark.parametrize(
    ("agent", "after", "actor"),
    [
        ("chrome", 900.0, Actor.UNKNOWN),
        ("android", 900.0, Actor.HUMAN),
        ("android", 20.0, Actor.HUMAN),
        ("android", 19.0, Actor.UNKNOWN),
        ("safari", 19.0, Actor.HUMAN),
        ("tbird", 19.0, Actor.HUMAN),
    ],
)
def test_at_home_a_browser_without_its_fetch_headers_is_doubted(
    agent: str, after: float, actor: Actor
) -> None:
    """Phones lose them in apps, so theirs count only right after the send."""
    hit = within(Role.ACCESS, agent, "no-fetch", seconds_after_send=after)
    assert answer(residential, hit).actor is actor
    assert answer(residential, replace(hit, https=False)).actor is Actor.HUMAN


@pytest.mark.parametrize(
    ("rule", "role"),
    [(datacenter, Role.CLOUD), (vpn, Role.VPN), (residential, Role.ACCESS)],
)
def test_over_plain_http_fetch_headers_are_not_missed(rule: Rule, role: Role) -> None:
    hit = within(role, "chrome", "no-fetch")
    assert answer(rule, hit).actor is not Actor.HUMAN
    assert answer(rule, replace(hit, https=False)).actor is Actor.HUMAN


@pytest.mark.parametrize(
    ("agent", "fields", "actor"),
    [
        ("outlook", {"kind": OPEN}, Actor.UNKNOWN),
        ("outlook", {}, Actor.MACHINE),
        ("mac-mail", {"kind": OPEN}, Actor.MACHINE),
        ("chrome", {"kind": OPEN}, Actor.MACHINE),
    ],
)
def test_a_mail_program_in_a_vendors_network_may_be_its_staff(
    agent: str, fields: dict[str, Any], actor: Actor
) -> None:
    hit = within(Role.SCANNER, agent, "mail", **fields)
    assert answer(scanner_network, hit).actor is actor


@pytest.mark.parametrize(
    ("agent", "before", "address", "actor"),
    [
        ("outlook", 3600, RESIDENTIAL, Actor.HUMAN),
        ("outlook", 3601, RESIDENTIAL, Actor.MACHINE),
        ("chrome", 3600, RESIDENTIAL, Actor.MACHINE),
        ("outlook", 3600, OTHER_RESIDENTIAL, Actor.MACHINE),
    ],
)
def test_a_click_where_a_mail_program_had_shown_the_mail_is_a_persons(
    agent: str, before: float, address: str, actor: Actor
) -> None:
    shown = replace(click(-before, address=address, agent=agent), kind=OPEN)
    verdict = answer(scanner_network, within(Role.SCANNER, "edge", nearby=(shown,)))
    assert (verdict.actor, verdict.device_known) == (actor, False)


def test_isolation_and_tor_hide_the_device() -> None:
    isolated = within(Role.GATEWAY, "edge", service="menlo")
    assert not answer(company_gateway, isolated).device_known
    assert answer(company_gateway, within(Role.GATEWAY, "edge", service="zscaler")).device_known
    assert not answer(vpn, within(Role.VPN, "firefox-win", service="tor")).device_known
    assert answer(vpn, within(Role.VPN, "firefox-win", service="")).device_known


@pytest.mark.parametrize(
    ("agent", "headers", "fields", "expected"),
    [
        ("SomeTool/1.0", "bot", {}, (Actor.UNKNOWN, Reason.UNKNOWN_PROGRAM)),
        ("SomeTool/1.0", "bot", {"seconds_after_send": 59.0}, (Actor.MACHINE, Reason.NO_LANGUAGE)),
        ("SomeTool/1.0", "language", {}, (Actor.UNKNOWN, Reason.UNKNOWN_PROGRAM)),
        ("android", "language", {}, (Actor.HUMAN, Reason.READER)),
        ("chrome", "language", {}, (Actor.UNKNOWN, Reason.NO_FETCH_METADATA)),
        ("Dillo/3.1", "none", {"seconds_after_send": 5.0}, (Actor.HUMAN, Reason.READER)),
        ("tbird", "none", {"kind": OPEN}, (Actor.HUMAN, Reason.READER)),
        ("safari", "no-language", {"seconds_after_send": 5.0}, (Actor.HUMAN, Reason.READER)),
        ("chrome", "page", {"seconds_after_send": 5.0}, (Actor.HUMAN, Reason.READER)),
        ("chrome", "no-language", {"seconds_after_send": 20.0}, (Actor.HUMAN, Reason.READER)),
        (
            "chrome",
            "no-language",
            {"seconds_after_send": 19.0},
            (Actor.UNKNOWN, Reason.NO_LANGUAGE),
        ),
        ("tbird", "none", {}, (Actor.UNKNOWN, Reason.NO_LANGUAGE)),
        ("chrome", "bot", {"seconds_after_send": 59.0}, (Actor.MACHINE, Reason.NO_LANGUAGE)),
        ("chrome", "bot", {"seconds_after_send": 60.0}, (Actor.UNKNOWN, Reason.NO_LANGUAGE)),
    ],
)
def test_on_a_residential_network_a_program_is_what_it_shows(
    agent: str, headers: str, fields: dict[str, Any], expected: tuple[Actor, str]
) -> None:
    assert said(residential, within(Role.ACCESS, agent, headers, **fields)) == expected


def test_the_evidence_names_the_owner_of_a_datacenter() -> None:
    evidence = answer(datacenter, signals(address=DATACENTER)).evidence
    assert "DigitalOcean" in evidence[0]


def test_a_mail_filters_network_is_never_a_reader() -> None:
    verdict = classify(address="40.107.1.2", seconds_after_send=90000.0)
    assert (verdict.reason, verdict.via) == (Reason.MAIL_FILTER_NETWORK, "outlook-safelinks")


def test_a_vendors_network_is_a_scanner_at_first_and_later_perhaps_a_person() -> None:
    early = classify(address="208.84.67.221", seconds_after_send=1800.0)
    late = classify(address="208.84.67.221", seconds_after_send=7200.0)
    assert (early.actor, late.actor) == (Actor.MACHINE, Actor.UNKNOWN)
    assert early.via == late.via == "proofpoint"


def test_outlook_on_the_web_is_a_reader_without_device() -> None:
    verdict = classify("chrome35", "52.97.133.10", "bot", kind=OPEN)
    assert (verdict.actor, verdict.via, verdict.device) == (Actor.HUMAN, "outlook-proxy", None)


def test_a_company_gateway_is_a_person_at_an_unknown_place() -> None:
    verdict = classify("edge", "165.225.72.9")
    assert (verdict.actor, verdict.via) == (Actor.HUMAN, "corporate-proxy")
    assert (verdict.device_known, verdict.location_known) == (True, False)


def test_a_proxy_that_names_itself_hides_the_place() -> None:
    verdict = classify("edge", RESIDENTIAL, "squid")
    assert (verdict.via, verdict.location_known, verdict.country) == (
        "corporate-proxy",
        False,
        None,
    )


def test_private_relay_is_a_person_with_a_device_and_no_place() -> None:
    verdict = classify("iphone", RELAY)
    assert (verdict.via, verdict.device, verdict.country) == (
        "apple-relay",
        "Safari on iPhone",
        None,
    )


def test_a_datacenter_is_a_person_only_when_late_single_and_with_a_language() -> None:
    assert classify(address=DATACENTER).via == "vpn"
    assert classify(address=DATACENTER, seconds_after_send=30.0).actor is Actor.MACHINE
    assert classify(address=DATACENTER, headers="bot").actor is Actor.MACHINE
    assert classify(address=DATACENTER, link=1, nearby=(click(4, 2),)).actor is Actor.UNKNOWN
    nearby = (click(4, 2, DATACENTER),)
    assert classify(address=DATACENTER, link=1, nearby=nearby).actor is Actor.MACHINE


def test_a_vpn_is_a_person_without_a_place() -> None:
    verdict = classify("firefox", "185.245.24.169")
    assert (verdict.actor, verdict.via, verdict.location_known) == (Actor.HUMAN, "vpn", False)


def test_a_reader_at_home_has_a_device_and_a_place() -> None:
    verdict = classify("firefox", RESIDENTIAL)
    assert (verdict.actor, verdict.reason) == (Actor.HUMAN, Reason.READER)
    assert (verdict.device, verdict.location_known) == ("Firefox on Linux", True)
    assert verdict.country in ("FR", None)


def test_a_browser_that_may_be_tors_has_neither_device_nor_place() -> None:
    uniform = "Mozilla/5.0 (Windows NT 10.0; rv:128.0) Gecko/20100101 Firefox/128.0"
    for agent, known in ((uniform, False), ("firefox-win", True), ("firefox", True)):
        verdict = classify(agent, RESIDENTIAL)
        assert (verdict.actor, verdict.device_known, verdict.location_known) == (
            Actor.HUMAN, known, known,
        )  # fmt: skip


def test_a_reader_in_a_private_network_has_no_place() -> None:
    verdict = classify("firefox", "192.168.1.20")
    assert (verdict.actor, verdict.location_known, verdict.country) == (Actor.HUMAN, False, None)


def test_a_browser_that_names_no_language_is_not_taken_for_a_reader() -> None:
    assert classify(headers="bot").actor is Actor.UNKNOWN
    assert classify(headers="bot", seconds_after_send=5.0).actor is Actor.MACHINE


def test_an_image_loaded_by_a_browser_without_a_language_is_unknown() -> None:
    stripped = classify(headers="quiet", kind=OPEN, seconds_after_send=30.0)
    posing = classify(headers="bot", kind=OPEN, seconds_after_send=30.0)
    assert (stripped.actor, posing.actor) == (Actor.UNKNOWN, Actor.MACHINE)
    assert classify("safari", headers="quiet", kind=OPEN).actor is Actor.HUMAN
    assert classify(headers="quiet", kind=OPEN).actor is Actor.UNKNOWN


def test_a_mail_program_may_name_no_language() -> None:
    assert classify("outlook-ios", RESIDENTIAL, "none", kind=OPEN).actor is Actor.HUMAN
