from typing import Any

from support.server.process import Sender, Server, command, visit


def test_events_are_numbered_without_gaps(server: Server, sender: Sender) -> None:
    for mail in [sender.mail() for _ in range(4)]:
        visit(server, mail.pixel())
        sender.wait_for_events(mail, 1)
    numbers = [event["number"] for event in sender.events()]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(sender.http.get("/events", params={"after": 1, "limit": 2}).json()["events"]) == 2


def test_a_client_that_stores_events_learns_what_was_erased(server: Server, sender: Sender) -> None:
    people = [
        {"address": f"{name}@example.com", "name": None, "kind": "to", "copy": copy}
        for name, copy in (("kim", 1), ("lou", 2))
    ]
    gone, shared = sender.mail(), sender.mail(recipients=people)
    visit(server, gone.pixel())
    visit(server, shared.pixel(2))
    (first,), (second,) = sender.wait_for_events(gone, 1), sender.wait_for_events(shared, 1)

    def asked(erasures: int) -> dict[str, Any]:
        query = {"after": second["number"], "erasures": erasures}
        body: dict[str, Any] = sender.http.get("/events", params=query).json()
        return body

    known = sender.http.get("/events").json()["erasures"]
    assert asked(known).keys() == {"events", "last", "read", "erasures"}
    command(server.data, "erase", "--yes", "--message", gone.id)
    command(server.data, "erase", "--yes", "--recipient", "kim@example.com")
    told = asked(known)
    numbers = told["erased"]["numbers"]
    assert any(low <= first["number"] <= high for low, high in numbers)
    assert not any(low <= second["number"] <= high for low, high in numbers)
    (rewritten,) = told["rewritten"]
    assert rewritten["number"] == second["number"]
    assert [p["address"] for p in rewritten["message"]["recipients"]] == ["lou@example.com"]
    assert "erased" not in asked(told["erasures"])
