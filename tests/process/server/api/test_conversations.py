"""What the list and the opened mail in Gmail ask for."""

import pytest
from support.server.process import READER, Sender, Server, visit
from support.server.stranger import join

OFFER = "https://example.com/offer"


def ids(sender: Sender, *threads: str) -> set[str]:
    answer = sender.http.get("/messages", params={"gmail_thread_id": list(threads)})
    return {message["id"] for message in answer.json()["messages"]}


def test_messages_are_found_by_gmails_conversations(sender: Sender) -> None:
    first = sender.mail(gmail_thread_id="18aa000000000001")
    second = sender.mail(gmail_thread_id="18aa000000000002")
    sender.mail(gmail_thread_id="18aa000000000003")
    assert ids(sender, "18aa000000000001", "18aa000000000002") == {first.id, second.id}


def test_a_conversation_of_another_account_is_not_found(server: Server, sender: Sender) -> None:
    mail = sender.mail(gmail_thread_id="18aa000000000004")
    with join(server, "Ben") as ben:
        assert ids(ben, "18aa000000000004") == set()
    assert ids(sender, "18aa000000000004") == {mail.id}


@pytest.mark.parametrize("threads", [["x"], ["18aa000000000001"] * 51, ["18AA000000000001"]])
def test_what_is_no_id_of_gmail_is_refused(sender: Sender, threads: list[str]) -> None:
    answer = sender.http.get("/messages", params={"gmail_thread_id": threads})
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("gmail_thread_id")


def test_after_a_stop_no_hit_is_kept_and_links_lead_on(server: Server, sender: Sender) -> None:
    mail = sender.mail()
    visit(server, mail.pixel())
    assert sender.http.post(f"/messages/{mail.id}/stop").json()["level"] == "off"
    assert visit(server, mail.pixel(), READER).status_code == 200
    assert visit(server, mail.link(1, OFFER)).headers["location"] == OFFER
    assert len(sender.message(mail)["hits"]) == 1


def test_a_late_registration_does_not_start_a_stopped_message_again(sender: Sender) -> None:
    mail = sender.mail()
    sender.http.post(f"/messages/{mail.id}/stop")
    sender.register(mail, gmail_thread_id="18aa000000000005")
    assert sender.message(mail)["level"] == "off"
    assert sender.message(mail)["gmail_thread_id"] == "18aa000000000005"


def test_a_message_that_is_not_there_cannot_be_stopped(sender: Sender) -> None:
    assert sender.http.post(f"/messages/{sender.blank().id}/stop").status_code == 404
