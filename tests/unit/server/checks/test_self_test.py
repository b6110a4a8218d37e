from dataclasses import replace

import pytest
from sealbreak_server.checks.finding import Status
from sealbreak_server.checks.judgements.self_test import (
    Place,
    judge_device,
    judge_self_test,
    obstacle,
    reusable,
)
from sealbreak_server.model.self_test import SelfTest, SelfTestVisit, Visitor

NOW = 1_800_000_000.0
AT = "2027-01-15 08:00 UTC"
"""`NOW` in words."""
URL = "https://track.example.com"
TEST = SelfTest("n" * 32, URL, NOW, NOW + 86400)
GMAIL = SelfTestVisit(NOW, "66.249.84.1", Visitor.GMAIL, "track.example.com")
OTHER = SelfTestVisit(NOW, "203.0.113.7", Visitor.OTHER, "track.example.com")


def judged(*tests: SelfTest, now: float = NOW) -> tuple[Status, str]:
    finding = judge_self_test(tests, URL, now)
    return finding.status, finding.summary


def test_gmail_proves_the_whole_way() -> None:
    said = f"Gmail reached this server at {AT}, through {URL}."
    assert judged(replace(TEST, gmail=GMAIL)) == (Status.OK, said)


def test_under_another_name_the_visit_does_not_show_the_way() -> None:
    hidden = replace(GMAIL, host="backend:8787")
    assert judged(replace(TEST, gmail=hidden)) == (
        Status.OK, f"Gmail reached this server at {AT}.",
    )  # fmt: skip


def test_an_older_proof_counts_although_a_newer_mail_was_not_opened() -> None:
    later = replace(TEST, nonce="m" * 32, other=OTHER)
    assert judged(later, replace(TEST, gmail=GMAIL))[0] is Status.OK


def test_a_proof_of_another_address_is_none() -> None:
    elsewhere = replace(TEST, public_url="https://old.example.com", gmail=GMAIL)
    assert judged(elsewhere) == (
        Status.NOT_CHECKED, "No test mail was made for this address yet.",
    )  # fmt: skip


def test_anybody_else_is_named_and_is_not_gmail() -> None:
    said = f"Something reached this server from 203.0.113.7 at {AT}, but it was not Gmail."
    assert judged(replace(TEST, other=OTHER)) == (Status.WARNING, said)


@pytest.mark.parametrize(
    ("address", "visitor", "words", "advice"),
    [
        ("8.8.4.4", Visitor.CLAIMS_GMAIL, "it says so, and that address", "Open the mail"),
        ("172.31.87.1", Visitor.CLAIMS_GMAIL, "not in Google's network", "TRUSTED_PROXIES"),
        ("66.249.84.1", Visitor.GOOGLE, "did not say so", "Open the mail"),
    ],
)
def test_a_visitor_that_could_be_mistaken_for_gmail_is_explained(
    address: str, visitor: Visitor, words: str, advice: str
) -> None:
    visit = SelfTestVisit(NOW, address, visitor)
    finding = judge_self_test([replace(TEST, other=visit)], URL, NOW)
    assert finding.status is Status.WARNING
    assert words in finding.summary
    assert advice in finding.advice


def test_a_mail_that_nobody_opened_waits_until_it_ends() -> None:
    assert judged() == (Status.NOT_CHECKED, "No test mail was made for this address yet.")
    assert "Nothing has asked" in judged(TEST)[1]
    assert "until it ended at 2027-01-16 08:00 UTC" in judged(TEST, now=TEST.expires_at)[1]


@pytest.mark.parametrize(
    ("address", "place", "status", "words"),
    [
        ("8.8.4.4", Place("Example Telecom, Germany"), Status.OK, "(Example Telecom, Germany)"),
        ("8.8.4.4", Place(is_own=True), Status.NOT_CHECKED, "where your own devices are"),
        ("192.168.1.20", Place(), Status.NOT_CHECKED, "not a public address"),
        ("", Place(), Status.NOT_CHECKED, "no longer kept"),
    ],
)
def test_a_phone_proves_the_outside_only_from_another_network(
    address: str, place: Place, status: Status, words: str
) -> None:
    visited = replace(TEST, device=SelfTestVisit(NOW, address, Visitor.OTHER))
    finding = judge_device([visited], URL, place)
    assert finding.status is status
    assert words in finding.summary


def test_in_an_office_another_device_of_the_network_is_enough() -> None:
    url = "http://192.168.1.4:8787"
    visit = SelfTestVisit(NOW, "192.168.1.20", Visitor.OTHER)
    inside = replace(TEST, public_url=url, device=visit)
    assert judge_device([inside], url, Place()).status is Status.OK
    itself = replace(inside, device=replace(visit, address="127.0.0.1"))
    assert judge_device([itself], url, Place()).status is Status.NOT_CHECKED


def test_only_where_gmail_can_come_a_test_mail_makes_sense() -> None:
    assert obstacle(URL) == ""
    assert "this computer" in obstacle("http://127.0.0.1:8787")
    assert "this network" in obstacle("http://192.168.1.4:8787")


def test_a_mail_is_handed_out_again_while_it_stays_valid_for_long() -> None:
    assert reusable([TEST], URL, NOW + 3600) == TEST
    assert reusable([TEST], URL, NOW + 13 * 3600) is None
    assert reusable([TEST], "https://other.example.com", NOW) is None
    assert reusable([replace(TEST, gmail=GMAIL)], URL, NOW) is None
    assert reusable([], URL, NOW) is None
