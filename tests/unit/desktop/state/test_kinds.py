"""The table of kinds, compared with the contract of server, tray and extension."""

import json
from dataclasses import replace
from typing import Any

import pytest
from sealbreak_desktop.state import wording
from sealbreak_desktop.state.kinds import KINDS, UNKNOWN, Kind, kind_of
from sealbreak_desktop.state.notification import is_shown
from support.desktop.machine import an_event
from support.paths import ROOT

CONTRACT: list[dict[str, Any]] = json.loads((ROOT / "tests/contract/kinds.json").read_text())


def test_the_kinds_are_those_of_the_contract() -> None:
    assert set(KINDS) == {kind["name"] for kind in CONTRACT}


@pytest.mark.parametrize("agreed", CONTRACT, ids=lambda agreed: str(agreed["name"]))
def test_each_kind_has_the_words_of_the_contract(agreed: dict[str, Any]) -> None:
    kind = KINDS[agreed["name"]]
    assert (kind.pop_up, list(kind.count)) == (agreed["pop_up"], agreed["count"])


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: str(kind.name))
def test_each_kind_is_shown_when_a_reader_caused_it(kind: Kind) -> None:
    event = replace(an_event(1), kind=kind.name)
    assert is_shown(event)
    assert "{" not in wording.title(event)


def test_only_corrections_are_shown_when_a_machine_caused_them() -> None:
    event = an_event(1)
    by_machine = replace(event, verdict=replace(event.verdict, actor="machine"))
    assert [name for name in KINDS if is_shown(replace(by_machine, kind=name))] == ["corrected"]


@pytest.mark.parametrize("name", ["something-new-in-a-later-version", "forwarded", "", "OPENED"])
def test_any_other_kind_is_unknown(name: str) -> None:
    assert kind_of(name) is UNKNOWN
