"""Mail from several Gmail accounts: named in the list, and filtered."""

import re
from collections.abc import Iterator
from itertools import chain

import httpx2
import pytest
from sealbreak_server.security.tokens import new_id
from sealbreak_server.storage import Storage
from sealbreak_server.storage.lists import search
from sealbreak_server.storage.lists.gmail_accounts import gmail_accounts
from sealbreak_server.storage.lists.search import Count, Order, Show, Wanted
from support.server.account import AccountBuilder
from support.server.process import Sender, Server, running

HOME, WORK = "ann@example.com", "ann@example.org"


@pytest.fixture
def from_two(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> AccountBuilder:
    """Mails 1 to 5 from home, 6 to 8 from work, of which the newest was opened. A page looks
    through two."""
    monkeypatch.setattr(search, "LOOKED_THROUGH", 2)
    monkeypatch.setattr(search, "FEW", 1)
    builder = AccountBuilder(storage)
    for day in range(1, 9):
        builder.message = new_id()
        builder.register(
            subject=f"Letter {day}",
            sent_at=f"2027-01-0{day}T09:00:00Z",
            gmail_account=HOME if day < 6 else WORK,
        )
    builder.record(builder.hit(200))
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


def test_mail_from_one_gmail_account_is_read_along_its_index(from_two: AccountBuilder) -> None:
    assert pages(from_two, Wanted(sent_from=WORK), limit=2) == [["8", "7"], ["6"]]
    assert pages(from_two, Wanted(sent_from="nobody@example.com")) == [[]]


def test_with_another_filter_it_is_looked_for(from_two: AccountBuilder) -> None:
    assert pages(from_two, Wanted(show=Show.OPENED, sent_from=WORK)) == [["8"], []]
    assert pages(from_two, Wanted("letter 6", sent_from=WORK)) == [[], ["6"]]
    by_opens = pages(from_two, Wanted(order=Order.OPENS, sent_from=WORK))
    assert list(chain(*by_opens)) == ["8", "7", "6"]


@pytest.mark.parametrize("order", Order)
def test_few_from_a_gmail_account_are_filtered_and_put_in_any_order(
    from_two: AccountBuilder, monkeypatch: pytest.MonkeyPatch, order: Order
) -> None:
    monkeypatch.setattr(search, "FEW", 3)
    assert pages(from_two, Wanted(show=Show.OPENED, order=order, sent_from=WORK)) == [["8"]]
    found = pages(from_two, Wanted("letter 7", Show.NOT_OPENED, order, sent_from=WORK))
    assert found == [["7"]]


def test_counts_follow_the_gmail_account(
    from_two: AccountBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "FEW", 10)
    monkeypatch.setattr(search, "LOOKED_THROUGH", 10)
    account = int(from_two.account.id)
    counts = from_two.storage.query(search.counts, account, "", WORK)
    assert counts[Show.ALL] == Count(3, more=False)
    assert counts[Show.OPENED].number == 1


def test_the_gmail_accounts_that_mail_was_sent_from_are_listed(from_two: AccountBuilder) -> None:
    account = int(from_two.account.id)
    assert WORK in from_two.storage.query(gmail_accounts, account)
    assert from_two.storage.query(gmail_accounts, account + 1) == []


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("accounts") / "data") as fresh:
        yield fresh


@pytest.fixture
def browser(server: Server, sender: Sender) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=server.url, follow_redirects=True) as client:
        sender.sign_in(client)
        yield client


def test_the_list_names_and_filters_the_gmail_account_where_there_are_several(
    browser: httpx2.Client, sender: Sender
) -> None:
    alone = sender.mail(subject="Alone", gmail_account=HOME)
    assert "From all accounts" not in browser.get("/history").text
    assert f"from <bdi>{HOME}</bdi>" in browser.get(f"/history/{alone.id}").text
    sender.mail(subject="From work", gmail_account=WORK)
    page = browser.get("/history").text
    assert f"from {WORK}</span>" in page
    assert f"from {HOME}</span>" in page
    work = browser.get(f"/history?from={WORK}").text
    assert re.findall(r'class="subject" dir="auto">(.*?)<', work) == ["From work"]
    assert f"<option selected>{WORK}</option>" in work
    assert f"from={WORK.replace('@', '%40')}" in work
    exported = browser.get(f"/history/export.csv?from={WORK}").text
    assert exported.count(WORK) == 1
    assert HOME not in exported.replace("Ann <ann@example.com>", "")
    empty = browser.get("/history?from=nobody@example.com").text
    assert "was sent from nobody@example.com" in empty
    listed = sender.http.get("/messages", params={"gmail_account": WORK}).json()["messages"]
    assert [one["subject"] for one in listed] == ["From work"]
    assert sender.http.get("/messages", params={"gmail_account": "no address"}).status_code == 400
