"""The rules together."""

from sealbreak_server.classification.rules.order import RULES
from sealbreak_server.classification.rules.outcomes import RULES_VERSION
from support.server.classification import (
    classify,
)


def test_every_verdict_names_its_rule_version_and_some_evidence() -> None:
    verdict = classify()
    assert verdict.rules == RULES_VERSION
    assert all(sentence[0].isupper() and len(sentence) < 120 for sentence in verdict.evidence)


def test_the_last_rule_always_answers_and_every_rule_names_its_sources() -> None:
    assert all(rule.__doc__ for rule in RULES)
    assert RULES[-1].__name__ == "residential"
