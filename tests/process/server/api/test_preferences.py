"""Preferences over the API of a real server and by its commands."""

import asyncio
import json
from typing import Any

import httpx2
import pytest
from support.server.process import Sender, Server, command, visit
from websockets.asyncio.client import ClientConnection, connect

FAR = "2090-01-01T00:00:00.000Z"


@pytest.fixture
def sender(server: Server) -> Sender:
    """Each test starts with the default preferences."""
    paired = server.sender()
    for change in (
        paired.http.put("/settings", json={"alerts": {"opened": True, "quiet_hours": None}}),
        paired.http.post("/snooze", json={"until": None}),
    ):
        assert change.status_code == 200
    return paired


def opened(server: Server, sender: Sender, **changes: Any) -> dict[str, Any]:
    mail = sender.mail(**changes)
    visit(server, mail.pixel())
    (event,) = sender.wait_for_events(mail, 1)
    return event


def test_settings_are_stored(sender: Sender) -> None:
    wanted = {"reminder_days": 5, "time_zone": "+02:00", "quiet_hours": None}
    changed = sender.http.put("/settings", json={"alerts": wanted}).json()
    read = sender.http.get("/settings").json()
    assert read == changed
    assert {name: read["alerts"][name] for name in wanted} == wanted


@pytest.mark.parametrize(
    "body", [{}, [], {"alerts": None}, {"alerts": {"opened": 1}}, {"alerts": {"digest_hour": 25}}]
)
def test_wrong_settings_are_refused(sender: Sender, body: Any) -> None:
    before = sender.http.get("/settings").json()
    assert sender.http.put("/settings", json=body).status_code == 400
    assert sender.http.get("/settings").json() == before


def test_an_event_that_is_not_quiet_has_no_such_field(server: Server, sender: Sender) -> None:
    assert "quiet" not in opened(server, sender)


def test_an_event_of_a_disabled_kind_is_quiet(server: Server, sender: Sender) -> None:
    sender.http.put("/settings", json={"alerts": {"opened": False}})
    event = opened(server, sender)
    assert (event["quiet"], event["quiet_reason"]) == (True, "switched-off")


def test_events_of_a_muted_message_are_counted_and_quiet(server: Server, sender: Sender) -> None:
    mail = sender.mail()
    muted = sender.http.put(f"/messages/{mail.id}/mute", json={"muted": True})
    assert muted.json()["muted"] is True
    visit(server, mail.pixel())
    (event,) = sender.wait_for_events(mail, 1)
    assert event["quiet_reason"] == "muted-message"
    message = sender.message(mail)
    assert (message["opens"], message["muted"]) == (1, True)
    sender.http.put(f"/messages/{mail.id}/mute", json={"muted": False})
    assert sender.message(mail)["muted"] is False


@pytest.mark.parametrize("body", [{}, {"muted": "yes"}, {"muted": None}])
def test_muted_must_be_true_or_false(sender: Sender, body: Any) -> None:
    mail = sender.mail()
    assert sender.http.put(f"/messages/{mail.id}/mute", json=body).status_code == 400


def test_an_unknown_message_cannot_be_muted(sender: Sender) -> None:
    path = f"/messages/{sender.blank().id}/mute"
    assert sender.http.put(path, json={"muted": True}).status_code == 404


def test_events_of_a_muted_recipient_are_quiet(server: Server, sender: Sender) -> None:
    people = [{"address": "Dan@Example.com", "name": None, "kind": "to", "copy": 0}]
    assert sender.http.put("/mutes/dan@example.com").status_code == 204
    assert sender.http.get("/mutes").json() == {"recipients": ["dan@example.com"]}
    assert opened(server, sender, recipients=people)["quiet_reason"] == "muted-recipient"
    assert "quiet" not in opened(server, sender)
    assert sender.http.delete("/mutes/dan@example.com").status_code == 204
    assert sender.http.delete("/mutes/dan@example.com").status_code == 404


@pytest.mark.parametrize("path", ["a/b@example.com", "a%2Fb@example.com"])
def test_an_address_with_a_slash_can_be_muted(sender: Sender, path: str) -> None:
    assert sender.http.put(f"/mutes/{path}").status_code == 204
    assert sender.http.get("/mutes").json() == {"recipients": ["a/b@example.com"]}
    assert sender.http.delete(f"/mutes/{path}").status_code == 204


@pytest.mark.parametrize("address", ["dan", "@", "a%09@example.com", "x" * 400 + "@example.com"])
def test_only_a_mail_address_can_be_muted(sender: Sender, address: str) -> None:
    assert sender.http.put(f"/mutes/{address}").status_code == 400


def test_events_are_quiet_during_a_snooze(server: Server, sender: Sender) -> None:
    assert sender.http.post("/snooze", json={"until": FAR}).json()["snoozed_until"] == FAR
    assert opened(server, sender)["quiet_reason"] == "snoozed"
    assert sender.http.post("/snooze", json={"until": None}).json()["snoozed_until"] is None
    assert "quiet" not in opened(server, sender)


def test_the_read_mark_only_grows_up_to_the_last_event(server: Server, sender: Sender) -> None:
    last = opened(server, sender)["number"]
    assert sender.http.post("/read", json={"up_to": last + 50}).json() == {"read": last}
    assert sender.http.post("/read", json={"up_to": 1}).json() == {"read": last}
    assert sender.http.get("/events").json()["read"] == last


async def frame(socket: ClientConnection) -> dict[str, Any]:
    async with asyncio.timeout(15):
        body: dict[str, Any] = json.loads(await socket.recv())
    return body


def test_the_read_mark_is_sent_to_other_devices(server: Server, sender: Sender) -> None:
    other = server.sender()
    last = opened(server, sender)["number"]

    async def follow() -> None:
        url = f"{server.url.replace('http', 'ws')}/api/v1/live?after={last}"
        headers = {"Authorization": f"Bearer {other.paired['token']}"}
        async with connect(url, additional_headers=headers) as socket:
            assert (await frame(socket))["read"] < last
            await asyncio.to_thread(sender.http.post, "/read", json={"up_to": last})
            assert await frame(socket) == {"type": "read", "up_to": last}

    asyncio.run(follow())
    other.http.close()


def test_the_command_shows_and_changes_preferences(server: Server, sender: Sender) -> None:
    changed = command(
        server.data, "preferences", "quiet_hours=22:00-07:00", "hot=no",
        "--mute", "Eve@example.com", "--snooze", "2",
    )  # fmt: skip
    assert changed.returncode == 0, changed.stderr
    assert "quiet_hours=22:00-07:00" in changed.stdout
    assert "Muted recipients: eve@example.com" in changed.stdout
    read = sender.http.get("/settings").json()
    assert read["alerts"]["quiet_hours"] == {"from": "22:00", "until": "07:00"}
    assert (read["alerts"]["hot"], read["snoozed_until"] is not None) == (False, True)
    command(
        server.data, "preferences", "quiet_hours=none", "hot=yes", "--unmute", "eve@example.com",
        "--snooze", "0",
    )  # fmt: skip
    shown = json.loads(command(server.data, "preferences", "--json").stdout)
    assert (shown["alerts"]["quiet_hours"], shown["muted"]) == (None, [])
    assert shown["snoozed_until"] is None


def test_the_command_mutes_a_message(server: Server, sender: Sender) -> None:
    mail = sender.mail()
    muted = command(server.data, "preferences", "--mute", mail.id)
    assert f"Muted messages: {mail.id}" in muted.stdout
    assert sender.message(mail)["muted"]
    command(server.data, "preferences", "--unmute", mail.id)
    shown = json.loads(command(server.data, "preferences", "--json").stdout)
    assert (shown["muted_messages"], sender.message(mail)["muted"]) == ([], False)
    assert "There is no such message" in command(server.data, "preferences", "--mute", "x").stderr


@pytest.mark.parametrize("change", ["loud=yes", "hot", "hot=maybe", "reminder_days=many"])
def test_the_command_reports_wrong_values(server: Server, change: str) -> None:
    refused = command(server.data, "preferences", change)
    assert refused.returncode == 1
    assert change.partition("=")[0] in refused.stderr


def test_a_webhook_to_a_private_address_is_refused(sender: Sender) -> None:
    answer: httpx2.Response = sender.http.post("/webhooks", json={"url": "http://127.0.0.1:1/"})
    assert answer.status_code == 400
    assert "--webhook-networks" in answer.json()["detail"]
