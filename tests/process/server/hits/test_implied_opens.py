"""A click on a copy whose images were not loaded."""

from support.server.process import READER, Sender, Server, visit

OFFER = "https://example.com/offer"
TWO = [
    {"address": "ann@example.com", "name": "Ann", "kind": "to", "copy": 1},
    {"address": "ben@example.com", "name": "Ben", "kind": "cc", "copy": 2},
]


def test_a_click_without_an_open_implies_one(server: Server, sender: Sender) -> None:
    mail = sender.mail()
    visit(server, mail.link(1, OFFER))
    (event,) = sender.wait_for_events(mail, 1)
    assert event["implies_open"] is True
    assert event["verdict"]["sentence"].endswith(": opened, though no image was loaded")
    shown = sender.message(mail)
    assert (shown["opens"], shown["clicks"], shown["implied_opens"]) == (0, 1, 1)


def test_a_click_in_a_copy_that_was_opened_implies_nothing(server: Server, sender: Sender) -> None:
    mail = sender.mail(recipients=TWO)
    visit(server, mail.pixel(copy=1))
    visit(server, mail.link(1, OFFER, copy=1))
    visit(server, mail.link(1, OFFER, copy=2), {**READER, "x-forwarded-for": "84.130.21.9"})
    events = sender.wait_for_events(mail, 3)
    clicks = {event["copy"]: event.get("implies_open") for event in events if event["link"]}
    assert clicks == {1: None, 2: True}
    assert sender.message(mail)["implied_opens"] == 1
