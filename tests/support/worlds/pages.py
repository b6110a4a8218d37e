"""Lists, statistics, pages and exports of a world beside what they must show."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from sealbreak_server.storage import export
from sealbreak_server.storage.lists import charts, copies, messages, people, search
from support.worlds.lists import SHOWN, Lists
from support.worlds.play import Play
from support.worlds.world import DAY, SENT

Shown = Iterator[tuple[str, object, object]]
"""What it is, what it shows, and what it must show."""


def pages(play: Play, lists: Lists) -> Shown:
    yield from _listed(play, lists)
    yield from _people(play, lists)
    yield from _person(play, lists)
    yield from _statistics(play, lists)
    yield from _copies(play, lists)
    yield from _exported(play, lists)


def _listed(play: Play, lists: Lists) -> Shown:
    places = {message: number for number, message in enumerate(play.ids)}
    shown, counts = lists.shown(), search.counts(play.account.id, "")
    for name in SHOWN:
        show = search.Show(name)
        page = search.page(play.account.id, 10, search.Wanted(show=show))
        yield f"list {name}", {places[one.id] for one in page.found}, shown[name]
        yield f"count {name}", counts[show].number, len(shown[name])


def _people(play: Play, lists: Lists) -> Shown:
    listed = {
        one.address: (one.mails, one.seen.opens, one.seen.clicks, one.seen.at)
        for one in people.listed(play.account.id, 100).found
    }
    yield "people", listed, {address: tuple(seen) for address, seen in lists.people().items()}


def _person(play: Play, lists: Lists) -> Shown:
    """The page of a person shows what the list of people sums up."""
    found = {
        (one.message, one.copy, one.kind): (one.count, one.first, one.last)
        for one in people.signs(play.ids)
    }
    expected = {
        (play.ids[lists.place(mail)], copy, kind): (len(times), min(times), max(times))
        for mail in lists.mails
        for copy in {come.copy for come in mail.come}
        for kind, times in zip(("open", "click"), lists.of(mail).signs(copy), strict=True)
        if times
    }
    yield "signs", found, expected


def _statistics(play: Play, lists: Lists) -> Shown:
    account, days = play.account.id, charts.Days(int(SENT // DAY) - 2, 60)
    names = ("sent", "knowable", "opened", "linked", "clicked")
    sums = Counter[str]()
    for (name, _), count in lists.totals().items():
        sums[name] += count
    (span,) = charts.spans(account, days, 1) or [charts.Span(0, 0, 0, 0, 0, 0)]
    yield "statistics", [getattr(span, name) for name in names], [sums[name] for name in names]
    yield "waits", charts.waits(account, days), [sums[f"wait-{step}"] for step in range(6)]
    opens = sum(count for _, count in charts.opens_by_quarter(account, days))
    yield "opens by hour", opens, sums["opens"]
    links = {one.url: one.clicks for one in charts.best_links(account, days, 20)}
    yield "links", links, dict(lists.best_links())


def _copies(play: Play, lists: Lists) -> Shown:
    views = messages.views([play.ids[lists.place(mail)] for mail in lists.mails])
    found = copies.copies_of(views)
    for mail, view in zip(lists.mails, views, strict=True):
        expected = lists.of(mail)
        yield "implied opens", view.counts.implied_opens, expected.implied_opens
        yield "opted out", view.flags.opted_out, bool(mail.gone)
        for copy, one in found[view.id].items():
            opens, clicks = expected.signs(copy)
            yield f"copy {copy}", (one.totals.opens, one.totals.clicks), (len(opens), len(clicks))


def _exported(play: Play, lists: Lists) -> Shown:
    tables: dict[str, Any] = dict(export.export_account(play.account))
    yield "exported events", tables["events"], play.events()
    come = sum(len(mail.come) for mail in lists.every)
    yield "exported hits", len(tables["hits"]), come
    counted = sum(len(lists.of(mail).counted) for mail in lists.mails)
    yield "exported opens", sum(row["counted"] for row in tables["verdicts"]), counted
    left = sum(len(mail.people) for mail in lists.mails)
    yield "exported people", len(tables["recipients"]), left
