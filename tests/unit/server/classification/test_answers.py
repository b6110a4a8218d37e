"""What every rule answers: actor, way, reason, and the sentences that the history shows.

A sentence is a claim about the hit, so each stands here beside a hit that it must be true of.
"""

from dataclasses import replace
from typing import Any, NamedTuple

import pytest
from sealbreak_server.classification.evidence.networks import Network, Role
from sealbreak_server.classification.rules.behaviour import (
    burst,
    fan_out,
    hidden_link,
    repeat,
    scanner_nearby,
)
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
from sealbreak_server.classification.rules.outcomes import RULES_VERSION, Rule, failed
from sealbreak_server.classification.rules.programs import (
    contradiction,
    malformed,
    named_machine,
    not_a_read,
    signed_agent,
    speculative_load,
)
from sealbreak_server.classification.rules.proxies import (
    apple_privacy,
    gmail_prefetch,
    gmail_proxy,
    other_proxy,
    yahoo_proxy,
)
from sealbreak_server.classification.rules.sender import (
    before_sending,
    own_click,
    sender_address,
    sender_viewing,
    shared_proxy,
)
from sealbreak_server.classification.rules.threads import reply_prefetch, thread_view
from sealbreak_server.model.hit import Kind
from support.server.classification import GMAIL, OTHER_RESIDENTIAL, RESIDENTIAL, click, signals

OPEN = Kind.OPEN
FOUR = (click(-1, 2, "54.93.75.30", "a"), click(1, 3, "20.42.1.1", "b"), click(3, 1, "5.9.1.1"))
SHOWN = replace(click(-60, agent="outlook"), kind=OPEN)
NEWER = replace(click(1, address=GMAIL, agent="gip"), kind=OPEN)


class Case(NamedTuple):
    rule: Rule
    role: Role
    answer: str
    evidence: tuple[str, ...]
    fields: dict[str, Any]


def case(rule: Rule, role: Role, answer: str, *evidence: str, **fields: Any) -> Case:
    """`fields`: what the hit is made of."""
    return Case(rule, role, answer, evidence, fields)


# fmt: off
CASES = [
    case(own_click, Role.ACCESS, "sender direct own-click",
         "Your own browser followed the link", own_click=True),
    case(before_sending, Role.ACCESS, "sender direct before-sending",
         "The request came before the mail was sent", seconds_after_send=-5.0),
    case(sender_address, Role.ACCESS, "sender direct sender-address",
         "The request came from your own address", sender_addresses=(RESIDENTIAL,)),
    case(shared_proxy, Role.YAHOO, "sender yahoo-proxy sender-viewing",
         "You had the message open, and no recipient's address is at Yahoo",
         agent="ymp", kind=OPEN, sender_viewing=True, recipient_domains=("gmail.com",)),
    case(sender_viewing, Role.GOOGLE, "sender gmail-proxy sender-viewing",
         "You had the message open in Gmail", agent="gip", kind=OPEN, sender_viewing=True),
    case(speculative_load, Role.ACCESS, "machine prefetch speculative-load",
         "The request says that it is a prefetch, made before anybody asks", headers="sec-purpose"),
    case(not_a_read, Role.ACCESS, "machine security-scanner not-a-read",
         "Only programs send this kind of request", method="HEAD"),
    case(not_a_read, Role.ACCESS, "machine http-client not-a-read",
         "Only programs send this kind of request", method="HEAD", agent="curl/8.5.0"),
    case(not_a_read, Role.ACCESS, "machine link-preview not-a-read",
         "Only programs send this kind of request", method="HEAD", agent="WhatsApp/2.24.6.77 A"),
    case(signed_agent, Role.ACCESS, "machine crawler signed-agent",
         "The request is signed as an automated agent's", headers="signed"),
    case(signed_agent, Role.ACCESS, "machine link-preview signed-agent",
         "The request is signed as an automated agent's",
         headers="signed", agent="WhatsApp/2.24.6.77 A"),
    case(contradiction, Role.CLOUD, "machine a-service contradiction",
         "Its headers name another browser than its User-Agent", headers="headless"),
    case(contradiction, Role.CLOUD, "unknown unverified contradiction",
         "Its headers name another system than its User-Agent", headers="on-linux"),
    case(contradiction, Role.ACCESS, "unknown unverified contradiction",
         "Its headers name another version than its User-Agent", headers="chrome-124"),
    case(named_machine, Role.ACCESS, "machine http-client named-machine",
         "The program identifies itself as an automated client", agent="curl/8.5.0"),
    case(malformed, Role.SCANNER, "machine a-service malformed",
         "The request has no usable User-Agent", agent="-"),
    case(malformed, Role.CLOUD, "machine http-client malformed",
         "The request has no usable User-Agent", "It comes from a datacenter", agent="-"),
    case(malformed, Role.ACCESS, "unknown unverified malformed",
         "The request has no usable User-Agent", agent="-"),
    case(malformed, Role.NONE, "unknown unverified malformed",
         "The request has no valid address"),
    case(gmail_prefetch, Role.GOOGLE, "machine gmail-prefetch gmail-prefetch",
         "Gmail loaded the images ahead, which it does when mail arrives", agent="pre", kind=OPEN),
    case(gmail_prefetch, Role.ACCESS, "unknown unverified unverified-proxy",
         "It says it is Gmail's prefetcher, but does not come from Google's network",
         agent="pre", kind=OPEN),
    case(gmail_proxy, Role.GOOGLE, "human gmail-proxy gmail-image-proxy",
         "Fetched by Gmail's image proxy from Google's network", agent="gip", kind=OPEN),
    case(gmail_proxy, Role.GOOGLE, "unknown gmail-proxy proxy-at-once",
         "Fetched by Gmail's image proxy from Google's network",
         "It came within two seconds of sending, sooner than people read",
         agent="gip", kind=OPEN, seconds_after_send=1.0),
    case(gmail_proxy, Role.GOOGLE, "machine gmail-proxy proxy-on-link",
         "An image proxy followed the link, not a reader", agent="gip"),
    case(gmail_proxy, Role.ACCESS, "unknown unverified unverified-proxy",
         "It says it is Gmail's image proxy, but does not come from Google's network",
         agent="gip", kind=OPEN),
    case(gmail_proxy, Role.GOOGLE, "human gmail-proxy gmail-elsewhere",
         "Fetched by Gmail's image proxy from Google's network",
         "The recipient's address is at GMX, not at Google",
         agent="gip", kind=OPEN, recipient_domains=("gmx.de",)),
    case(gmail_proxy, Role.GOOGLE, "unknown gmail-proxy gmail-elsewhere",
         "Fetched by Gmail's image proxy from Google's network",
         "The recipients' addresses are at GMX and Microsoft, none at Google",
         agent="gip", kind=OPEN, recipient_domains=("gmx.de", "outlook.com"),
         seconds_after_send=30.0),
    case(yahoo_proxy, Role.YAHOO, "human yahoo-proxy yahoo-image-proxy",
         "Fetched by Yahoo's image proxy from Yahoo's network", agent="ymp", kind=OPEN),
    case(yahoo_proxy, Role.ACCESS, "unknown unverified unverified-proxy",
         "It says it is Yahoo's image proxy, but does not come from Yahoo's network",
         agent="ymp", kind=OPEN),
    case(other_proxy, Role.CLOUD, "human fastmail-proxy mail-proxy",
         "Fetched by Fastmail's image proxy", agent="FastmailUA/1.0", kind=OPEN),
    case(other_proxy, Role.VPN, "unknown unverified unverified-proxy",
         "It says it is Fastmail's image proxy, but does not come from its provider's network",
         agent="FastmailUA/1.0", kind=OPEN),
    case(apple_privacy, Role.RELAY, "machine apple-mpp apple-privacy",
         "Apple's Mail Privacy Protection loads every image, whether the mail is read or not",
         agent="bare", kind=OPEN),
    case(apple_privacy, Role.ACCESS, "machine http-client bare-agent",
         "No mail program or browser sends only this as its name", agent="bare", kind=OPEN),
    case(hidden_link, Role.ACCESS, "machine security-scanner hidden-link",
         "It followed a link that readers cannot see", hidden=True),
    case(burst, Role.ACCESS, "machine security-scanner burst",
         "It followed 2 links in a few seconds", link=1, links_in_message=2, nearby=(click(1, 2),)),
    case(fan_out, Role.ACCESS, "machine security-scanner fan-out",
         "4 networks followed links of this copy within 3 seconds", link=1, nearby=FOUR),
    case(scanner_nearby, Role.ACCESS, "machine security-scanner scanner-company",
         "The same source scanned the message within 60 seconds",
         nearby=(click(9, 2, hidden=True),)),
    case(repeat, Role.ACCESS, "machine antivirus echo",
         "It repeats a click made from another address just before",
         headers="bot", link=1, nearby=(click(-5, 1, OTHER_RESIDENTIAL),)),
    case(mail_filter, Role.FILTER, "machine a-service mail-filter-network",
         "The address belongs to a mail filter"),
    case(scanner_network, Role.SCANNER, "unknown a-service mail-program-at-scanner",
         "A mail program's headers from Example Ltd: a scanner, or people behind it",
         agent="outlook", kind=OPEN),
    case(scanner_network, Role.SCANNER, "human corporate-proxy clicked-after-mail-program",
         "From Example Ltd, where a mail program had shown the mail within the hour",
         nearby=(SHOWN,)),
    case(scanner_network, Role.SCANNER, "unknown a-service isolation-browser",
         "From Example Ltd, late and like a browser: a scanner or a reader's isolation browser",
         seconds_after_send=7200.0),
    case(scanner_network, Role.SCANNER, "machine a-service scanner-network",
         "The address belongs to Example Ltd"),
    case(exchange_online, Role.EXCHANGE, "human outlook-proxy exchange-online",
         "Fetched from Exchange Online, where Outlook on the web loads images", kind=OPEN),
    case(exchange_online, Role.EXCHANGE, "unknown outlook-proxy exchange-online",
         "Fetched from Exchange Online, where Outlook on the web loads images",
         "Scanners come this early too", kind=OPEN, seconds_after_send=5.0),
    case(mail_network, Role.MAIL, "human a-service mail-network",
         "Fetched from Example Ltd's network", headers="none", kind=OPEN),
    case(mail_network, Role.MAIL, "unknown a-service mail-network",
         "Fetched from Example Ltd's network",
         "It may have been loaded before anybody read it",
         headers="none", kind=OPEN, seconds_after_send=5.0),
    case(company_gateway, Role.GATEWAY, "human corporate-proxy company-gateway",
         "A reader behind a company gateway (Example Ltd)"),
    case(company_gateway, Role.GATEWAY, "unknown unverified unknown-program",
         "No mail program or browser is known by this name", agent="SomeTool/1.0"),
    case(company_gateway, Role.GATEWAY, "machine http-client hosting",
         "From Example Ltd, and unlike a person's request from there",
         agent="SomeTool/1.0", headers="bot"),
    case(apple_relay, Role.RELAY, "human apple-relay apple-relay",
         "A reader behind Apple's Private Relay", agent="iphone"),
    case(apple_relay, Role.RELAY, "unknown unverified no-language",
         "It names no language, which browsers always do", agent="iphone", headers="bot"),
    case(datacenter, Role.CLOUD, "machine a-service hosting",
         "From Example Ltd, and unlike a person's request from there", seconds_after_send=30.0),
    case(datacenter, Role.CLOUD, "unknown unverified hosting",
         "A mail program's headers from Example Ltd, without a language",
         agent="mac-mail", headers="none", kind=OPEN),
    case(datacenter, Role.CLOUD, "unknown vpn hosting",
         "A browser's headers from Example Ltd",
         "The browser is from before 2021; scanners mostly imitate such browsers",
         agent="ie8", headers="language"),
    case(datacenter, Role.CLOUD, "unknown vpn cloud-beside-others",
         "A browser's headers from Example Ltd",
         "Another network loaded the message within the same minute",
         nearby=(click(30, 2, OTHER_RESIDENTIAL),)),
    case(datacenter, Role.CLOUD, "unknown vpn too-soon",
         "A browser's headers from Example Ltd",
         "It came so soon after the send that it may be a scanner", seconds_after_send=90.0),
    case(datacenter, Role.CLOUD, "human vpn hosting",
         "A reader's headers from Example Ltd, which is not a reader's own network"),
    case(vpn, Role.VPN, "machine security-scanner hosting",
         "From Example Ltd, and unlike a person's request from there", headers="bot"),
    case(vpn, Role.VPN, "unknown unverified unknown-program",
         "No mail program or browser is known by this name", agent="SomeTool/1.0"),
    case(vpn, Role.VPN, "unknown unverified no-fetch-metadata",
         "It lacks the Sec-Fetch headers, which the browser it names always sends over https",
         headers="no-fetch"),
    case(vpn, Role.VPN, "unknown vpn too-soon",
         "From a VPN, so soon that it may be a scanner", seconds_after_send=5.0),
    case(vpn, Role.VPN, "human vpn vpn",
         "A reader's headers from Example Ltd, which is not a reader's own network"),
    case(vpn, Role.RELAY, "human vpn vpn",
         "A reader's headers from Example Ltd, which is not a reader's own network"),
    case(residential, Role.ACCESS, "machine security-scanner no-language",
         "It names no language, which browsers always do", headers="bot", seconds_after_send=5.0),
    case(residential, Role.ACCESS, "unknown unverified no-language",
         "It names no language, which browsers always do", headers="bot"),
    case(residential, Role.ACCESS, "human corporate-proxy company-gateway",
         "A mail program or browser, behind a proxy that names itself", headers="squid"),
    case(residential, Role.ACCESS, "human direct reader",
         "Browser headers from a home, mobile or office network"),
    case(residential, Role.ACCESS, "human direct reader",
         "Mail program headers from a home, mobile or office network",
         agent="outlook", headers="mail", kind=OPEN),
    case(reply_prefetch, Role.GOOGLE, "unknown gmail-proxy reply-prefetch",
         "Fetched by Gmail's image proxy from Google's network",
         "You had sent a newer message in its thread 17 seconds before",
         "Gmail then loads all images of the thread again, whether anybody reads it or not",
         agent="gip", kind=OPEN, seconds_after_reply=17.0),
    case(thread_view, Role.GOOGLE, "unknown gmail-proxy thread-look",
         "Fetched by Gmail's image proxy from Google's network",
         "A newer message of the thread was loaded at the same moment, and the open counts there",
         agent="gip", kind=OPEN, newer_loads=(NEWER,)),
]
# fmt: on


@pytest.mark.parametrize("expected", CASES, ids=[one.answer for one in CASES])
def test_an_answer_and_its_sentences(expected: Case) -> None:
    network = Network(expected.role, "Example Ltd", "a-service")
    verdict = expected.rule(replace(signals(**expected.fields), network=network))
    assert verdict is not None
    assert f"{verdict.actor} {verdict.via} {verdict.reason}" == expected.answer
    assert verdict.evidence == expected.evidence
    assert (verdict.network, verdict.rules) == ("Example Ltd", RULES_VERSION)


def test_a_rule_that_failed_says_so() -> None:
    assert (failed().via, failed().rules) == ("unverified", RULES_VERSION)
    assert failed().evidence == ("A rule failed on this request, so nothing is known about it",)
