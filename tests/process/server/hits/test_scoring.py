"""The scoring harness, with the program itself as its command."""

from support.server.process import PROGRAM
from support.server.scoring import SAMPLE, ask, read_cases, score


def test_the_harness_scores_a_command() -> None:
    cases = read_cases(SAMPLE)
    done = score(cases, ask([*PROGRAM, "classify"], cases))
    assert (done.actors.right, done.claims_too_much, done.wrong) == (60, 0, [])
