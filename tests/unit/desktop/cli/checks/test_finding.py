from sealbreak_desktop.cli.checks.finding import (
    Status,
    not_checked,
    ok,
    problem,
    problem_of,
)
from sealbreak_desktop.errors import SealbreakError


def test_findings_stand_in_columns() -> None:
    assert str(ok("server", "it answers")) == "ok           server       it answers"
    assert str(not_checked("live", "not paired")) == "not checked  live         not paired"


def test_advice_stands_below_the_problem() -> None:
    assert str(problem("panel", "none", "Add one")) == (
        "problem      panel        none\n                          -> Add one"
    )


def test_an_error_is_a_problem_in_its_own_words() -> None:
    error = SealbreakError("No answer from a", "Connection refused.", "Start it.")
    found = problem_of("server", error)
    assert (found.status, found.summary, found.advice) == (
        Status.PROBLEM,
        "No answer from a. Connection refused",
        "Start it.",
    )
