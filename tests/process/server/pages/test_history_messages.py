"""The list of messages and the page of one message."""

import httpx2
import pytest
from sealbreak_server.security.tokens import new_id
from support.server.process import CURL, GMAIL, Sender, Server, csrf_token_of, running, visit


def test_history_lists_what_was_sent(browser: httpx2.Client, sender: Sender) -> None:
    sender.mail(subject="<b>Don't</b> & co")
    page = browser.get("/history")
    assert "&lt;b&gt;Don&#39;t&lt;/b&gt; &amp; co" in page.text
    assert "<b>Don" not in page.text


def test_a_message_shows_its_hits_with_their_reasons(
    browser: httpx2.Client, server: Server, sender: Sender
) -> None:
    mail = sender.mail()
    visit(server, mail.pixel())
    visit(server, mail.pixel(), CURL)
    sender.wait_for_counts(mail, opens=1, machines=1)
    page = browser.get(f"/history/{mail.id}").text
    assert "Opened" in page
    assert "Rule: named-machine" in page


def test_a_mail_and_its_events_lead_to_gmail(
    browser: httpx2.Client, server: Server, sender: Sender
) -> None:
    mail = sender.mail(gmail_thread_id="18f2a", gmail_account="ann@example.com")
    visit(server, mail.pixel())
    sender.wait_for_events(mail, 1)
    link = 'href="https://mail.google.com/mail/u/?authuser=ann%40example.com#all/18f2a"'
    assert link in browser.get(f"/history/{mail.id}").text
    assert link in browser.get("/history/events").text


def test_a_mail_that_gmail_has_not_numbered_leads_nowhere(
    browser: httpx2.Client, sender: Sender
) -> None:
    mail = sender.mail(gmail_thread_id=None)
    assert "Open in Gmail" not in browser.get(f"/history/{mail.id}").text


def test_a_search_that_finds_nothing_says_so(browser: httpx2.Client) -> None:
    assert "Nothing found" in browser.get("/history", params={"q": "no such"}).text


def test_an_unknown_message_is_a_page(browser: httpx2.Client) -> None:
    answer = browser.get(f"/history/{new_id()}")
    assert answer.status_code == 404
    assert "Page not found" in answer.text


def test_an_empty_history_says_what_to_do(tmp_path_factory: pytest.TempPathFactory) -> None:
    with running(tmp_path_factory.mktemp("empty") / "data") as fresh:
        sender = fresh.sender()
        with httpx2.Client(follow_redirects=True) as browser:
            assert "No tracked message yet" in sender.sign_in(browser).text


def test_the_foot_of_each_page_says_when_gmail_last_came(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    data = tmp_path_factory.mktemp("gmail") / "data"
    with running(data, "--public-url", "http://track.example.com") as server:
        sender = server.sender()
        host = {"host": "track.example.com"}
        with httpx2.Client(base_url=server.url, headers=host, follow_redirects=True) as browser:
            link = sender.http.post("/sign-in", json={"path": "/history"}).json()["url"]
            path = link.removeprefix("http://track.example.com")
            browser.post(path, data={"csrf_token": csrf_token_of(browser.get(path).text)})
            assert "Gmail has not come yet" in browser.get("/history").text
            mail = sender.mail()
            visit(server, mail.pixel(), {**GMAIL, "x-forwarded-for": "66.249.84.1"})
            sender.wait_for_counts(mail, opens=1)
            said = '<p id="gmail">Gmail last came at <time datetime="'
            assert said in browser.get("/history").text
            assert said in browser.get("/history/people").text


def test_where_gmail_cannot_come_the_foot_says_so(browser: httpx2.Client) -> None:
    assert "so Gmail cannot." in browser.get("/history").text
