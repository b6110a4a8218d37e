from support.server.process import Sender, Server, command, visit


def test_events_are_numbered_without_gaps(server: Server, sender: Sender) -> None:
    for mail in [sender.mail() for _ in range(4)]:
        visit(server, mail.pixel())
        sender.wait_for_events(mail, 1)
    numbers = [event["number"] for event in sender.events()]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(sender.http.get("/events", params={"after": 1, "limit": 2}).json()["events"]) == 2


def test_an_erasure_is_counted_so_that_clients_drop_their_copies(
    server: Server, sender: Sender
) -> None:
    mail = sender.mail()
    visit(server, mail.pixel())
    sender.wait_for_events(mail, 1)
    before = sender.http.get("/events").json()
    assert command(server.data, "erase", "--yes", "--message", mail.id).returncode == 0
    after = sender.http.get("/events").json()
    assert after["erasures"] > before["erasures"]
    assert after["last"] == before["last"]
    kinds = {event["number"]: event["kind"] for event in after["events"]}
    gone = [one["number"] for one in before["events"] if one["message"]["id"] == mail.id]
    assert {kinds[number] for number in gone} == {"erased"}
