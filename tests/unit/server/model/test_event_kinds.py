"""One row for each kind of event, the same for server, tray and extension."""

import json
from dataclasses import fields

import pytest
from sealbreak_server.model.event_kinds import (
    EVENT_KINDS,
    KINDS,
    OTHER_SECTION,
    contract,
    digest_section,
    digest_sections,
    is_for_people,
    section_words,
    title_of,
)
from sealbreak_server.model.preferences import Preferences
from support.paths import CONTRACT, EVENTS

UNKNOWN = "something-new-in-a-later-version"


def test_the_contract_with_tray_and_extension_is_this_table() -> None:
    shared = json.loads((CONTRACT / "kinds.json").read_text(encoding="utf-8"))
    assert json.loads(json.dumps(contract())) == shared


def test_every_kind_has_its_switch() -> None:
    assert KINDS == ("opened", "clicked", "corrected", "hot", "revived", "reminder", "digest")


def test_the_preferences_have_a_switch_for_each_row_and_no_other() -> None:
    switches = {field.name: field.default for field in fields(Preferences) if field.type is bool}
    assert switches == {kind.name: kind.default for kind in EVENT_KINDS}


def test_every_golden_event_is_of_a_known_kind_but_the_one_that_shows_an_unknown_kind() -> None:
    kinds = {json.loads(path.read_text(encoding="utf-8"))["kind"] for path in EVENTS.glob("*.json")}
    assert kinds - set(KINDS) == {UNKNOWN}


def test_no_two_sections_of_the_digest_have_the_same_place() -> None:
    ranks = [kind.digest_rank for kind in EVENT_KINDS if kind.digest is not None]
    assert sorted(ranks) == list(range(1, len(ranks) + 1))
    assert len(digest_sections()) == len(ranks) + 1


def test_an_unknown_kind_has_no_title_of_its_own_and_the_last_section() -> None:
    assert title_of(UNKNOWN) is None
    assert digest_section(UNKNOWN) == digest_sections()[-1] == "Other events"
    assert section_words(OTHER_SECTION) == ("other event", "other events")


def test_the_digest_page_leaves_out_the_digest_itself() -> None:
    assert (title_of("digest"), digest_section("digest")) == ("Daily summary", None)


@pytest.mark.parametrize(
    ("more", "shown"),
    [
        ({}, False),
        ({"verdict": None, "message": None}, False),
        ({"verdict": {"sentence": ""}, "message": {"id": ""}}, False),
        ({"verdict": {"sentence": "Forwarded"}}, True),
        ({"message": {"id": "mfzwizltor2xs5dp"}}, True),
    ],
)
def test_pages_show_an_event_that_has_a_sentence_or_a_message(
    more: dict[str, object], shown: bool
) -> None:
    assert is_for_people({"kind": UNKNOWN, "number": 1, **more}) is shown
