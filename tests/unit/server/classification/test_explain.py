import json

import pytest
from sealbreak_server.classification.evidence.data_files import SHIPPED
from sealbreak_server.classification.explain import (
    PROVIDERS,
    VENDORS,
    correction,
    country_name,
    sentence,
)
from sealbreak_server.model.hit import Kind
from sealbreak_server.model.verdict import Actor, Verdict
from support.paths import EVENTS
from support.server.classification import DATACENTER, GMAIL, RELAY, RESIDENTIAL, classify

OPEN, CLICK = Kind.OPEN, Kind.CLICK


def human(via: str, device: str | None = None, country: str | None = None) -> Verdict:
    return Verdict(
        Actor.HUMAN,
        via,
        "reader",
        device=device,
        country=country,
        device_known=device is not None,
        location_known=country is not None,
    )


@pytest.mark.parametrize(
    ("verdict", "kind", "words"),
    [
        (human("gmail-proxy"), OPEN, "Opened, through Gmail"),
        (human("outlook-proxy"), OPEN, "Opened, through Outlook on the web"),
        (
            human("direct", "Outlook on Windows", "DE"),
            OPEN,
            "Opened in Outlook on Windows, in Germany",
        ),
        (
            human("direct", "Chrome on Mac", "US"),
            CLICK,
            "Followed a link in Chrome on Mac, in the United States",
        ),
        (human("direct", "a mail program"), OPEN, "Opened in a mail program"),
        (human("direct", None, "GB"), OPEN, "Opened, in the United Kingdom"),
        (human("direct"), CLICK, "Followed a link"),
        (
            human("apple-relay", "Safari on iPhone"),
            CLICK,
            "Followed a link in Safari on iPhone, through Apple's Private Relay",
        ),
        (
            human("corporate-proxy", "Edge on Windows"),
            OPEN,
            "Opened in Edge on Windows, through a company gateway",
        ),
        (
            human("vpn", "Firefox on Linux"),
            OPEN,
            "Opened in Firefox on Linux, through a VPN or a hosted machine",
        ),
    ],
)
def test_a_readers_sentence_says_what_is_known(verdict: Verdict, kind: Kind, words: str) -> None:
    assert sentence(verdict, kind, 1) == words


@pytest.mark.parametrize(
    ("recipients", "names", "words"),
    [
        (0, (), "Opened, through Gmail"),
        (1, (), "Opened, through Gmail"),
        (3, (), "Opened through Gmail, by someone of 3"),
        (1, ("Ann",), "Opened, through Gmail: the copy for Ann"),
        (2, ("Ann", "Ben"), "Opened, through Gmail: the copy for Ann and Ben"),
        (3, ("Ann", "Ben", "Cleo"), "Opened through Gmail, by someone of 3"),
        (500, (), "Opened through Gmail, by someone of 500 or more"),
    ],
)
def test_a_copy_is_named_and_a_reader_never(
    recipients: int, names: tuple[str, ...], words: str
) -> None:
    assert sentence(human("gmail-proxy"), OPEN, recipients, names) == words


def test_someone_of_several_comes_last() -> None:
    words = sentence(human("direct", "Safari on Mac", "FR"), CLICK, 3)
    assert words == "Followed a link in Safari on Mac, in France, by someone of 3"


@pytest.mark.parametrize(
    ("via", "kind", "words"),
    [
        ("barracuda", CLICK, "Barracuda's scanner followed a link"),
        ("outlook-safelinks", OPEN, "Microsoft's scanner loaded the images"),
        ("paloalto", CLICK, "Palo Alto Networks' scanner followed a link"),
        ("security-scanner", CLICK, "A security scanner followed a link"),
        ("antivirus", CLICK, "An antivirus program followed a link"),
        ("link-preview", OPEN, "A link preview loaded the images"),
        ("gmail-proxy", CLICK, "Gmail's image proxy followed a link"),
        ("gmail-prefetch", OPEN, "Loaded ahead by Gmail, which does not mean that anybody read it"),
        (
            "apple-mpp",
            OPEN,
            "Loaded by Apple's privacy protection: it is not known whether it was read",
        ),
        ("prefetch", CLICK, "A browser loading ahead followed a link"),
    ],
)
def test_a_machine_is_named(via: str, kind: Kind, words: str) -> None:
    assert sentence(Verdict(Actor.MACHINE, via, "x"), kind, 1) == words


@pytest.mark.parametrize(
    ("verdict", "kind", "words"),
    [
        (
            classify("gip", GMAIL, "none", kind=OPEN, sender_viewing=True),
            OPEN,
            "You opened it yourself",
        ),
        (classify(own_click=True), CLICK, "You followed the link yourself"),
        (classify(seconds_after_send=-9.0), CLICK, "Loaded before it was sent: that was you"),
        (
            classify("gip", RESIDENTIAL, "none", kind=OPEN),
            OPEN,
            "Loaded by something that is not what it says it is",
        ),
        (
            classify("gip", GMAIL, "none", kind=OPEN, seconds_after_send=1.0),
            OPEN,
            "Loaded through Gmail: so soon that it may not have been a reader",
        ),
        (
            classify(address="208.84.67.221", seconds_after_send=9000.0),
            CLICK,
            "A link was followed from Proofpoint's network: it is not known whether anyone read it",
        ),
        (
            classify("gip", GMAIL, "none", kind=OPEN, recipient_domains=("gmx.de",)),
            OPEN,
            "Opened, through Gmail (no recipient is at Google: perhaps a forward, or you)",
        ),
        (
            classify(
                "gip",
                GMAIL,
                "none",
                kind=OPEN,
                recipient_domains=("gmx.de",),
                seconds_after_send=60.0,
            ),
            OPEN,
            "Loaded through Gmail, but no recipient is at Google: perhaps a forward, or you",
        ),
        (
            classify("-", RESIDENTIAL, "none", kind=OPEN),
            OPEN,
            "Loaded: it is not known whether anyone read it",
        ),
    ],
)
def test_other_hits_have_sentences_as_plain(verdict: Verdict, kind: Kind, words: str) -> None:
    assert sentence(verdict, kind, 1) == words


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        (Verdict(Actor.MACHINE, "barracuda", "x"), "That was Barracuda's scanner, not a reader"),
        (Verdict(Actor.SENDER, "direct", "x"), "That was you, not a reader"),
        (Verdict(Actor.HUMAN, "direct", "x"), "That was a reader after all"),
        (
            Verdict(Actor.UNKNOWN, "direct", "x"),
            "It is not known whether that click was a reader's",
        ),
    ],
)
def test_a_correction_says_what_it_was(verdict: Verdict, words: str) -> None:
    assert correction(verdict, CLICK) == words


@pytest.mark.parametrize("name", ["opened-directly", "opened-by-someone-of-3", "clicked"])
def test_the_golden_events_say_the_same(name: str) -> None:
    event = json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))
    body = event["verdict"]
    verdict = human(body["via"], body["device"], body["country"])
    kind = CLICK if event["link"] else OPEN
    assert sentence(verdict, kind, len(event["message"]["recipients"])) == body["sentence"]


def test_every_name_that_a_rule_can_give_has_words() -> None:
    rows = (SHIPPED / name for name in ("owners.tsv", "blocks.tsv"))
    lines = [line.split("\t") for path in rows for line in path.read_text().splitlines()]
    given = {row[2] for row in lines if len(row) == 4 and row[1] in ("scanner", "filter", "mail")}
    assert given <= {*VENDORS, *PROVIDERS}


def test_a_country_without_a_name_keeps_its_code() -> None:
    assert (country_name("NL"), country_name("ZZ")) == ("the Netherlands", "ZZ")


def test_no_sentence_claims_a_place_behind_a_relay() -> None:
    for address in (RELAY, DATACENTER):
        assert " in France" not in sentence(classify("iphone", address), CLICK, 1)
