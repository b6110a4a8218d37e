"""What pop-ups and menu say about an event."""

from collections.abc import Sequence
from datetime import datetime

from sealbreak_desktop.state.events import Event, Recipient, Verdict
from sealbreak_desktop.state.kinds import KINDS, UNKNOWN
from sealbreak_desktop.text import (
    ISOLATED,
    LABEL_LIMIT,
    TITLE_LIMIT,
    format_time,
    isolate,
    plural,
    sanitise,
)

SENTENCE_LIMIT = 200
SUBJECT_LIMIT = 60
OPEN_IN_GMAIL = "Open in Gmail"
MUTE_MAIL, UNMUTE_MAIL = "Mute this mail", "Unmute this mail"
SUBJECTS_IN_SUMMARY = 3
SENTENCES_IN_SUMMARY = 2
"""Together with the line of subjects they fill the lines of a pop-up's body."""


def addressees(event: Event) -> list[Recipient]:
    """Who got the copy that the event is about."""
    own = [
        recipient for recipient in event.recipients if event.copy and recipient.copy == event.copy
    ]
    return own or list(event.recipients)


def only_person(event: Event) -> Recipient | None:
    """Who got the copy, if it was one person."""
    people = addressees(event)
    return people[0] if len(people) == 1 else None


def who(event: Event, limit: int = 28) -> str:
    """Whom the copy was sent to. That is not who read it: nothing proves that."""
    people = addressees(event)
    if len(people) > 1:
        return f"{len(people)} people"
    return (people and isolate(sanitise(people[0].name or people[0].address, limit))) or "someone"


def subject(event: Event, limit: int = SUBJECT_LIMIT) -> str:
    return isolate(sanitise(event.subject, limit)) or "(no subject)"


def recipients(event: Event) -> str:
    names = [sanitise(one.name or one.address, 40) for one in event.recipients]
    if len(names) > 3:
        return f"{names[0]} and {len(names) - 1} others"
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:]))) or "nobody"


def sentence(event: Event, limit: int = SENTENCE_LIMIT) -> str:
    """The server's own sentence about it."""
    return sanitise(event.verdict.sentence or event.row.no_sentence, limit)


def title(event: Event, earlier: int = 0) -> str:
    """`earlier`: the number of events like it before."""

    def words(about: str) -> str:
        return event.row.pop_up.format(who=who(event), subject=about, sentence=sentence(event))

    again = " again" if earlier and event.row.repeats else ""
    room = TITLE_LIMIT - len(words("")) - len(again) - ISOLATED
    return words(subject(event, max(1, min(SUBJECT_LIMIT, room)))) + again


def body(event: Event, earlier: int = 0) -> str:
    if event.row.titled_by_sentence:
        return f"About '{subject(event)}' to {recipients(event)}" if event.message else ""
    times = f"{earlier + 1} times in all" if earlier and event.row.repeats else ""
    return "\n".join(filter(None, (sentence(event), times)))


def summary(events: Sequence[Event], when: str = "While you were away") -> tuple[str, str]:
    """Title and body of one pop-up that stands for several events."""
    lines = [_subjects(events), *_unknown_sentences(events)]
    return f"{when}: {', '.join(_counts(events))}", "\n".join(filter(None, lines))


def _counts(events: Sequence[Event]) -> list[str]:
    rows = (*KINDS.values(), UNKNOWN)
    counts = [(row, sum(event.row is row for event in events)) for row in rows]
    return [plural(count, *row.count) for row, count in counts if count]


def _subjects(events: Sequence[Event]) -> str:
    subjects = list(dict.fromkeys(subject(event, 40) for event in events if event.message))
    more = len(subjects) - SUBJECTS_IN_SUMMARY
    listed = ", ".join(f"'{one}'" for one in subjects[:SUBJECTS_IN_SUMMARY])
    return f"In {listed}" + (f" and {more} more" if more > 0 else "") if listed else ""


def _unknown_sentences(events: Sequence[Event]) -> list[str]:
    """An unknown kind is described by the server's own sentence."""
    sentences = dict.fromkeys(sentence(event, 80) for event in events if event.row is UNKNOWN)
    return list(sentences)[:SENTENCES_IN_SUMMARY]


def open_label(event: Event | None) -> str:
    """The label of the button that opens a page about it."""
    if event is not None and event.kind == "digest" and event.path:
        return "Open digest"
    return "Open message" if event is not None and event.message else "Open history"


def menu_line(event: Event, now: datetime) -> str:
    """One line of the menu: to whom – subject – when, or a sentence – when."""
    when = format_time(event.time, now)
    if event.kind == "digest" or (event.row is UNKNOWN and not event.message):
        return f"{sentence(event, LABEL_LIMIT - len(when) - 3)} – {when}"
    name = _name(event)
    room = LABEL_LIMIT - len(name) - len(when) - 6
    return f"{name} – {subject(event, room)} – {when}"


def _name(event: Event) -> str:
    if event.row is UNKNOWN:
        return sentence(event, 30)
    if event.kind == "corrected" and event.verdict.actor != "human":
        return _corrected_to(event.verdict)
    mark = "link" if event.link is not None else event.row.menu_mark
    return f"To {who(event, 14)}, {mark}" if mark else f"To {who(event, 20)}"


def _corrected_to(verdict: Verdict) -> str:
    """In the words of the server's pages for the same verdict."""
    if verdict.via == "apple-mpp":
        return "Cannot be known (Apple)"
    return {"machine": "Not a reader", "sender": "You"}.get(verdict.actor, "Perhaps a reader")
