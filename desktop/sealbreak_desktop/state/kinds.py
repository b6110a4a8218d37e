"""The kinds of events: one row for each, with all that the tray knows about it.

tests/contract/kinds.json holds what server, tray and extension have in common; a test compares it
with this table.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    name: str
    pop_up: str
    """Title of the pop-up, with {who} (whom the mail was sent to), {subject} and {sentence}.

    It names no reader, as nothing proves that the person who got a mail is the one who opened it.
    """
    count: tuple[str, str]
    """One of them, and several of them, in a summary."""
    listed: str
    """The word for it in the terminal."""
    no_sentence: str = ""
    """Stands in for the server's sentence when that is missing."""
    menu_mark: str = ""
    """Follows the name in the menu."""
    readers_only: bool = True
    """Hidden when a machine or the sender caused it."""
    repeats: bool = False
    """The pop-up counts earlier events of the same kind."""
    own_pop_up: bool = False
    """Its pop-up does not replace the one of an open of the same mail."""

    @property
    def titled_by_sentence(self) -> bool:
        return self.pop_up == "{sentence}"


UNKNOWN = Kind(
    name="",
    pop_up="{sentence}",
    count=("other event", "other events"),
    listed="event",
    no_sentence="An event that this version of Sealbreak does not know",
    readers_only=False,
    own_pop_up=True,
)
"""Any kind of a later server. It is shown by its own sentence."""

KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "opened",
            "Your mail to {who}, '{subject}', was opened",
            ("open", "opens"),
            "opened",
            repeats=True,
        ),
        Kind(
            "clicked",
            "A link in your mail to {who}, '{subject}', was followed",
            ("link followed", "links followed"),
            "followed",
            repeats=True,
        ),
        Kind("hot", "'{subject}' is hot", ("hot mail", "hot mails"), "hot", menu_mark="hot"),
        Kind(
            "revived",
            "'{subject}' is revived",
            ("revived mail", "revived mails"),
            "revived",
            menu_mark="revived",
        ),
        Kind(
            "reminder",
            "No open recorded for your mail to {who}, '{subject}'",
            ("mail not opened", "mails not opened"),
            "reminder",
            menu_mark="not opened",
            own_pop_up=True,
        ),
        Kind(
            "digest",
            "What happened since the last digest",
            ("digest", "digests"),
            "digest",
            own_pop_up=True,
        ),
        Kind(
            "corrected",
            "{sentence}",
            ("correction", "corrections"),
            "correction",
            no_sentence="An earlier alert was wrong",
            readers_only=False,
        ),
    )
}
"""In the order in which a summary counts them."""


def kind_of(name: str) -> Kind:
    return KINDS.get(name, UNKNOWN)
