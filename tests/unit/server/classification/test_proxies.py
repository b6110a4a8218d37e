"""Each rule by itself: when it answers, and when it leaves the hit to the next."""

from typing import Any

import pytest
from sealbreak_server.classification.rules.outcomes import RULES_VERSION
from sealbreak_server.classification.rules.proxies import RULES
from sealbreak_server.classification.rules.reasons import Reason
from sealbreak_server.model.facts import Nearby
from sealbreak_server.model.hit import Kind
from sealbreak_server.model.verdict import Actor, Verdict
from support.server.classification import (
    GMAIL,
    HOME,
    HOME_V6,
    HOSTING,
    OTHER_HOME,
    RELAY,
    classifier,
    classify,
    click,
    facts,
)
from support.server.hit_cases import AGENTS

OPEN = Kind.OPEN


def test_a_marked_click_is_the_senders_own_whatever_else_it_is() -> None:
    verdict = classify("curl/8", HOSTING, "bot", own_click=True)
    assert (verdict.actor, verdict.reason) == (Actor.SENDER, Reason.OWN_CLICK)


@pytest.mark.parametrize("headers", ["sec-purpose", "purpose", "x-purpose", "x-moz"])
def test_a_load_ahead_is_a_machine(headers: str) -> None:
    verdict = classify(headers=headers)
    assert (verdict.actor, verdict.via) == (Actor.MACHINE, "prefetch")


@pytest.mark.parametrize("method", ["HEAD", "POST", "OPTIONS", "PROPFIND", ""])
def test_anything_but_get_is_a_machine(method: str) -> None:
    assert classify(method=method).reason is Reason.NOT_A_READ


def test_a_method_in_small_letters_is_still_get() -> None:
    assert classify(method="get").actor is Actor.HUMAN


def test_what_comes_before_the_send_is_the_sender() -> None:
    verdict = classify("gip", GMAIL, "none", kind=OPEN, seconds_after_send=-5.0)
    assert (verdict.actor, verdict.via) == (Actor.SENDER, "gmail-proxy")


def test_a_crawler_before_the_send_is_still_a_crawler() -> None:
    assert classify("googlebot", GMAIL, "bot", seconds_after_send=-5.0).actor is Actor.MACHINE


def test_a_neighbour_in_the_senders_ipv6_line_is_the_sender() -> None:
    own = HOME_V6.rsplit(":", 1)[0] + ":1"
    assert classify(address=HOME_V6, sender_addresses=(own,)).reason is Reason.SENDER_ADDRESS


def test_another_address_than_the_senders_is_not_the_sender() -> None:
    assert classify(sender_addresses=(OTHER_HOME, "nonsense")).actor is Actor.HUMAN


def _in_a_thread(after: float | None, agent: str = "gip", **more: Any) -> Verdict:
    return classify(agent, GMAIL, "none", kind=OPEN, seconds_after_reply=after, **more)


@pytest.mark.parametrize("after", [0.0, 3.0, 17.0, 30.0])
def test_right_after_a_reply_gmails_load_of_an_older_message_is_no_open(after: float) -> None:
    verdict = _in_a_thread(after)
    assert (verdict.actor, verdict.via) == (Actor.UNKNOWN, "gmail-proxy")
    assert (verdict.reason, verdict.sure) == (Reason.REPLY_PREFETCH, False)


@pytest.mark.parametrize("after", [None, -1.0, 31.0, float("nan")])
def test_long_after_a_reply_it_is_an_open_again(after: float | None) -> None:
    assert _in_a_thread(after).actor is Actor.HUMAN


def test_an_older_message_of_a_thread_waits_for_loads_of_newer_ones() -> None:
    assert _in_a_thread(None).sure
    assert not _in_a_thread(4000.0).sure


def test_a_reply_makes_no_machine_of_other_readers() -> None:
    verdict = classify("firefox", headers="image", kind=OPEN, seconds_after_reply=17.0)
    assert verdict.actor is Actor.HUMAN
    assert _in_a_thread(17.0, "pre").reason is Reason.GMAIL_PREFETCH


def _load(dt: float, agent: str = "gip") -> Nearby:
    return Nearby(OPEN, dt, GMAIL, AGENTS[agent])


def test_messages_of_a_thread_loaded_in_one_moment_are_one_look() -> None:
    verdict = _in_a_thread(4000.0, newer_loads=(_load(1.5),))
    assert (verdict.actor, verdict.reason) == (Actor.UNKNOWN, Reason.THREAD_LOOK)


@pytest.mark.parametrize("other", [_load(-2.5), _load(3.0), _load(0.5, "firefox")])
def test_a_load_at_another_time_or_by_another_program_is_another_look(other: Nearby) -> None:
    assert _in_a_thread(4000.0, newer_loads=(other,)).actor is Actor.HUMAN


def test_gmails_proxy_while_the_sender_looks_is_the_sender() -> None:
    verdict = classify("gip", GMAIL, "none", kind=OPEN, sender_viewing=True)
    assert verdict.reason is Reason.SENDER_VIEWING


def test_the_second_fetch_of_the_senders_look_is_the_sender_too() -> None:
    twin = click(-0.4, address=GMAIL, agent="gip", sender_viewing=True)
    assert classify("gip", GMAIL, "none", kind=OPEN, nearby=(twin,)).actor is Actor.SENDER


@pytest.mark.parametrize(("agent", "address"), [("ymp", "98.137.183.10"), ("bare", RELAY)])
def test_other_proxies_while_the_sender_looks_are_not_the_sender(agent: str, address: str) -> None:
    verdict = classify(agent, address, "none", kind=OPEN, sender_viewing=True)
    assert verdict.actor is not Actor.SENDER


def test_gmails_proxy_says_neither_device_nor_place() -> None:
    verdict = classify("gip", GMAIL, "none", kind=OPEN)
    assert (verdict.actor, verdict.reason) == (Actor.HUMAN, Reason.GMAIL_IMAGE_PROXY)
    assert (verdict.device, verdict.country, verdict.network) == (None, None, "Google LLC")


def test_gmails_proxy_within_two_seconds_may_be_nobody() -> None:
    verdict = classify("gip", GMAIL, "none", kind=OPEN, seconds_after_send=1.9)
    assert (verdict.actor, verdict.sure) == (Actor.UNKNOWN, False)


def test_gmails_proxy_on_a_link_is_a_machine() -> None:
    assert classify("gip", GMAIL, "none").reason is Reason.PROXY_ON_LINK


@pytest.mark.parametrize("address", [HOME, HOSTING, "34.77.10.20", "10.0.0.1", "unknown"])
def test_gmails_proxy_from_elsewhere_is_unverified(address: str) -> None:
    verdict = classify("gip", address, "forged-bot", kind=OPEN)
    assert (verdict.actor, verdict.via) == (Actor.UNKNOWN, "unverified")


def test_gmails_prefetcher_is_a_machine_and_its_likeness_elsewhere_is_nothing() -> None:
    assert classify("pre", GMAIL, "none", kind=OPEN).via == "gmail-prefetch"
    assert classify("pre", HOME, "none", kind=OPEN).via == "unverified"


def test_a_person_with_the_browser_that_the_prefetcher_imitates_stays_a_person() -> None:
    assert classify("edge12", HOME, "page").actor is Actor.HUMAN


def test_yahoos_proxy_is_a_reader_on_yahoos_network_only() -> None:
    assert classify("ymp", "74.6.51.128", "none", kind=OPEN).actor is Actor.HUMAN
    assert classify("ymp", HOME, "none", kind=OPEN).actor is Actor.UNKNOWN


def test_a_small_providers_proxy_behind_a_vpn_is_unverified() -> None:
    assert classify("FastmailUA/1.0", "185.245.24.169", "none", kind=OPEN).via == "unverified"


def test_apples_privacy_protection_tells_nothing() -> None:
    verdict = classify("bare", RELAY, "none", kind=OPEN)
    assert (verdict.actor, verdict.via, verdict.sure) == (Actor.MACHINE, "apple-mpp", True)


@pytest.mark.parametrize(("address", "kind"), [(RELAY, Kind.CLICK), (HOME, OPEN), (HOSTING, OPEN)])
def test_the_bare_agent_anywhere_else_is_some_machine(address: str, kind: Kind) -> None:
    verdict = classify("bare", address, "none", kind=kind)
    assert (verdict.actor, verdict.reason) == (Actor.MACHINE, Reason.BARE_AGENT)


def test_a_named_machine_is_one_on_a_home_line_too() -> None:
    assert classify("WhatsApp/2.24.6.77 A", HOME, "bot").via == "link-preview"


def test_a_hidden_link_gives_a_scanner_away_whatever_its_headers() -> None:
    assert classify(hidden=True).reason is Reason.HIDDEN_LINK


def test_all_links_of_a_message_at_once_are_a_burst() -> None:
    verdict = classify(link=2, links_in_message=2, nearby=(click(-0.5, 1),))
    assert (verdict.actor, verdict.reason) == (Actor.MACHINE, Reason.BURST)


def test_two_links_of_many_at_once_are_a_person() -> None:
    assert classify(link=2, links_in_message=9, nearby=(click(-0.5, 1),)).actor is Actor.HUMAN


def test_three_links_in_five_seconds_are_a_person() -> None:
    nearby = (click(-2.4, 1), click(2.4, 3))
    assert classify(link=2, links_in_message=9, nearby=nearby).actor is Actor.HUMAN


def test_the_only_link_of_a_message_is_no_burst() -> None:
    nearby = (click(-0.5, 1), click(-0.2, 1))
    assert classify(link=1, links_in_message=1, nearby=nearby).actor is Actor.HUMAN


def test_what_another_reader_clicks_at_the_same_time_makes_no_burst() -> None:
    nearby = (click(-0.5, 2, OTHER_HOME), click(0.3, 3, "50.206.90.214"))
    assert classify(link=1, links_in_message=3, nearby=nearby).actor is Actor.HUMAN


def test_an_open_by_the_source_of_a_burst_is_a_scanners() -> None:
    nearby = tuple(click(20 + n / 10, n) for n in range(1, 5))
    verdict = classify(headers="image", kind=OPEN, links_in_message=4, nearby=nearby)
    assert verdict.reason is Reason.SCANNER_NEARBY


def test_an_earlier_burst_of_the_source_is_forgotten_after_a_minute() -> None:
    nearby = tuple(click(-80 + n / 10, n) for n in range(1, 5))
    assert classify(link=1, links_in_message=4, nearby=nearby).actor is Actor.HUMAN


def test_a_thousand_hits_around_are_judged_in_no_time() -> None:
    nearby = tuple(click(5 + n / 1000, n % 2, agent="other") for n in range(1000))
    assert classify(link=1, links_in_message=9, nearby=nearby).actor is Actor.HUMAN


@pytest.mark.parametrize("agent", ["-", "long", "control"])
def test_an_unusable_agent_says_nothing_at_home_and_a_machine_at_a_host(agent: str) -> None:
    assert classify(agent, HOME, "page").actor is Actor.UNKNOWN
    assert classify(agent, HOSTING, "page").actor is Actor.MACHINE


def test_what_is_no_address_says_nothing() -> None:
    assert classify(address="1.2.3.4.5").reason is Reason.MALFORMED


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
    verdict = classify("edge", HOME, "squid")
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


def test_a_click_repeated_without_a_language_is_an_antivirus_programs_echo() -> None:
    near = (click(-100, 1, OTHER_HOME),)
    assert classify("chrome22", HOME, "none", link=1, nearby=near).via == "antivirus"


def test_a_click_repeated_by_a_person_elsewhere_stays_a_persons() -> None:
    near = (click(-100, 1, OTHER_HOME),)
    assert classify(link=1, nearby=near).actor is Actor.HUMAN


def test_hosting_is_a_person_only_when_late_alone_and_with_a_language() -> None:
    assert classify(address=HOSTING).via == "vpn"
    assert classify(address=HOSTING, seconds_after_send=30.0).actor is Actor.MACHINE
    assert classify(address=HOSTING, headers="bot").actor is Actor.MACHINE
    assert classify(address=HOSTING, link=1, nearby=(click(4, 2),)).actor is Actor.HUMAN
    nearby = (click(4, 2, HOSTING),)
    assert classify(address=HOSTING, link=1, nearby=nearby).actor is Actor.MACHINE


def test_a_vpn_is_a_person_without_a_place() -> None:
    verdict = classify("firefox", "185.245.24.169")
    assert (verdict.actor, verdict.via, verdict.location_known) == (Actor.HUMAN, "vpn", False)


def test_a_reader_at_home_has_a_device_and_a_place() -> None:
    verdict = classify("firefox", HOME)
    assert (verdict.actor, verdict.reason) == (Actor.HUMAN, Reason.READER)
    assert (verdict.device, verdict.location_known) == ("Firefox on Linux", True)
    assert verdict.country in ("FR", None)


def test_a_reader_in_a_private_network_has_no_place() -> None:
    verdict = classify("firefox", "192.168.1.20")
    assert (verdict.actor, verdict.location_known, verdict.country) == (Actor.HUMAN, False, None)


def test_a_browser_that_names_no_language_is_not_taken_for_a_reader() -> None:
    assert classify(headers="bot").actor is Actor.UNKNOWN
    assert classify(headers="bot", seconds_after_send=5.0).actor is Actor.MACHINE


def test_a_picture_loaded_by_a_browser_that_says_nothing_is_doubtful() -> None:
    stripped = classify(headers="quiet", kind=OPEN, seconds_after_send=30.0)
    posing = classify(headers="bot", kind=OPEN, seconds_after_send=30.0)
    assert (stripped.actor, posing.actor) == (Actor.UNKNOWN, Actor.MACHINE)
    assert classify(headers="quiet", kind=OPEN).actor is Actor.HUMAN


def test_a_mail_program_may_keep_its_language_to_itself() -> None:
    assert classify("outlook-ios", HOME, "none", kind=OPEN).actor is Actor.HUMAN


def _quick(kind: Kind, seconds: float) -> Verdict:
    return classify(headers="image", kind=kind, seconds_after_send=seconds)


def test_a_verdict_is_not_sure_while_a_scanner_might_follow() -> None:
    assert not _quick(OPEN, 5.0).sure
    assert _quick(OPEN, 21.0).sure
    assert not _quick(Kind.CLICK, 4000.0).sure


def test_every_verdict_names_its_rule_version_and_some_evidence() -> None:
    verdict = classify()
    assert verdict.rules == RULES_VERSION
    assert all(sentence[0].isupper() and len(sentence) < 120 for sentence in verdict.evidence)


def test_the_last_rule_always_answers_and_the_others_say_where_they_come_from() -> None:
    assert all(rule.__doc__ for rule in RULES)
    assert RULES[-1].__name__ == "home"


def test_judging_twice_gives_the_same() -> None:
    same = facts(link=1, nearby=(click(-1, 2),))
    assert classifier().classify(same) == classifier().classify(same)
