"""The list of people, the page of one person and their forms."""

import re
import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import httpx2
import pytest
from sealbreak_server.app import make_app, make_services
from sealbreak_server.errors import BadRequestError
from sealbreak_server.settings import read_settings
from sealbreak_server.storage import accounts
from sealbreak_server.storage.lists import search
from sealbreak_server.storage.lists.people import Got, Sign
from sealbreak_server.web.pages.history.people import duration, figures, read_address
from starlette.testclient import TestClient
from support.server.process import Sender, Server, visit
from support.server.timeline import Timeline

HERE = "http://127.0.0.1"
NOW = time.time()
APPLE = {"user-agent": "Mozilla/5.0", "x-forwarded-for": "104.28.42.17"}
"""Apple's image proxy."""


def person(address: str, copy: int = 0, name: str | None = None) -> dict[str, object]:
    return {"address": address, "name": name, "kind": "to", "copy": copy}


def send(browser: httpx2.Client, path: str, fields: dict[str, str]) -> httpx2.Response:
    csrf_token = re.findall(r'name="csrf_token" value="([^"]+)"', browser.get("/history").text)[0]
    return browser.post(f"/history/people/{path}", data={"csrf_token": csrf_token, **fields})


def test_figures_count_only_copies_that_nobody_shares() -> None:
    got = [Got("a", 1, 1000.0, True), Got("b", 0, 0.0, False), Got("c", 1, 5000.0, True)]
    signs = [
        Sign("a", 1, "open", 2, 1060.0, 9000.0),
        Sign("a", 2, "open", 7, 1001.0, 9999.0),
        Sign("b", 0, "open", 5, 10.0, 20.0),
        Sign("c", 1, "click", 1, 9500.0, 9500.0),
    ]
    found = figures(got, signs)
    assert (found.mails, found.shared, found.opened, found.clicked) == (2, 1, 1, 1)
    assert (found.opens, found.clicks, found.seen_at) == (2, 1, 9500.0)
    assert found.delay == "1 minute"


def test_the_typical_delay_is_the_median() -> None:
    got = [Got(str(n), 0, 0.0, True) for n in range(3)]
    signs = [Sign(str(n), 0, "open", 1, s, s) for n, s in enumerate((60.0, 7200.0, 900_000.0))]
    assert figures(got, signs).delay == "2 hours"
    assert figures(got, []).delay == ""


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(5, "under a minute"), (60, "1 minute"), (5400, "2 hours"), (86400, "1 day")],
)
def test_a_duration_has_one_unit(seconds: float, words: str) -> None:
    assert duration(seconds) == words


@pytest.mark.parametrize("text", ["", "@", "ann", "a\n@b.example", "a" * 400 + "@example.com"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(BadRequestError):
        read_address({"address": text})
    assert read_address({"address": " ann@example.com "}) == "ann@example.com"


def test_a_person_has_a_page_with_all_mails(
    browser: httpx2.Client, server: Server, sender: Sender
) -> None:
    mine = sender.mail(recipients=[person("Dan@example.com", name="<i>Dan</i>")])
    both = sender.mail(recipients=[person("dan@example.com"), person("eve@example.com")])
    visit(server, mine.pixel())
    sender.wait_for_events(mine, 1)
    page = unescape(browser.get("/history/people/dan@example.com").text)
    assert "&lt;i&gt;Dan" in browser.get("/history/people/dan@example.com").text
    assert all(f'href="/history/{mail.id}"' in page for mail in (mine, both))
    assert re.search(r'Opened</dt><dd>1 <span class="of">of 1</span>', page)
    assert "1 of 2 mails have a copy that several people share" in page
    assert "Copy shared by 2 people" in page


def test_the_list_and_the_message_link_to_the_person(
    browser: httpx2.Client, sender: Sender
) -> None:
    mail = sender.mail(recipients=[person("odd/name+x?@example.com")])
    link = re.findall(r'href="(/history/people/odd[^"]*)"', browser.get("/history/people").text)[0]
    assert link in browser.get(f"/history/{mail.id}").text
    assert mail.id in browser.get(link).text


def test_a_search_finds_a_name(browser: httpx2.Client, sender: Sender) -> None:
    sender.mail(recipients=[person("finn@example.com", name="Finn the Tall")])
    page = browser.get("/history/people?q=the+tall").text
    assert page.count('<th scope="row">') == 1
    assert "Nobody found" in browser.get("/history/people?q=zebra").text


def test_more_people_are_on_the_next_page(browser: httpx2.Client, sender: Sender) -> None:
    sender.mail(recipients=[person(f"zoe{n:02}@example.net") for n in range(60)])
    first = browser.get("/history/people?q=example.net").text
    more = unescape(re.findall(r'href="([^"]*after=[^"]*)"', first)[0])
    assert first.count('<th scope="row">') == 50
    assert browser.get(more).text.count('<th scope="row">') == 10


@pytest.mark.parametrize("path", ["/history/people/nobody@example.com", "/history/people/"])
def test_an_unknown_person_is_not_found(browser: httpx2.Client, path: str) -> None:
    assert browser.get(path).status_code == 404


@pytest.fixture
def among_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """A signed-in browser of a server whose searches stop after two recipients."""
    monkeypatch.setattr(search, "FEW", 0)
    monkeypatch.setattr(search, "LOOKED_THROUGH", 2)
    services = make_services(read_settings({"data": str(tmp_path), "public_url": HERE}, {}))
    with TestClient(make_app(services), base_url=HERE) as client:
        do = services.storage.transaction
        _, ann = do(accounts.pair, do(accounts.new_pairing, None, "Ann", NOW), "A", "api", NOW)
        link = do(accounts.new_sign_in, ann.device, "/history", NOW)
        client.cookies.set("sealbreak", (do(accounts.use_sign_in, link, NOW) or ("",))[0])
        timeline = Timeline(services.storage)
        for name in ("ann", "ben", "cleo", "dora"):
            timeline.mail(f"{name}@example.com")
        yield client


def test_a_limited_search_says_how_much_it_searched(among_many: TestClient) -> None:
    first = among_many.get("/history/people?q=cleo").text
    assert "Nobody found yet" in first
    assert "This page searched 2 recipients" in first
    path = unescape(re.findall(r'<a href="([^"]+)">Continue the search', first)[0])
    assert path == "/history/people?q=cleo&after=ben%40example.com"
    second = among_many.get(path).text
    assert "cleo@example.com" in second
    assert "Continue the search" in second
    assert "The list ends here" in among_many.get(path.replace("ben", "dora")).text


def test_a_person_is_muted_and_unmuted(browser: httpx2.Client, sender: Sender) -> None:
    sender.mail(recipients=[person("gus@example.com")])
    fields = {"address": "gus@example.com", "muted": "yes"}
    assert "Unmute this person" in send(browser, "mute", fields).text
    assert "gus@example.com" in sender.http.get("/mutes").json()["recipients"]
    assert "Unmute" not in send(browser, "mute", {**fields, "muted": "no"}).text
    assert "gus@example.com" not in sender.http.get("/mutes").json()["recipients"]


def test_a_person_is_erased(browser: httpx2.Client, sender: Sender) -> None:
    mail = sender.mail(recipients=[person("hal@example.com")])
    page = send(browser, "erase", {"address": "Hal@example.com"})
    assert "The person was erased from 1 message." in page.text
    assert sender.http.get(f"/messages/{mail.id}").status_code == 410
    assert send(browser, "erase", {"address": "hal@example.com"}).status_code == 404


@pytest.mark.parametrize("deed", ["mute", "erase"])
def test_a_form_of_another_page_changes_nothing(
    browser: httpx2.Client, sender: Sender, deed: str
) -> None:
    mail = sender.mail(recipients=[person("ida@example.com")])
    fields = {"address": "ida@example.com", "muted": "yes", "csrf_token": "x"}
    assert browser.post(f"/history/people/{deed}", data=fields).status_code == 403
    assert sender.http.get(f"/messages/{mail.id}").status_code == 200
    assert "ida@example.com" not in sender.http.get("/mutes").json()["recipients"]


def test_the_page_of_a_person_shows_a_mail_that_did_not_leave(
    browser: httpx2.Client, sender: Sender
) -> None:
    person = {"address": "kim@example.com", "name": None, "kind": "to", "copy": 0}
    mail = sender.mail(recipients=[person])
    sender.http.put(f"/messages/{mail.id}/withdrawn", json={"withdrawn": True})
    page = browser.get("/history/people/kim@example.com")
    assert (page.status_code, "Not sent" in page.text) == (200, True)
    assert "kim@example.com" not in browser.get("/history/people").text


def test_a_mail_that_only_apple_loaded_says_so_on_every_page(
    browser: httpx2.Client, server: Server, sender: Sender
) -> None:
    people = (person(f"{name}@example.com", copy) for copy, name in ((1, "lea"), (2, "max")))
    mail = sender.mail(subject="Orchard", recipients=list(people))
    visit(server, mail.pixel(1), APPLE)
    sender.wait_for_counts(mail, machines=1)
    state = ">Cannot be known (Apple)</b>"
    assert state in browser.get("/history?show=unknowable&q=orchard").text
    assert state in browser.get(f"/history/{mail.id}").text
    lea = browser.get("/history/people/lea@example.com").text
    assert state in lea
    assert re.search(r'Opened</dt><dd>0 <span class="of">of 0</span>', lea)
    assert "Of 1 mail it cannot be known" in lea
    other = browser.get("/history/people/max@example.com").text
    assert state not in other
    assert re.search(r'Opened</dt><dd>0 <span class="of">of 1</span>', other)
    assert "Cannot be known (Apple)" in browser.get(f"/history/{mail.id}/record").text
    assert "Cannot be known (Apple)" in browser.get("/history/export.csv?q=orchard").text
    assert mail.id not in browser.get("/history?show=not-opened&q=orchard").text
    assert sender.http.get(f"/messages/{mail.id}").json()["state"] == "unknowable"


def test_people_are_sorted_by_their_opens(
    browser: httpx2.Client, server: Server, sender: Sender
) -> None:
    for name, opens in (("nia", 0), ("oto", 1)):
        mail = sender.mail(recipients=[person(f"{name}@example.org")])
        if opens:
            visit(server, mail.pixel())
            sender.wait_for_events(mail, 1)
    page = browser.get("/history/people?q=example.org&order=opens").text
    assert re.findall(r'people/(\w+)@example.org"', page) == ["oto", "nia"]
    assert 'aria-sort="descending"><a href="/history/people?q=example.org&amp;order=opens"' in page
