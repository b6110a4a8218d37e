"""Plays a world and compares what comes of it with what must."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from sealbreak_server.model.context import ClassifiedHit
from sealbreak_server.storage import export
from sealbreak_server.storage.engine.statements import CachedQuery
from sealbreak_server.storage.lists import charts, copies, messages, people, search
from sealbreak_server.storage.lists.digests import digest_between
from sealbreak_server.storage.tables import HitCount, Total
from sealbreak_server.events.digest_sections import digest_words
from support.worlds.lists import SHOWN, Lists, digest_days, has_left
from support.worlds.play import Body, Play, classify
from support.worlds.reference import Known, Reference, Sitting
from support.worlds.world import DAY, END, SENT, Come, Mail, OptOut, Remind, Step

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
    """`wrong` holds what differs."""

    def __init__(self, play: Play) -> None:
        self.play = play
        self.reference = Reference(play.world, classify)
        self.wrong: list[str] = []
        self._digest_at = SENT
        self._gone: dict[tuple[int, int], int] = {}
        """How many events there were when the readers of a copy opted out."""
        self._reminded: set[tuple[int, int]] = set()
        self._late = self._late_hits()

    def run(self, *, together: bool = True, everything: bool = False) -> list[str]:
        told = 0
        for steps in self.play.steps(together=together):
            first = steps[0]
            self.reference.take(steps, self.play.now)
            if isinstance(first, OptOut):
                self._gone.setdefault((first.mail, first.copy), told)
            if isinstance(first, Remind):
                self._compare_scheduled(told)
            told = len(self.play.events())
        self.lists = Lists(self.reference)
        for number, mail in enumerate(self.reference.mails):
            self._compare_mail(number, mail)
        self._compare_account()
        if everything:
            self._compare_pages()
        return self.wrong

    def _late_hits(self) -> set[int]:
        """Mails whose hits did not come in the order of time."""
        comes = [step for step in self.play.world.steps if isinstance(step, Come)]
        comes.sort(key=lambda come: come.mail)  # stable
        return {b.mail for a, b in pairwise(comes) if b.mail == a.mail and b.time < a.time}

    def _differ(self, what: str, found: object, expected: object) -> None:
        if found != expected:
            self.wrong.append(f"{what}: {found} instead of {expected}")

    # One mail.

    def _compare_mail(self, number: int, mail: Known) -> None:
        play, name = self.play, f"mail {number}"
        if not mail.registered:
            self._differ(f"{name} exists", play.exists(number), expected=False)
            self._differ(f"{name} hits", len(play.hits(number)), len(mail.come))
            return
        expected, hits = self.lists.of(mail), play.hits(number)
        verdicts = {one.hit.time: _text(one) for one in hits}
        self._differ(f"{name} verdicts", verdicts, {t: f.text for t, f in expected.verdicts.items()})
        counted = {one.hit.time for one in hits if one.counted}
        self._differ(f"{name} counted", sorted(counted), sorted(expected.counted))
        self._differ(f"{name} row", play.row(number), expected.row())
        last = {copy: max(one.began for one in some) for copy, some in expected.opens.items()}
        self._differ(f"{name} last opens", play.last(number), last)
        self._differ(f"{name} tallies", self._tallies(number), self._expected_tallies(mail))
        self._compare_told(number, mail, hits)

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

    # What was told.

    def _compare_told(self, number: int, mail: Known, hits: Sequence[ClassifiedHit]) -> None:
        """What stands told is what readers did, each once."""
        times = {one.number: one.hit.time for one in hits}
        told = [e for e in self.play.events() if (e.get("message") or {}).get("id")
                == self.play.ids[number] and e["hit"] is not None]  # fmt: skip
        standing: dict[int, Body] = {}
        for event in told:
            self._stand(event, standing)
            before = self._gone.get((number, event["copy"]))
            if before is not None and event["number"] > before and event["kind"] != "corrected":
                self.wrong.append(f"event {event['number']} tells of a reader who had opted out")
        expected = self.lists.of(mail)
        for event in standing.values():
            time = times.get(event["hit"])
            if time is None or expected.verdicts[time].text[0] != "human":
                self.wrong.append(f"event {event['number']} tells of no reader")
        self._compare_opens(number, mail, standing)
        self._compare_clicks(number, mail, [(times.get(e["hit"]), e) for e in standing.values()])
        if not (mail.changed or mail.began or number in self._late):
            self._compare_again(mail, told, times)

    def _stand(self, event: Body, standing: dict[int, Body]) -> None:
        if event["kind"] != "corrected":
            standing[event["number"]] = event
        elif event["corrects"] not in standing:
            self.wrong.append(f"event {event['number']} corrects nothing that stands")
        elif event["verdict"]["actor"] != "human":
            del standing[event["corrects"]]

    def _compare_opens(self, number: int, mail: Known, standing: dict[int, Body]) -> None:
        told = Counter(e["copy"] for e in standing.values() if e["kind"] == "opened")
        opened = set(self.lists.of(mail).opens)
        for copy in opened | told.keys():
            is_gone = (number, copy) in self._gone or mail.changed
            if told[copy] != (copy in opened and mail.level == "full") and not (
                is_gone and told[copy] <= 1
            ):
                self.wrong.append(f"mail {number}: copy {copy} was told {told[copy]} times")

    def _compare_clicks(
        self, number: int, mail: Known, standing: Sequence[tuple[float | None, Body]]
    ) -> None:
        clicked = {time for time, e in standing if e["kind"] == "clicked"}
        for (copy, _), sittings in self.lists.of(mail).clicks.items():
            is_gone = (number, copy) in self._gone
            for one in sittings if not mail.changed else ():
                count = len(clicked & {come.time for come in one.hits})
                if count != (mail.level == "full") and not (is_gone and count <= 1):
                    self.wrong.append(f"the click at {one.began} was told {count} times")

    def _compare_again(self, mail: Known, told: Sequence[Body], times: dict[int, float]) -> None:
        """Where all was told in the order of time, hot and revived are what the opens make."""
        for copy, sittings in self.lists.of(mail).opens.items():
            mine = [e for e in told if e["copy"] == copy]
            order = [times[e["hit"]] for e in mine]
            if order[:1] > [sittings[0].hits[-1].time]:
                continue  # the first open waited while another one was told
            if order != sorted(order) or any(e["kind"] == "corrected" for e in mine):
                continue
            if copy in mail.gone or mail.level != "full":
                continue
            found = [(times[e["hit"]], e["verdict"]["sentence"].partition(", ")[0])
                     for e in mine if e["kind"] in ("hot", "revived")]  # fmt: skip
            clicks = self.lists.of(mail).signs(copy)[1]
            again = list(_again(sittings, clicks, len(mail.readers(copy))))
            self._differ(f"copy {copy} again", found, again)

    # Reminders and digests.

    def _compare_scheduled(self, told_before: int) -> None:
        play, now = self.play, self.play.now
        lists = Lists(self.reference)
        events = play.dated_events()
        new = [event for event, _ in events[told_before:]]
        places = {message: number for number, message in enumerate(play.ids)}
        reminded = {(places[e["message"]["id"]], e["copy"])
                    for e, _ in events if e["kind"] == "reminder"}  # fmt: skip
        self._reminded |= lists.reminders(now)
        registered = {lists.place(mail) for mail in lists.mails}
        expected = {one for one in self._reminded if one[0] in registered}
        expected = {(at, copy) for at, copy in expected
                    if copy not in self.reference.mails[at].erased_copies}  # fmt: skip
        self._differ(f"reminders at {now}", reminded, expected)
        told = [e["verdict"]["sentence"] for e in new if e["kind"] == "digest"]
        days = digest_days(self._digest_at, now)
        words = [self._digest(lists, events, *day) for day in days]
        self._differ(f"digests at {now}", told, [some for some in words if some])
        for day, text in zip(days, words, strict=True):
            page = digest_words(digest_between(play.account.id, *day).sections)
            self._differ("the page of a digest", page, text)
        if days:
            self._digest_at = now

    def _digest(
        self, lists: Lists, events: Sequence[tuple[Body, float]], begin: float, end: float
    ) -> str:
        ids = {self.play.ids[lists.place(mail)]: mail for mail in lists.mails}
        times = {one.number: one.hit.time for mail in lists.mails
                 for one in self.play.hits(lists.place(mail))}  # fmt: skip
        return lists.digest(
            [
                {**event, "mail": ids[event["message"]["id"]], "moment": times.get(event["hit"])}
                for event, at in events
                if begin <= at < end and (event.get("message") or {}).get("id") in ids
                if not ids[event["message"]["id"]].withdrawn
            ]
        )

    # All mails together.

    def _compare_account(self) -> None:
        found = Counter({(name, at): count for name, at, count in _totals.rows(self.account)})
        self._differ("totals", found, self.lists.totals())
        listed = {
            one.address: (one.mails, one.seen.opens, one.seen.clicks, one.seen.at)
            for one in people.listed(self.account, 100).found
        }
        self._differ("people", listed, {who: tuple(s) for who, s in self.lists.people().items()})
        self._compare_erased()

    @property
    def account(self) -> int:
        return int(self.play.account.id)

    def _compare_erased(self) -> None:
        """Events about what was erased say nothing any more."""
        places = {message: number for number, message in enumerate(self.play.ids)}
        for event in self.play.events():
            place = places.get((event.get("message") or {}).get("id"))
            if place is None:
                continue
            mail = self.reference.mails[place]
            if mail.erased or event["copy"] in mail.erased_copies:
                self.wrong.append(f"event {event['number']} tells of what was erased")
            for address in mail.erased_people:
                if re.search(re.escape(address), repr(event), re.IGNORECASE):
                    self.wrong.append(f"event {event['number']} names an erased person")

    def _compare_pages(self) -> None:
        """Lists, statistics, pages and exports, which take longer."""
        places = {message: number for number, message in enumerate(self.play.ids)}
        shown, counts = self.lists.shown(), search.counts(self.account, "")
        for name in SHOWN:
            show = search.Show(name)
            page = search.page(self.account, 10, search.Wanted(show=show))
            self._differ(f"list {name}", {places[one.id] for one in page.found}, shown[name])
            self._differ(f"count {name}", counts[show].number, len(shown[name]))
        self._compare_statistics()
        self._compare_copies()
        self._compare_export()

    def _compare_statistics(self) -> None:
        days = charts.Days(int(SENT // DAY) - 2, 60)
        expected = self.lists.totals()
        names = ("sent", "knowable", "opened", "linked", "clicked")
        sums = Counter[str]()
        for (name, _), count in expected.items():
            sums[name] += count
        (span,) = charts.spans(self.account, days, 1) or [charts.Span(0, 0, 0, 0, 0, 0)]
        self._differ("statistics", [getattr(span, n) for n in names], [sums[n] for n in names])
        self._differ("waits", charts.waits(self.account, days), [sums[f"wait-{n}"] for n in range(6)])
        opens = sum(count for _, count in charts.opens_by_quarter(self.account, days))
        self._differ("opens by hour", opens, sums["opens"])
        links = {one.url: one.clicks for one in charts.best_links(self.account, days, 20)}
        self._differ("links", links, dict(self.lists.best_links()))

    def _compare_copies(self) -> None:
        mails = self.lists.mails
        views = messages.views([self.play.ids[self.lists.place(mail)] for mail in mails])
        found = copies.copies_of(views)
        for mail, view in zip(mails, views, strict=True):
            expected = self.lists.of(mail)
            self._differ("implied opens", view.counts.implied_opens, expected.implied_opens)
            self._differ("opted out", view.flags.opted_out, bool(mail.gone))
            for copy, one in found[view.id].items():
                opens, clicks = expected.signs(copy)
                said = (one.totals.opens, one.totals.clicks)
                self._differ(f"copy {copy}", said, (len(opens), len(clicks)))

    def _compare_export(self) -> None:
        tables: dict[str, Any] = dict(export.export_account(self.play.account))
        self._differ("exported events", tables["events"], self.play.events())
        known = self.lists.mails
        come = sum(len(mail.come) for mail in self.reference.mails)
        self._differ("exported hits", len(tables["hits"]), come)
        counted = sum(row["counted"] for row in tables["verdicts"])
        self._differ("exported opens", counted, sum(len(self.lists.of(m).counted) for m in known))
        people_left = sum(len(mail.people) for mail in known)
        self._differ("exported people", len(tables["recipients"]), people_left)


def _text(one: ClassifiedHit) -> tuple[str, str, str] | None:
    verdict = one.verdict
    return verdict and (str(verdict.actor), verdict.via, str(verdict.reason))


def _again(
    sittings: Sequence[Sitting], clicks: Sequence[float], readers: int
) -> Iterator[tuple[float, str]]:
    """A copy is hot after 3 opens within an hour or opens from 2 networks within a day, for each
    further reader one more, and again after a day; revived after 14 days without a sign."""
    hot_at, more = float("-inf"), max(readers, 1) - 1
    for at, one in enumerate(sittings[1:], 1):
        signs = [s.began for s in sittings[:at]] + [c for c in clicks if c < one.began]
        if one.began - max(signs) >= 14 * DAY:
            yield one.began, f"Opened again after {int((one.began - max(signs)) // DAY)} quiet days"
            continue
        if one.began - hot_at < DAY:
            continue
        hour = [s for s in sittings[: at + 1] if one.began - s.began < 3600]
        day = [s for s in sittings[: at + 1] if one.began - s.began < DAY]
        lines = {_first_line(s) for s in day} - {None}
        networks = max(sum(v == line[0] for line in lines if line) for v in "46") if lines else 0
        if len(hour) >= 3 + more:
            yield one.began, f"Opened {len(hour)} times within an hour"
        elif networks >= 2 + more:
            yield one.began, f"Opened from {networks} networks within a day"
        else:
            continue
        hot_at = one.began


def _first_line(sitting: Sitting) -> str | None:
    """Of the hit that began the visit."""
    return sitting.first_line
