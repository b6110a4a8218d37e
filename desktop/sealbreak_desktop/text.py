"""Words for people, made of text that strangers chose."""

import html
import unicodedata
from datetime import datetime

from sealbreak_desktop.state.events import Event, Recipient

TITLE_LIMIT = 120
BODY_LIMIT = 300
BODY_LINES = 3
LABEL_LIMIT = 60
ELLIPSIS = "…"

_DIRECTION = {*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C}
_LINE_ENDS = str.maketrans(dict.fromkeys("\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029", "\n"))
_MARKS_IN_A_ROW = 8
"""Of combining marks: more of them is a smear over the lines above, not a letter."""


def sanitise(text: str, limit: int, markup: bool = False, lines: int = 1) -> str:
    """Fit for a label or a pop-up: no controls, nothing that turns the direction, `limit` letters.

    `markup`: where it goes, tags are read, so they are escaped; the limit counts before that.
    """
    rows = [_clean(row) for row in text.translate(_LINE_ENDS).split("\n")]
    kept = [row for row in rows if row]
    head, rest = kept[: lines - 1], kept[lines - 1 :]
    short = _shorten("\n".join([*head, " ".join(rest)] if rest else head), limit)
    return html.escape(short, quote=False) if markup else short


def _clean(row: str) -> str:
    encodable = row.encode("utf-8", "replace").decode("utf-8")
    shown = "".join(_shown(letter) for letter in encodable)
    return " ".join(shown.split())


def _shown(letter: str) -> str:
    if letter.isspace():
        return " "
    if ord(letter) in _DIRECTION or unicodedata.category(letter) in ("Cc", "Cs"):
        return ""
    return letter


def _shorten(text: str, limit: int) -> str:
    """Cut between letters, never between a letter and its accents or the parts of an emoji."""
    letters: list[str] = []
    for code in text:
        if letters and (_joins(code) or letters[-1].endswith("\u200d")):
            if len(letters[-1]) < _MARKS_IN_A_ROW:
                letters[-1] += code
        else:
            letters.append(code)
    if len(letters) <= limit:
        return "".join(letters)
    return "".join(letters[: limit - 1]).rstrip() + ELLIPSIS


def _joins(code: str) -> bool:
    return (
        unicodedata.combining(code) > 0
        or unicodedata.category(code) in ("Mn", "Me", "Cf")
        or 0x1F3FB <= ord(code) <= 0x1F3FF
    )


def isolate(text: str) -> str:
    """Text that runs from right to left must not turn the words around it."""
    turns = any(unicodedata.bidirectional(letter) in ("R", "AL", "AN") for letter in text)
    return f"\u2068{text}\u2069" if turns else text


def who(event: Event, limit: int = 28) -> str:
    """The person, if only one can be meant."""
    people = meant(event)
    if len(people) == 1:
        return isolate(sanitise(people[0].name or people[0].address, limit)) or "Someone"
    return f"Someone of {len(people)}" if people else "Someone"


def only_person(event: Event) -> Recipient | None:
    """The one who did it, when nobody else can be meant."""
    people = meant(event)
    return people[0] if len(people) == 1 else None


def _who_has_not(event: Event) -> str:
    people = meant(event)
    return f"Nobody of {len(people)} has" if len(people) > 1 else f"{who(event)} has not"


def meant(event: Event) -> list[Recipient]:
    """Those who may have done it."""
    own = [
        recipient for recipient in event.recipients if event.copy and recipient.copy == event.copy
    ]
    return own or list(event.recipients)


def subject(event: Event, limit: int = 60) -> str:
    return isolate(sanitise(event.subject, limit)) or "(no subject)"


def title(event: Event, earlier: int = 0) -> str:
    if event.kind == "corrected":
        return sentence(event) or "An earlier alert was wrong"
    again = " again" if earlier else ""
    if event.kind == "digest":
        return "What happened since the last digest"
    if event.kind == "hot":
        return f"'{subject(event)}' is hot"
    if event.kind == "revived":
        return f"'{subject(event)}' is revived"
    if event.kind == "reminder":
        return f"{_who_has_not(event)} opened '{subject(event)}'"
    if event.kind == "clicked":
        return f"{who(event)} followed a link in '{subject(event)}'{again}"
    return f"{who(event)} opened '{subject(event)}'{again}"


def body(event: Event, earlier: int = 0) -> str:
    if event.kind == "corrected":
        return f"About '{subject(event)}' to {recipients(event)}"
    repeats = earlier and event.kind in ("opened", "clicked")
    times = f"{earlier + 1} times in all" if repeats else ""
    return "\n".join(filter(None, (sentence(event), times)))


def sentence(event: Event) -> str:
    return sanitise(event.verdict.sentence, 200)


def recipients(event: Event) -> str:
    names = [sanitise(one.name or one.address, 40) for one in event.recipients]
    if len(names) > 3:
        return f"{names[0]} and {len(names) - 1} others"
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:]))) or "nobody"


def summary(events: list[Event], when: str = "While you were away") -> tuple[str, str]:
    """Title and body of one pop-up that stands for many."""
    counts = {kind: sum(event.kind == kind for event in events) for kind in WORDS}
    told = [plural(count, *WORDS[kind]) for kind, count in counts.items() if count]
    subjects = list(dict.fromkeys(subject(event, 40) for event in events if event.message))
    more = f" and {len(subjects) - 3} more" if len(subjects) > 3 else ""
    listed = ", ".join(f"'{one}'" for one in subjects[:3])
    return f"{when}: {', '.join(told)}", f"In {listed}{more}" if listed else ""


WORDS = {
    "opened": ("open", "opens"),
    "clicked": ("link followed", "links followed"),
    "hot": ("hot mail", "hot mails"),
    "revived": ("revived mail", "revived mails"),
    "reminder": ("mail not opened", "mails not opened"),
    "digest": ("digest", "digests"),
    "corrected": ("correction", "corrections"),
}


def plural(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


MUTE_MAIL, UNMUTE_MAIL = "Mute this mail", "Unmute this mail"


def open_label(event: Event | None) -> str:
    """Of what leads to the page that tells more."""
    if event is not None and event.kind == "digest" and event.path:
        return "Open digest"
    return "Open message" if event is not None and event.message else "Open history"


def menu_line(event: Event, now: datetime) -> str:
    """One of the last events: who - subject - when."""
    when = moment(event.time, now)
    if event.kind == "digest":
        return f"{sanitise(event.verdict.sentence, LABEL_LIMIT - len(when) - 3)} – {when}"
    name = _person(event)
    room = LABEL_LIMIT - len(name) - len(when) - 6
    return f"{name} – {subject(event, room)} – {when}"


def _person(event: Event) -> str:
    if event.kind == "corrected" and event.verdict.actor != "human":
        return "Not a reader"
    if event.link is not None:
        return f"{who(event, 18)}, link"
    mark = MARKS.get(event.kind)
    return f"{who(event, 14)}, {mark}" if mark else who(event, 24)


MARKS = {"hot": "hot", "revived": "revived", "reminder": "not opened"}


def moment(time: datetime, now: datetime) -> str:
    """In the time zone of `now`."""
    local = time.astimezone(now.tzinfo)
    if local.date() == now.date():
        return f"{local:%H:%M}"
    if abs((now - local).days) < 6:
        return f"{local:%a %H:%M}"
    return f"{local:%d %b}" if local.year == now.year else f"{local:%d %b %Y}"
