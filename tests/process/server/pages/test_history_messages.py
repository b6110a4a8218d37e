"""The list of messages and the page of one message."""

import httpx2
import pytest
from sealbreak_server.security.tokens import new_id
from support.server.process import CURL, Sender, Server, running, visit


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
