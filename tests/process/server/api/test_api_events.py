from support.server.process import Sender, Server, visit


def test_events_are_numbered_without_gaps(server: Server, sender: Sender) -> None:
    for mail in [sender.mail() for _ in range(4)]:
        visit(server, mail.pixel())
        sender.wait_for_events(mail, 1)
    numbers = [event["number"] for event in sender.events()]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(sender.http.get("/events", params={"after": 1, "limit": 2}).json()["events"]) == 2
