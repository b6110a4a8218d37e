"""Whether a mail was opened, as far as that can be known."""

import json
from pathlib import Path

import pytest
from sealbreak_server.model.open_state import (
    LABELS,
    HitTotals,
    OpenState,
    is_unopened,
    open_state,
)

CONTRACT = Path(__file__).parents[3] / "contract"


@pytest.mark.parametrize(
    ("totals", "expected"),
    [
        (HitTotals(), OpenState.NOT_OPENED),
        (HitTotals(opens=1), OpenState.OPENED),
        (HitTotals(opens=2, apple=1, machines=3, unclear=1, clicks=1), OpenState.OPENED),
        (HitTotals(clicks=1, apple=1, machines=1), OpenState.CLICKED),
        (HitTotals(apple=1, machines=1), OpenState.UNKNOWABLE),
        (HitTotals(apple=1, machines=4, unclear=2), OpenState.UNKNOWABLE),
        (HitTotals(unclear=1, machines=2), OpenState.UNCLEAR),
        (HitTotals(machines=2), OpenState.AUTOMATED),
    ],
)
def test_the_strongest_sign_decides(totals: HitTotals, expected: OpenState) -> None:
    assert open_state(totals) is expected


def test_without_a_pixel_only_its_hits_say_something() -> None:
    assert open_state(HitTotals(), tracked=False) is OpenState.NOT_TRACKED
    assert open_state(HitTotals(clicks=1), tracked=False) is OpenState.CLICKED
    assert open_state(HitTotals(machines=1), tracked=False) is OpenState.AUTOMATED


def test_only_what_nobody_opened_as_far_as_known_counts_as_unopened() -> None:
    assert {state for state in OpenState if is_unopened(state)} == {
        OpenState.AUTOMATED,
        OpenState.NOT_OPENED,
    }


def test_without_a_pixel_nothing_is_said_to_be_unopened() -> None:
    assert not is_unopened(open_state(HitTotals(machines=1), tracked=False), tracked=False)


def test_a_mail_that_did_not_leave_has_no_other_state() -> None:
    assert open_state(HitTotals(opens=1, clicks=1), sent=False) is OpenState.NOT_SENT
    assert not is_unopened(OpenState.NOT_SENT)


def test_the_extension_knows_the_same_states() -> None:
    shared = json.loads((CONTRACT / "open-states.json").read_text(encoding="utf-8"))
    assert shared == {str(state): words for state, words in LABELS.items()}


def test_every_state_has_a_label_of_its_own() -> None:
    assert set(LABELS) == set(OpenState)
    assert len(set(LABELS.values())) == len(OpenState)
