"""The forms of the pages: mutes, the end of tracking, preferences, devices, webhooks."""

import re
from html import unescape

import httpx2
import pytest
from support.server.process import HOOK, Sender, Server, visit

ALERTS = {
    "opened": "on", "digest": "on", "reminder_days": "5", "digest_hour": "7",
    "time_zone": "Europe/Berlin", "quiet_from": "22:00", "quiet_until": "07:00",
}  # fmt: skip
FORMS = (
    "settings/alerts", "settings/snooze", "settings/mute", "settings/unmute", "settings/revoke",
    "settings/webhooks", "settings/webhooks/enable", "settings/webhooks/remove", "sign-out",
)  # fmt: skip


def send(browser: httpx2.Client, path: str, fields: dict[str, str]) -> httpx2.Response:
    csrf_token = re.findall(r'name="csrf_token" value="([^"]+)"', browser.get("/history").text)[0]
    return browser.post(f"/history/{path}", data={"csrf_token": csrf_token, **fields})


@pytest.mark.parametrize("path", FORMS)
def test_a_form_of_another_page_changes_nothing(browser: httpx2.Client, path: str) -> None:
    for fields in ({}, {"csrf_token": "x"}, {"csrf_token": "é"}):
        assert browser.post(f"/history/{path}", data=fields).status_code == 403
    assert browser.get("/history").status_code == 200


@pytest.mark.parametrize("deed", ["mute", "stop", "erase"])
def test_a_form_of_another_page_changes_no_message(
    browser: httpx2.Client, sender: Sender, deed: str
) -> None:
    mail = sender.mail()
    refused = browser.post(f"/history/{mail.id}/{deed}", data={"muted": "yes"})
    assert refused.status_code == 403
    message = sender.message(mail)
    assert (message["muted"], message["level"]) == (False, "full")


def test_a_form_without_a_session_changes_nothing(server: Server, sender: Sender) -> None:
    for path in (*FORMS, f"{sender.mail().id}/stop", f"{sender.mail().id}/erase"):
        assert httpx2.post(f"{server.url}/history/{path}").status_code == 401


def test_a_message_is_muted_and_unmuted(browser: httpx2.Client, sender: Sender) -> None:
    mail = sender.mail()
    page = send(browser, f"{mail.id}/mute", {"muted": "yes"})
    assert "Unmute alerts" in page.text
    assert sender.message(mail)["muted"]
    assert "Unmute" not in send(browser, f"{mail.id}/mute", {"muted": "no"}).text
    assert not sender.message(mail)["muted"]


def test_tracking_of_a_mail_is_stopped(
    browser: httpx2.Client, server: Server, sender: Sender
) -> None:
    mail = sender.mail()
    page = send(browser, f"{mail.id}/stop", {})
    assert "no longer tracked" in page.text
    assert "Stop tracking" not in page.text
    visit(server, mail.pixel())
    assert sender.message(mail)["hits"] == []


def test_a_mail_is_erased_once(browser: httpx2.Client, server: Server, sender: Sender) -> None:
    mail = sender.mail(subject="To be erased")
    visit(server, mail.pixel())
    assert sender.wait_for_events(mail, 1)
    page = browser.get(f"/history/{mail.id}").text
    assert "This cannot be undone" in page.partition(f'/history/{mail.id}/erase"')[2]
    page = send(browser, f"{mail.id}/erase", {}).text
    assert "The mail was erased." in page
    assert "To be erased" not in page
    assert sender.events_of(mail) == []
    assert sender.http.get(f"/messages/{mail.id}").status_code == 410
    assert browser.get(f"/history/{mail.id}").status_code == 404
    assert send(browser, f"{mail.id}/erase", {}).status_code == 404


def test_messages_of_another_account_cannot_be_changed(browser: httpx2.Client) -> None:
    for path in ("aaaaaaaaaaaaaaaa/mute", "aaaaaaaaaaaaaaaa/stop", "x/mute", "x/erase"):
        assert send(browser, path, {"muted": "yes"}).status_code == 404


def test_alerts_are_saved(browser: httpx2.Client, sender: Sender) -> None:
    page = send(browser, "settings/alerts", ALERTS)
    assert "Saved." in page.text
    preferences = sender.http.get("/settings").json()["alerts"]
    assert (preferences["opened"], preferences["clicked"], preferences["digest"]) == (
        True,
        False,
        True,
    )
    assert preferences["quiet_hours"] == {"from": "22:00", "until": "07:00"}
    assert (preferences["reminder_days"], preferences["time_zone"]) == (5, "Europe/Berlin")
    assert re.search(r'name="opened" checked', page.text)
    assert not re.search(r'name="clicked" checked', page.text)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"reminder_days": "0"}, "The days without an open must be"),
        ({"digest_hour": "x"}, "The hour of the daily summary must be"),
        ({"time_zone": "Atlantis"}, "The time zone must be"),
        ({"quiet_from": ""}, "The start of the quiet hours must be"),
        ({"quiet_until": "25:00"}, "The end of the quiet hours must be"),
    ],
)
def test_a_mistake_is_shown_with_the_typed_values(
    browser: httpx2.Client, sender: Sender, change: dict[str, str], words: str
) -> None:
    before = sender.http.get("/settings").json()
    answer = send(browser, "settings/alerts", {**ALERTS, **change, "reminder_days": "44", **change})
    (name,) = change
    assert (answer.status_code, words in answer.text) == (400, True)
    field = re.findall(rf'<input[^>]*name="{name}"[^>]*>', answer.text)[0]
    assert f'value="{change[name]}"' in field
    assert 'aria-invalid="true" aria-describedby="mistake"' in field
    assert 'value="44"' in answer.text or name == "reminder_days"
    assert not re.search(r'name="clicked" checked', answer.text)
    assert sender.http.get("/settings").json() == before


def test_pop_ups_are_paused_and_resumed(browser: httpx2.Client, sender: Sender) -> None:
    assert "Pop-ups are paused until" in send(browser, "settings/snooze", {"hours": "4"}).text
    assert sender.http.get("/settings").json()["snoozed_until"]
    assert "No pop-ups for" in send(browser, "settings/snooze", {"hours": "0"}).text
    assert sender.http.get("/settings").json()["snoozed_until"] is None


def test_an_unknown_length_of_a_pause_is_refused(browser: httpx2.Client) -> None:
    answer = send(browser, "settings/snooze", {"hours": "-1"})
    assert (answer.status_code, "Choose how long to pause." in answer.text) == (400, True)


def test_an_address_is_muted(browser: httpx2.Client, sender: Sender) -> None:
    page = send(browser, "settings/mute", {"address": "Ben@example.com"})
    assert "Unmute ben@example.com" in page.text
    assert "ben@example.com" in sender.http.get("/mutes").json()["recipients"]
    wrong = send(browser, "settings/mute", {"address": "<ben>"})
    assert (wrong.status_code, 'value="&lt;ben&gt;"' in wrong.text) == (400, True)
    send(browser, "settings/unmute", {"address": "ben@example.com"})


def test_a_muted_message_is_listed_and_unmuted(browser: httpx2.Client, sender: Sender) -> None:
    mail = sender.mail(subject="Too much of it")
    sender.http.put(f"/messages/{mail.id}/mute", json={"muted": True})
    assert "Unmute Too much of it" in browser.get("/history/settings").text
    assert "Too much of it" not in send(browser, "settings/unmute", {"message": mail.id}).text
    assert not sender.message(mail)["muted"]


def test_a_webhook_is_added_and_removed(browser: httpx2.Client, sender: Sender) -> None:
    page = send(browser, "settings/webhooks", {"url": HOOK})
    (webhook,) = sender.http.get("/webhooks").json()["webhooks"]
    assert all(text in page.text for text in (HOOK, webhook["secret"], "up to date"))
    assert HOOK not in send(browser, "settings/webhooks/remove", {"webhook": webhook["id"]}).text
    assert sender.http.get("/webhooks").json()["webhooks"] == []
    assert send(browser, "settings/webhooks/remove", {"webhook": webhook["id"]}).status_code == 404


@pytest.mark.parametrize("url", ["gopher", "http://127.0.0.1/hook"])
def test_an_invalid_webhook_is_refused(browser: httpx2.Client, url: str) -> None:
    answer = send(browser, "settings/webhooks", {"url": url})
    assert (answer.status_code, f'value="{url}"' in answer.text) == (400, True)
    assert "The address must be" in answer.text or "The address points" in answer.text


def test_only_an_existing_webhook_is_enabled_again(browser: httpx2.Client, sender: Sender) -> None:
    webhook = sender.http.post("/webhooks", json={"url": HOOK}).json()["id"]
    assert HOOK in send(browser, "settings/webhooks/enable", {"webhook": webhook}).text
    sender.http.delete(f"/webhooks/{webhook}")
    assert send(browser, "settings/webhooks/enable", {"webhook": webhook}).status_code == 404


def test_a_muted_recipient_is_unmuted(browser: httpx2.Client, sender: Sender) -> None:
    sender.http.put("/mutes/ann@example.com")
    assert "Unmute ann@example.com" in browser.get("/history/settings").text
    page = send(browser, "settings/unmute", {"address": "ann@example.com"})
    assert "Unmute ann@example.com" not in page.text


def test_devices_are_listed_and_one_is_revoked(browser: httpx2.Client, server: Server) -> None:
    other = server.sender()
    device = other.paired["device"]["id"]
    assert device in browser.get("/history/settings").text
    assert device not in send(browser, "settings/revoke", {"device": device}).text
    assert other.http.get("/messages").status_code == 401
    again = send(browser, "settings/revoke", {"device": device})
    assert again.status_code == 404


def test_revoking_the_device_that_signed_in_signs_out(server: Server) -> None:
    other = server.sender()
    with httpx2.Client(base_url=server.url, follow_redirects=True) as browser:
        other.sign_in(browser)
        send(browser, "settings/revoke", {"device": other.paired["device"]["id"]})
        assert browser.get("/history").status_code == 401


def test_settings_show_retention_and_data_files(browser: httpx2.Client) -> None:
    page = unescape(browser.get("/history/settings").text)
    assert "kept until you erase them" in page
    assert re.search(r"Owners of networks</span>.*?\d+ days? old", page, re.DOTALL)
