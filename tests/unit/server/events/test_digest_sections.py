"""What a digest tells, and that its sentence counts what its page lists."""

from typing import Any

from sealbreak_server.events.digest_sections import (
    count_lines,
    digest_words,
    hits_of,
    messages_of,
    sections,
)
from sealbreak_server.model.verdict import Actor


def event(kind: str, hit: int | None = 1, actor: str = "human", **more: Any) -> dict[str, Any]:
    return {
        "kind": kind, "hit": hit, "time": "2026-11-23T09:30:00.250Z", "message": {"id": "m"},
        "link": None, "verdict": {"actor": actor, "sentence": f"{kind} it"}, **more,
    }  # fmt: skip


def told(*events: dict[str, Any], **actors: Actor) -> dict[str, list[str]]:
    """Titles and lines. `actors` are the current actors of the hits `h1`, `h2`, ..."""
    now = {int(name[1:]): actor for name, actor in actors.items()}
    found = sections(events, now, {"m"})
    return {title: [x.words for e in its.values() for x in e] for title, its in found.items()}


def test_each_kind_has_its_section_in_order_of_urgency() -> None:
    kinds = ("reminder", "opened", "revived", "hot", "clicked")
    found = told(*(event(kind, hit=None if kind == "reminder" else 1) for kind in kinds))
    assert list(found) == [
        "Links followed", "Newly opened", "Opened again and again",
        "Opened again after a long time", "Not opened",
    ]  # fmt: skip


def test_lines_of_one_mail_are_grouped() -> None:
    assert told(event("clicked"), event("clicked", hit=2)) == {
        "Links followed": ["clicked it", "clicked it"]
    }


def test_a_withdrawn_open_is_listed_as_corrected() -> None:
    assert told(event("opened"), h1=Actor.MACHINE) == {"Corrected": ["Withdrawn: “opened it”"]}


def test_a_correction_in_favour_of_a_reader_is_an_open() -> None:
    assert told(event("corrected"), h1=Actor.HUMAN) == {"Newly opened": ["corrected it"]}
    link = {"n": 1, "url": "https://example.com/"}
    assert list(told(event("corrected", link=link))) == ["Links followed"]
    assert list(told(event("corrected", actor="machine"))) == ["Corrected"]


def test_erased_mails_and_hidden_kinds_are_left_out() -> None:
    erased = {"kind": "erased", "number": 1, "time": "2026-11-23T09:30:00.250Z"}
    digest = event("digest", hit=None, message={"id": ""})
    strange = event("opened", message={"id": "x"})
    assert told(erased, digest, strange) == {}
    assert hits_of([erased, strange]) == [1]
    assert messages_of([erased, digest, strange, strange]) == ["x"]


def test_an_unknown_kind_is_shown_by_its_own_sentence_after_all_others() -> None:
    new = event("printed")
    assert told(new, event("reminder", hit=None)) == {
        "Not opened": ["reminder it"], "Other events": ["printed it"]
    }  # fmt: skip
    assert told(new, h1=Actor.MACHINE) == {"Other events": ["printed it"]}


def test_an_unknown_kind_may_be_about_no_message() -> None:
    assert told(event("printed", hit=None, message={"id": ""})) == {"Other events": ["printed it"]}
    erased_since = event("printed", message={"id": "x"})
    assert told(erased_since) == {}


def words(*events: dict[str, Any]) -> str:
    return digest_words(sections(events, {}, {"m", "n"}))


def test_the_sentence_counts_what_the_page_lists() -> None:
    events = [event("opened"), event("clicked"), event("opened", message={"id": "n"})]
    assert words(*events) == "1 link followed, 2 opens, in 2 mails"
    assert count_lines(sections(events, {}, {"m", "n"})["Newly opened"]) == 2
    assert words(event("opened")) == "1 open, in 1 mail"
    assert words() == ""


def test_the_sentence_counts_corrections_and_unknown_kinds_too() -> None:
    nobodys = event("printed", hit=None, message={"id": ""})
    assert words(nobodys) == "1 other event"
    wrong = event("corrected", actor="machine")
    assert words(event("opened"), wrong, nobodys) == (
        "1 open, 1 correction, 1 other event, in 1 mail"
    )
