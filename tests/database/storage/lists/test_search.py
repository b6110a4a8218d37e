"""The list of messages: search, filters, order, pages, counts and export."""

import csv
import io
import json
import re
from collections.abc import Iterator
from html import unescape

import httpx2
import pytest
from sealbreak_server.model.hit import Kind
from sealbreak_server.security.tokens import new_id
from sealbreak_server.storage import Storage
from sealbreak_server.storage.lists import search
from sealbreak_server.storage.lists.search import Count, Order, Show, Wanted
from support.server.account import AccountBuilder
from support.server.process import CURL, Mail, Sender, Server, running, visit

LETTERS = {
    "Offer 12": ("ann@example.com", "2026-11-04T09:00:00.000Z"),
    "Minutes": ("ben@example.com", "2026-11-03T09:00:00.000Z"),
    "Tea on Friday?": ("cleo@example.com", "2026-11-02T09:00:00.000Z"),
    "=1+1": ("ann@example.com", "2026-11-01T09:00:00.000Z"),
}
MAP = "https://example.com/Map"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Its own, so that the lists hold what stands above and no more."""
    with running(tmp_path_factory.mktemp("lists") / "data") as fresh:
        yield fresh


@pytest.fixture(scope="module")
def mails(server: Server, sender: Sender) -> dict[str, Mail]:
    """Offer 12 was opened and clicked, Minutes opened, Tea fetched by a machine."""
    made = {subject: _mail(sender, subject) for subject in LETTERS}
    visit(server, made["Offer 12"].pixel())
    visit(server, made["Offer 12"].link(1, MAP))
    visit(server, made["Minutes"].pixel())
    visit(server, made["Tea on Friday?"].pixel(), CURL)
    sender.wait_for_events(made["Offer 12"], 2)
    sender.wait_for_events(made["Minutes"], 1)
    return made


def _mail(sender: Sender, subject: str) -> Mail:
    address, sent_at = LETTERS[subject]
    person = {"address": address, "name": None, "kind": "to", "copy": 0}
    link = {
        "n": 1,
        "url": MAP if subject == "Offer 12" else "https://example.com/",
        "hidden": False,
    }
    return sender.mail(subject=subject, recipients=[person], sent_at=sent_at, links=[link])


@pytest.fixture(scope="module")
def browser(server: Server, sender: Sender, mails: dict[str, Mail]) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=server.url, follow_redirects=True) as client:
        sender.sign_in(client)
        yield client


def subjects(browser: httpx2.Client, query: str = "") -> list[str]:
    page = browser.get(f"/history{query}").text
    return re.findall(r'<span class="subject" dir="auto">(.*?)</span>', page)


def test_the_newest_come_first(browser: httpx2.Client) -> None:
    assert subjects(browser) == list(LETTERS)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=minu", ["Minutes"]),
        ("?q=CLEO@", ["Tea on Friday?"]),
        ("?q=example.com/map", ["Offer 12"]),
        ("?q=%25", []),
        ("?show=opened", ["Offer 12", "Minutes"]),
        ("?show=not-opened", ["Tea on Friday?", "=1+1"]),
        ("?show=clicked", ["Offer 12"]),
        ("?show=only-machines", ["Tea on Friday?"]),
        ("?show=own", []),
        ("?show=unclear", []),
        ("?show=muted", []),
        ("?show=opened&q=ann", ["Offer 12"]),
        ("?show=no-such-thing", list(LETTERS)),
        ("?order=opens", ["Offer 12", "Minutes", "Tea on Friday?", "=1+1"]),
    ],
)
def test_a_filter_shows_what_it_says(browser: httpx2.Client, query: str, found: list[str]) -> None:
    assert subjects(browser, query) == found


def test_the_last_activity_comes_first(browser: httpx2.Client) -> None:
    """A mail without any counts by its sending."""
    assert subjects(browser, "?order=activity")[2:] == ["Tea on Friday?", "=1+1"]


def test_a_muted_message_is_found_among_the_muted(
    browser: httpx2.Client, sender: Sender, mails: dict[str, Mail]
) -> None:
    path = f"/messages/{mails['Minutes'].id}/mute"
    sender.http.put(path, json={"muted": True})
    assert subjects(browser, "?show=muted") == ["Minutes"]
    sender.http.put(path, json={"muted": False})
    assert subjects(browser, "?show=muted") == []


def test_a_mail_that_did_not_leave_is_listed_as_not_sent_and_in_no_filter(
    browser: httpx2.Client, sender: Sender, mails: dict[str, Mail]
) -> None:
    mail = mails["Offer 12"]
    path = f"/messages/{mail.id}/withdrawn"
    sender.http.put(path, json={"withdrawn": True})
    assert subjects(browser) == list(LETTERS)
    assert subjects(browser, "?show=opened") == ["Minutes"]
    assert subjects(browser, "?show=clicked") == []
    for query in ("?q=ann@example.com", ""):
        page = browser.get(f"/history{query}").text
        counts = dict(re.findall(r'>([A-Z][a-z ]+) <span class="count">(\d+)</span>', page))
        assert (page.count("Not sent"), counts["Clicked"]) == (1, "0")
    for shown in ("", "/record"):
        assert "Not sent" in browser.get(f"/history/{mail.id}{shown}").text
    (row,) = rows(browser, "?q=example.com/map")
    assert row["withdrawn"] == "yes"
    sender.http.put(path, json={"withdrawn": False})
    assert subjects(browser, "?show=opened") == ["Offer 12", "Minutes"]
    assert "Not sent" not in browser.get("/history").text


def test_filters_tell_how_many_there_are(browser: httpx2.Client) -> None:
    page = browser.get("/history?q=ann@example.com").text
    counts = dict(re.findall(r'>([A-Z][a-z ]+) <span class="count">(\d+)</span>', page))
    assert counts == {
        "All": "2", "Opened": "1", "Not opened": "1", "Clicked": "1", "Only machines": "0",
        "Unclear": "0", "Seen by you": "0", "Muted": "0",
    }  # fmt: skip


def test_pages_follow_each_other_without_gap_and_without_repetition(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with running(tmp_path_factory.mktemp("many") / "data") as fresh:
        sender = fresh.sender()
        wanted = {sender.mail(subject=f"Letter {n}").id for n in range(60)}
        with httpx2.Client(base_url=fresh.url, follow_redirects=True) as browser:
            sender.sign_in(browser)
            for order in ("newest", "activity", "opens"):
                first, second = two_pages(browser, order)
                assert (len(first), len(second)) == (50, 10)
                assert {*first, *second} == wanted


def two_pages(browser: httpx2.Client, order: str) -> list[list[str]]:
    """The messages on the first and on the second."""
    first = browser.get(f"/history?order={order}").text
    more = re.findall(r'<a href="(/history\?[^"]*cursor=[^"]*)">', first)[0]
    second = browser.get(unescape(more)).text
    return [re.findall(r'<a href="/history/(\w{16})">', page) for page in (first, second)]


@pytest.mark.parametrize("cursor", ["x", "AAAA", "bmFuIGFhYWFhYWFhYWFhYWFhYWE"])
def test_an_invalid_cursor_is_an_error_page(browser: httpx2.Client, cursor: str) -> None:
    answer = browser.get("/history", params={"cursor": cursor})
    assert answer.status_code == 400
    assert "Start at the first page" in answer.text


@pytest.mark.parametrize(
    ("text", "found"),
    [("minu", ["Minutes"]), ("example.com/map", ["Offer 12"]), ("%25", [])],
)
def test_the_api_finds_what_the_page_finds(
    sender: Sender, mails: dict[str, Mail], text: str, found: list[str]
) -> None:
    answer = sender.http.get("/messages", params={"q": text}).json()
    assert [mail["subject"] for mail in answer["messages"]] == found
    assert answer["next"] is None


@pytest.mark.parametrize("show", ["opened", "clicked", "only-machines", "unclear", "own", "muted"])
def test_a_filter_that_shows_nothing_says_why(browser: httpx2.Client, show: str) -> None:
    page = browser.get(f"/history?show={show}&q=%3D1%2B1").text
    assert "Nothing here" in page
    assert "Show all" in page


# Export


def rows(browser: httpx2.Client, query: str = "") -> list[dict[str, str]]:
    answer = browser.get(f"/history/export.csv{query}")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_a_table_holds_what_the_filter_shows(browser: httpx2.Client) -> None:
    (row,) = rows(browser, "?show=clicked")
    assert (row["subject"], row["opens"], row["clicks"]) == ("Offer 12", "1", "1")
    assert (row["recipients"], row["links"]) == ("ann@example.com", MAP)


def test_no_spreadsheet_takes_a_subject_for_a_formula(browser: httpx2.Client) -> None:
    (row,) = rows(browser, "?q=%3D1%2B1")
    assert row["subject"] == "'=1+1"


def test_the_same_as_json(browser: httpx2.Client) -> None:
    answer = browser.get("/history/export.json?show=opened")
    assert [message["subject"] for message in json.loads(answer.text)] == ["Offer 12", "Minutes"]
    assert "attachment" in answer.headers["content-disposition"]
    assert json.loads(browser.get("/history/export.json?q=no-such").text) == []


@pytest.mark.parametrize("ending", ["csv", "json"])
def test_an_export_needs_a_session(server: Server, ending: str) -> None:
    assert httpx2.get(f"{server.url}/history/export.{ending}").status_code == 401


# What is read for a page has a bound


@pytest.fixture
def builder(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> AccountBuilder:
    """Five mails, of which a page looks through two; four were opened, the third only clicked."""
    monkeypatch.setattr(search, "LOOKED_THROUGH", 2)
    monkeypatch.setattr(search, "FEW", 1)
    builder = AccountBuilder(storage)
    for day in range(1, 6):
        builder.message = new_id()
        builder.register(subject=f"Letter {day}", sent_at=f"2027-01-0{day}T09:00:00Z")
        clicked = {"kind": Kind.CLICK, "link": 1} if day == 3 else {}
        builder.record(builder.hit(100 - day, **clicked))
    return builder


def pages(builder: AccountBuilder, wanted: Wanted, limit: int = 10) -> list[list[str]]:
    """The subjects on each."""
    found, after = [], None
    while True:
        page = builder.storage.query(search.page, int(builder.account.id), limit, wanted, after)
        found.append([mail.message.subject.removeprefix("Letter ") for mail in page.found])
        after = page.next
        if after is None:
            return found


def test_a_search_goes_on_where_the_page_before_stopped_looking(builder: AccountBuilder) -> None:
    assert pages(builder, Wanted("letter 1")) == [[], [], ["1"]]
    assert pages(builder, Wanted("letter", order=Order.ACTIVITY)) == [["1", "2"], ["3", "4"], ["5"]]
    assert pages(builder, Wanted("letter"), limit=1) == [["5"], ["4"], ["3"], ["2"], ["1"]]


def test_what_has_an_index_is_not_looked_for(builder: AccountBuilder) -> None:
    assert pages(builder, Wanted(show=Show.CLICKED)) == [["3"]]
    assert pages(builder, Wanted(show=Show.OPENED)) == [["5", "4", "2", "1"]]


def test_few_are_put_in_any_order(builder: AccountBuilder) -> None:
    assert pages(builder, Wanted(show=Show.CLICKED, order=Order.ACTIVITY)) == [["3"]]
    assert pages(builder, Wanted("letter 3", Show.CLICKED, Order.OPENS)) == [["3"]]
    assert pages(builder, Wanted("letter 4", Show.CLICKED, Order.OPENS)) == [[]]


def test_many_in_another_order_are_looked_for(builder: AccountBuilder) -> None:
    wanted = Wanted(show=Show.OPENED, order=Order.ACTIVITY)
    assert pages(builder, wanted) == [["1", "2"], ["4"], ["5"]]


def test_a_mail_whose_link_was_followed_is_not_among_the_unopened(builder: AccountBuilder) -> None:
    assert pages(builder, Wanted(show=Show.NOT_OPENED)) == [[]]
    counts = builder.storage.query(search.counts, int(builder.account.id), "")
    assert counts[Show.NOT_OPENED] == Count(0, more=False)


def test_counts_of_a_search_say_where_there_may_be_more(builder: AccountBuilder) -> None:
    counts = builder.storage.query(search.counts, int(builder.account.id), "letter 5")
    assert counts[Show.ALL] == Count(1, more=True)
    assert builder.storage.query(search.counts, int(builder.account.id), "")[Show.ALL].number == 5
