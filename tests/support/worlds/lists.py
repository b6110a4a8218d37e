"""What lists, totals, statistics, reminders and digests must say of a world, from `Reference`."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

from support.worlds.reference import Expected, Found, Known, Reference
from support.worlds.world import DAY, SENT

Body = dict[str, Any]


class Seen(NamedTuple):
    mails: int = 0
    opens: int = 0
    clicks: int = 0
    at: float | None = None


class Lists:
    """At one moment."""

    def __init__(self, reference: Reference) -> None:
        self.every = reference.mails
        self.mails = [mail for mail in reference.mails if mail.registered]
        self._place = {id(mail): number for number, mail in enumerate(reference.mails)}
        self._found = {id(mail): reference.of(mail) for mail in self.mails}

    def of(self, mail: Known) -> Expected:
        return self._found[id(mail)]

    def place(self, mail: Known) -> int:
        return self._place[id(mail)]

    def shown(self) -> dict[str, set[int]]:
        """The mails in each list of the history."""
        found: dict[str, set[int]] = {name: set() for name in SHOWN}
        for mail in self.mails:
            for name in self._shown(mail):
                found[name].add(self.place(mail))
        return found

    def _shown(self, mail: Known) -> Iterable[str]:
        row = self.of(mail).row()
        read = row["opens"] or row["clicks"]
        untouched = not read and not row["apple"] and not row["unclear"]
        of_sent = {
            "opened": row["opens"],
            "not-opened": untouched and mail.tracked,
            "clicked": row["clicks"],
            "only-machines": untouched and row["machines"],
            "unknowable": not read and row["apple"],
            "unclear": row["unclear"],
            "own": row["own"],
        }
        yield "all"
        yield from (name for name, is_in in of_sent.items() if is_in and not mail.withdrawn)
        if mail.muted:
            yield "muted"

    def totals(self) -> Counter[tuple[str, int]]:
        found: Counter[tuple[str, int]] = Counter()
        for mail in self.mails:
            found.update((f"is-{name}", 0) for name in self._shown(mail))
            if not mail.withdrawn:
                self._add_statistics(found, mail)
        return found

    def _add_statistics(self, found: Counter[tuple[str, int]], mail: Known) -> None:
        expected, day = self.of(mail), int(mail.sent_at // DAY)
        row = expected.row()
        found["sent", day] += 1
        if expected.first_opened_at is not None:
            wait = expected.first_opened_at - mail.left_at
            steps = (300, 3600, 4 * 3600, DAY, 7 * DAY)
            found[f"wait-{sum(wait >= step for step in steps)}", day] += 1
        doubted = (row["apple"] or row["unclear"]) and not row["opens"]
        if mail.tracked and not has_left(mail) and not doubted:
            fates = {"knowable": 1, "opened": row["opens"], "linked": 1, "clicked": row["clicks"]}
            found.update((name, day) for name, happened in fates.items() if happened)
        for sittings in expected.opens.values():
            found.update(("opens", int(one.began // 900)) for one in sittings)

    def people(self) -> dict[str, Seen]:
        """What each person opened and followed in the copies that nobody else got."""
        found: dict[str, Seen] = {}
        for mail in self.mails:
            for address in {p.folded for p in mail.people if not mail.withdrawn}:
                found[address] = self._add(found.get(address, Seen()), mail, address)
        return found

    def _add(self, seen: Seen, mail: Known, address: str) -> Seen:
        opens, clicks = list[float](), list[float]()
        for copy in {p.copy for p in mail.people if mail.readers(p.copy) == {address}}:
            more = self.of(mail).signs(copy)
            opens, clicks = opens + more[0], clicks + more[1]
        at = max((*opens, *clicks, *([seen.at] if seen.at is not None else [])), default=None)
        return Seen(seen.mails + 1, seen.opens + len(opens), seen.clicks + len(clicks), at)

    def best_links(self) -> Counter[str]:
        found: Counter[str] = Counter()
        for mail in self.mails:
            for (_, link), sittings in self.of(mail).clicks.items():
                if not mail.withdrawn:
                    found[f"https://example.com/{link}"] += len(sittings)
        return found

    def reminders(self, now: float) -> set[tuple[int, int]]:
        """Mail and copy: unopened for 3 days, and not for a week more. An open would show."""
        before = now - 3 * DAY
        return {
            (self.place(mail), copy)
            for mail in self.mails
            for copy in {person.copy for person in mail.people} - mail.gone
            if mail.level == "full" and mail.mail.pixel and not mail.withdrawn
            if before - 7 * DAY < mail.left_at <= before
            if not self._has_sign(mail, copy)
            if any(self._would_show(mail, one, before) for one in mail.readers(copy))
        }

    def _has_sign(self, mail: Known, copy: int) -> bool:
        for come in mail.come:
            verdict = self.of(mail).verdicts[come.time].verdict
            may_be_read = verdict.actor in ("human", "unknown") or verdict.via == "apple-mpp"
            if come.copy == copy and may_be_read:
                return True
        return False

    def _would_show(self, mail: Known, address: str, before: float) -> bool:
        """The provider shows images, or the person opened a mail that was sent earlier."""
        return address.endswith("@gmail.com") or any(
            self.of(other).opens.get(person.copy)
            for other in self.mails
            for person in other.people
            if other.readers(person.copy) == {address}
            if other.left_at < mail.left_at and other.left_at < before and not other.withdrawn
        )

    def digest(self, events: Iterable[tuple[Body, Known, float | None]]) -> str:
        """What is said of the events of a day, by what is known of their hits now.

        `events`: each with its mail and the time of its hit.
        """
        kinds, mails = Counter[str](), set[int]()
        for event, mail, time in events:
            found = self.of(mail).verdicts.get(time or 0.0)
            kinds[_kind_now(event, found)] += 1
            mails.add(self.place(mail))
        parts = [_several(kinds[kind], *words) for kind, words in COUNTED.items() if kinds[kind]]
        return ", ".join(parts) + f", in {_several(len(mails), 'mail', 'mails')}" if parts else ""


SHOWN = (
    "all", "opened", "not-opened", "clicked", "only-machines", "unknowable", "unclear", "own",
    "muted",
)  # fmt: skip
COUNTED = {
    "clicked": ("link followed", "links followed"),
    "opened": ("open", "opens"),
    "hot": ("hot mail", "hot mails"),
    "revived": ("revived mail", "revived mails"),
    "reminder": ("mail not opened", "mails not opened"),
    "corrected": ("correction", "corrections"),
}
"""In the order of the digest's sections."""


def _kind_now(event: Body, found: Found | None) -> str:
    """A correction that names another reader's way is an open; what was no reader's, none."""
    kind = str(event["kind"])
    if kind == "corrected" and event["verdict"]["actor"] == "human":
        kind = "clicked" if event["link"] else "opened"
    return kind if found is None or found.text[0] == "human" else "corrected"


def has_left(mail: Known) -> bool:
    """The readers of all its copies opted out."""
    return bool(mail.gone) and {person.copy for person in mail.people} <= mail.gone


def digest_days(last: float, now: float) -> list[tuple[float, float]]:
    """The days whose digests are due at 8:00, seven at most: when each begins and ends."""
    newest = int((now - SENT) // DAY)
    before = int((last - SENT) // DAY)
    ends = range(max(before, newest - 7) + 1, newest + 1)
    return [(SENT + (end - 1) * DAY, SENT + end * DAY) for end in ends]


def _several(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
