import json
from typing import Any

import pytest
from sealbreak_server.classification import classifier as classifier_module
from sealbreak_server.classification.classifier import Classifier
from sealbreak_server.classification.rules.reasons import Reason
from sealbreak_server.classification.signals import Signals
from sealbreak_server.cli.classification.classify import answer
from sealbreak_server.model.hit import Kind
from sealbreak_server.model.self_test import Visitor
from sealbreak_server.model.verdict import Actor, Verdict
from support.paths import TESTS
from support.server.classification import RESIDENTIAL, classifier, classify, click, facts
from support.server.hit_cases import AGENTS, cases
from support.server.scoring import SAMPLE, Score, read_cases

OWN = TESTS / "support" / "server" / "hit-cases.txt"
OWN_CASES = list(cases(OWN.read_text(encoding="utf-8")))


def _score(case: dict[str, Any]) -> Score:
    """A case of either kind is classified as both."""
    kinds = ("open", "click") if case["kind"] == "either" else (case["kind"],)
    total = Score()
    for kind in kinds:
        asked = {k: v for k, v in case.items() if k != "expected"} | {"kind": kind}
        total.add(case, answer(classifier(), json.dumps(asked)))
    return total


@pytest.mark.parametrize("case", read_cases(SAMPLE), ids=lambda case: str(case["id"]))
def test_a_case_of_the_public_sample_is_classified_as_labelled(case: dict[str, Any]) -> None:
    assert _score(case).wrong == []


@pytest.mark.parametrize("case", OWN_CASES, ids=lambda case: str(case["id"]))
def test_a_case_of_our_own_is_classified_as_labelled(case: dict[str, Any]) -> None:
    assert _score(case).wrong == []


def test_our_own_cases_have_different_names_and_are_many() -> None:
    assert len({case["id"] for case in OWN_CASES}) == len(OWN_CASES) >= 200


def _opened(verdict: Verdict) -> bool:
    return verdict.actor is Actor.HUMAN


PROBE = {
    "gmail-proxy": ("gip", "66.249.84.1", "none", 6.0, True),
    "gmail-prefetch": ("pre", "66.249.84.1", "none", 6.0, False),
    "apple-17": ("bare", "17.58.98.44", "none", 6.0, False),
    "apple-through-cloudflare": ("bare", "104.28.42.17", "none", 6.0, False),
    "apple-mail-unprotected": ("ios-mail", RESIDENTIAL, "language", 6.0, True),
    "outlook-desktop": ("outlook", RESIDENTIAL, "mail", 6.0, True),
    "yahoo-proxy": ("ymp", "98.137.183.148", "none", 6.0, True),
    "barracuda": ("BarracudaCentral", "209.222.82.9", "bot", 6.0, False),
    "curl": ("curl/8.5.0", RESIDENTIAL, "bot", 6.0, False),
    "chrome-from-microsoft": ("chrome", "40.94.12.9", "bot", 6.0, False),
    "reader-after-two-seconds": ("firefox", RESIDENTIAL, "image", 2.0, True),
}
"""The nine rows that no other tracker read gets all right: is it an open?"""


@pytest.mark.parametrize("row", PROBE.values(), ids=PROBE.keys())
def test_a_row_of_the_accuracy_probe_is_right(row: tuple[str, str, str, float, bool]) -> None:
    agent, address, headers, after, opened = row
    verdict = classify(agent, address, headers, kind=Kind.OPEN, seconds_after_send=after)
    assert _opened(verdict) is opened


def _broken(signals: Signals) -> Verdict | None:
    raise ValueError(f"a reader's address: {signals.facts.address}")


def test_a_rule_that_breaks_costs_no_hit(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(classifier_module, "RULES", (_broken,))
    fresh = Classifier.load()
    verdicts = [fresh.classify(facts()) for _ in range(3)]
    assert {(v.actor, v.reason) for v in verdicts} == {(Actor.UNKNOWN, Reason.RULE_FAILED)}
    (record,) = caplog.records
    assert "ValueError in test_classifier.py:" in record.message
    assert RESIDENTIAL not in caplog.text


def test_classifying_twice_gives_the_same() -> None:
    same = facts(link=1, nearby=(click(-1, 2),))
    assert classifier().classify(same) == classifier().classify(same)


@pytest.mark.parametrize(
    ("agent", "address", "visitor"),
    [
        ("gip", "66.249.84.1", Visitor.GMAIL),
        ("gip", "203.0.113.7", Visitor.CLAIMS_GMAIL),
        ("gip", "127.0.0.1", Visitor.CLAIMS_GMAIL),
        ("firefox", "66.249.84.1", Visitor.GOOGLE),
        ("pre", "66.249.84.1", Visitor.GOOGLE),
        ("firefox", RESIDENTIAL, Visitor.OTHER),
        ("", "not an address", Visitor.OTHER),
    ],
)
def test_a_visitor_is_gmail_only_by_name_and_network(
    agent: str, address: str, visitor: Visitor
) -> None:
    assert classifier().recognise(AGENTS.get(agent, agent), address) is visitor
