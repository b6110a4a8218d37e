"""Plays a world and compares what comes of it with what must."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from sealbreak_server.events.digest_sections import digest_words
from sealbreak_server.model.context import ClassifiedHit
from sealbreak_server.storage.engine.statements import CachedQuery
from sealbreak_server.storage.lists.digests import digest_between
from sealbreak_server.storage.tables import HitCount, Total
from support.worlds.lists import Lists, digest_days
from support.worlds.pages import pages
from support.worlds.play import Body, Play, classify, message_of
from support.worlds.reference import Known, Reference
from support.worlds.telling import Telling
from support.worlds.world import SENT, Come, OptOut, Register, Remind

_tallies = CachedQuery(
    lambda message: HitCount.select(
        HitCount.kind, HitCount.copy_number, HitCount.link, HitCount.actor, HitCount.hits,
        HitCount.counted,
    ).where(HitCount.message == message, HitCount.hits > 0)
)  # fmt: skip
_totals = CachedQuery(
    lambda account: Total.select(Total.name, Total.at, Total.count).where(
        Total.account == account, Total.count != 0
    )
)


class Comparison:
    def __init__(self, play: Play) -> None:
        self.play = play
        self.account: int = play.account.id
        self.reference = Reference(play.world, classify)
        self._wrong: list[str] = []
        self._digest_at = SENT
        self._gone: dict[int, dict[int, int]] = {}
        """For each mail how many events there were when the readers of a copy opted out."""
        self._reminded: set[tuple[int, int]] = set()

    def run(self, *, together: bool = True, everything: bool = False) -> list[str]:
        """What is wrong. `everything`: pages too, which take longer."""
        told = 0
        for steps in self.play.steps(together=together):
            first = steps[0]
            self.reference.take(steps, self.play.now)
            if isinstance(first, Remind):
                self._compare_scheduled(told)
            told = len(self.play.events())
            if isinstance(first, OptOut):
                self._gone.setdefault(first.mail, {}).setdefault(first.copy, told)
        self.lists = Lists(self.reference)
        for number, mail in enumerate(self.reference.mails):
            self._compare_mail(number, mail)
        self._compare_account()
        for what, found, expected in pages(self.play, self.lists) if everything else ():
            self._differ(what, found, expected)
        return self._wrong

    def _differ(self, what: str, found: object, expected: object) -> None:
        if found != expected:
            self._wrong.append(f"{what}: {found} instead of {expected}")

    # One mail.

    def _compare_mail(self, number: int, mail: Known) -> None:
        play, name = self.play, f"mail {number}"
        if not mail.registered:
            self._differ(f"{name} exists", play.exists(number), expected=False)
            self._differ(f"{name} hits", len(play.hits(number)), len(mail.come))
            return
        expected, hits = self.lists.of(mail), play.hits(number)
        verdicts = {time: found.text for time, found in expected.verdicts.items()}
        self._differ(f"{name} verdicts", {one.hit.time: _text(one) for one in hits}, verdicts)
        counted = {one.hit.time for one in hits if one.counted}
        self._differ(f"{name} counted", sorted(counted), sorted(expected.counted))
        self._differ(f"{name} row", play.row(number), expected.row())
        last = {copy: max(one.began for one in some) for copy, some in expected.opens.items()}
        self._differ(f"{name} last opens", play.last(number), last)
        self._differ(f"{name} tallies", self._tallies(number), self._expected_tallies(mail))
        told = [event for event in play.events() if event.get("hit") is not None]
        mine = [event for event in told if message_of(event) == play.ids[number]]
        telling = Telling(mail, expected, hits, self._gone.get(number, {}))
        in_order, prompt = self._is_in_order(number), play.world.prompt
        wrong = telling.wrong(mine, in_order=in_order, prompt=prompt)
        self._wrong += (f"{name}: {text}" for text in wrong)

    def _is_in_order(self, mail: int) -> bool:
        """Its hits came in the order of time, and no mail was registered after its hits."""
        steps, registered = self.play.world.steps, set[int]()
        for step in steps:
            if isinstance(step, Register):
                registered.add(step.mail)
            elif isinstance(step, Come) and step.mail not in registered:
                return False
        times = [step.time for step in steps if isinstance(step, Come) and step.mail == mail]
        return all(a <= b for a, b in pairwise(times))

    def _tallies(self, number: int) -> dict[object, tuple[int, int]]:
        rows = _tallies.rows(self.play.ids[number])
        return {tuple(key): (hits, counted) for *key, hits, counted in rows}

    def _expected_tallies(self, mail: Known) -> dict[object, tuple[int, int]]:
        expected = self.lists.of(mail)
        found, counted = Counter[object](), Counter[object]()
        for come in mail.come:
            actor = expected.verdicts[come.time].text[0]
            kind = ("click" if come.link else "open", come.copy, come.link, actor)
            found[kind] += 1
            counted[kind] += come.time in expected.counted
        return {kind: (count, counted[kind]) for kind, count in found.items()}

    # Reminders and digests.

    def _compare_scheduled(self, told_before: int) -> None:
        play, now = self.play, self.play.now
        lists, events = Lists(self.reference), play.dated_events()
        self._compare_reminders(lists, events)
        days = digest_days(self._digest_at, now)
        words = [lists.digest(self._events_of(lists, events, *day)) for day in days]
        told = [event["verdict"]["sentence"] for event, _ in events[told_before:]
                if event["kind"] == "digest"]  # fmt: skip
        self._differ(f"digests at {now}", told, [some for some in words if some])
        for day, text in zip(days, words, strict=True):
            page = digest_words(digest_between(self.account, *day).sections)
            self._differ("the page of a digest", page, text)
        if days:
            self._digest_at = now

    def _compare_reminders(self, lists: Lists, events: Sequence[tuple[Body, float]]) -> None:
        """Of each copy once; what is erased is gone."""
        places = {message: number for number, message in enumerate(self.play.ids)}
        reminded = {(places[message_of(event)], event["copy"])
                    for event, _ in events if event["kind"] == "reminder"}  # fmt: skip
        self._reminded |= lists.reminders(self.play.now)
        expected = set()
        for place, copy in self._reminded:
            mail = self.reference.mails[place]
            if mail.registered and copy not in mail.erased_copies:
                expected.add((place, copy))
        self._differ(f"reminders at {self.play.now}", reminded, expected)

    def _events_of(
        self, lists: Lists, events: Sequence[tuple[Body, float]], begin: float, end: float
    ) -> Iterator[tuple[Body, Known, float | None]]:
        """The events of a day about mails that left, each with its mail and the time of its hit."""
        mails = {self.play.ids[lists.place(mail)]: mail for mail in lists.mails}
        times = {one.number: one.hit.time for mail in lists.mails
                 for one in self.play.hits(lists.place(mail))}  # fmt: skip
        for event, at in events:
            mail = mails.get(message_of(event))
            if begin <= at < end and mail is not None and not mail.withdrawn:
                yield event, mail, times.get(event["hit"])

    # All mails together.

    def _compare_account(self) -> None:
        found = Counter({(name, at): count for name, at, count in _totals.rows(self.account)})
        self._differ("totals", found, self.lists.totals())
        self._compare_erased()

    def _compare_erased(self) -> None:
        """Events about what was erased say nothing any more."""
        places = {message: number for number, message in enumerate(self.play.ids)}
        for event in self.play.events():
            if message_of(event) not in places:
                continue
            mail = self.reference.mails[places[message_of(event)]]
            if mail.erased or event["copy"] in mail.erased_copies:
                self._wrong.append(f"event {event['number']} tells of what was erased")
            for address in mail.erased_people:
                if re.search(re.escape(address), repr(event), re.IGNORECASE):
                    self._wrong.append(f"event {event['number']} names an erased person")


def _text(one: ClassifiedHit) -> tuple[str, str, str] | None:
    verdict = one.verdict
    return (str(verdict.actor), verdict.via, str(verdict.reason)) if verdict else None
