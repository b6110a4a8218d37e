"""The kinds of events. One row holds everything that the server knows about a kind.

`tests/contract/kinds.json` is this table as the tray and the extension read it.

To add a kind: add a row here, a switch to `Preferences`, and a row to `kinds.json`.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class EventKind:
    name: str
    """The `kind` of the event on the wire, and the name of its switch."""
    preference: str
    """The label of its switch in the settings."""
    default: bool
    """Whether it pops up unless the account says otherwise."""
    pop_up: str
    """The title of the tray's pop-up; the tray fills in `who`, `subject` and `sentence`."""
    title: str
    """The title of one such event in a list."""
    digest: str | None
    """The section of the digest page; `None` for a kind that the page leaves out."""
    digest_rank: int
    """Sections stand in this order: the most urgent first."""
    count: tuple[str, str]
    """What a number of them is called: one, and several."""


EVENT_KINDS = (
    EventKind(
        "opened",
        preference="A mail is opened",
        default=True,
        pop_up="Your mail to {who}, '{subject}', was opened",
        title="Opened",
        digest="Newly opened",
        digest_rank=2,
        count=("open", "opens"),
    ),
    EventKind(
        "clicked",
        preference="A link is followed",
        default=True,
        pop_up="A link in your mail to {who}, '{subject}', was followed",
        title="Link followed",
        digest="Links followed",
        digest_rank=1,
        count=("link followed", "links followed"),
    ),
    EventKind(
        "corrected",
        preference="A correction to an earlier alert",
        default=True,
        pop_up="{sentence}",
        title="Corrected",
        digest="Corrected",
        digest_rank=6,
        count=("correction", "corrections"),
    ),
    EventKind(
        "hot",
        preference="A mail is opened again and again",
        default=True,
        pop_up="'{subject}' is hot",
        title="Opened again and again",
        digest="Opened again and again",
        digest_rank=3,
        count=("hot mail", "hot mails"),
    ),
    EventKind(
        "revived",
        preference="An old mail is opened again",
        default=True,
        pop_up="'{subject}' is revived",
        title="Opened again after a long time",
        digest="Opened again after a long time",
        digest_rank=4,
        count=("revived mail", "revived mails"),
    ),
    EventKind(
        "reminder",
        preference="A mail stays unopened",
        default=True,
        pop_up="No open recorded for your mail to {who}, '{subject}'",
        title="Not opened",
        digest="Not opened",
        digest_rank=5,
        count=("mail not opened", "mails not opened"),
    ),
    EventKind(
        "digest",
        preference="Once a day, what happened",
        default=False,
        pop_up="What happened since the last digest",
        title="Daily summary",
        digest=None,
        digest_rank=0,
        count=("digest", "digests"),
    ),
)
"""In the order of the settings page."""

BY_NAME: Mapping[str, EventKind] = {kind.name: kind for kind in EVENT_KINDS}
KINDS = tuple(BY_NAME)

OTHER_SECTION = "Other events"
"""The section of the digest page for kinds that this version does not know. It comes last."""
OTHER_COUNT = ("other event", "other events")


def contract() -> list[dict[str, Any]]:
    """What `kinds.json` holds. The order of the sections concerns the server alone."""
    return [
        {name: value for name, value in asdict(kind).items() if name != "digest_rank"}
        for kind in EVENT_KINDS
    ]


def title_of(kind: str) -> str | None:
    """`None` for a kind that this version does not know: its sentence is the title."""
    return BY_NAME[kind].title if kind in BY_NAME else None


def digest_section(kind: str) -> str | None:
    """`None` for a kind that the digest page leaves out."""
    return BY_NAME[kind].digest if kind in BY_NAME else OTHER_SECTION


def digest_sections() -> tuple[str, ...]:
    """The titles of all sections, in order."""
    ranked = sorted(EVENT_KINDS, key=lambda kind: kind.digest_rank)
    return (*(kind.digest for kind in ranked if kind.digest is not None), OTHER_SECTION)


def section_words(title: str) -> tuple[str, str]:
    """What events of a section are called: one, and several."""
    return next((kind.count for kind in EVENT_KINDS if kind.digest == title), OTHER_COUNT)


def is_for_people(event: Mapping[str, Any]) -> bool:
    """Whether pages show it. An event with neither a sentence nor a message tells nobody anything;
    `erased` is one."""
    return bool(sentence_of(event) or (event.get("message") or {}).get("id"))


def sentence_of(event: Mapping[str, Any]) -> str:
    return str((event.get("verdict") or {}).get("sentence") or "")
