"""The feed of events, and the live connection of pages."""

import asyncio
import json
import re
from typing import Any

import httpx2
import pytest
from sealbreak_server.events.wire import erased_body
from sealbreak_server.web.pages.history.events import _values
from support.server.process import Sender, Server, put_event, visit
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus


def bell(server: Server, browser: httpx2.Client, origin: str | None = None) -> connect:
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    return connect(
        f"ws{server.url.removeprefix('http')}/history/live",
        additional_headers={"Cookie": cookies, "Origin": origin or server.url},
        proxy=None,
    )


async def heard(live: Any) -> int:
    return int(json.loads(await asyncio.wait_for(live.recv(), 10))["last"])


def test_the_feed_lists_the_events_of_the_account(
    browser: httpx2.Client, server: Server, sender: Sender
) -> None:
    mail = sender.mail(subject="<i>Told</i>")
    visit(server, mail.pixel())
    (event,) = sender.wait_for_events(mail, 1)
    page = browser.get("/history/events").text
    assert event["verdict"]["sentence"] in page
    assert "&lt;i&gt;Told&lt;/i&gt;" in page
    assert f'href="/history/{mail.id}"' in page


def test_a_quiet_event_gives_its_reason(
    browser: httpx2.Client, server: Server, sender: Sender
) -> None:
    mail = sender.mail()
    sender.http.put(f"/messages/{mail.id}/mute", json={"muted": True})
    visit(server, mail.pixel())
    sender.wait_for_events(mail, 1)
    assert "No pop-up: the message is muted" in browser.get("/history/events").text


def test_a_digest_event_links_to_its_day() -> None:
    body = {"number": 1, "kind": "digest", "time": "2026-11-23T09:30:00.250Z"}
    assert _values({**body, "path": "/history/digest/2026-11-23"})["path"] == (
        "/history/digest/2026-11-23"
    )
    assert _values(body)["path"] == ""


def test_an_event_of_an_unknown_kind_is_shown_by_its_own_sentence(
    browser: httpx2.Client, server: Server, sender: Sender
) -> None:
    mail = sender.mail(subject="Forwarded offer")
    visit(server, mail.pixel())
    (event,) = sender.wait_for_events(mail, 1)
    verdict = {**event["verdict"], "sentence": "Printed on the second floor"}
    put_event(server, {**event, "kind": "printed", "verdict": verdict})
    page = browser.get("/history/events").text
    assert "<b>Printed on the second floor</b>" in page
    assert page.count("Printed on the second floor") == 1
    assert "Forwarded offer" in page


def test_an_erased_event_is_left_out(
    browser: httpx2.Client, server: Server, sender: Sender
) -> None:
    mail = sender.mail(subject="Gone")
    visit(server, mail.pixel())
    (event,) = sender.wait_for_events(mail, 1)
    put_event(server, erased_body(event["number"], 0.0))
    assert "Gone" not in browser.get("/history/events").text


def test_older_events_are_on_the_next_page(
    browser: httpx2.Client, server: Server, sender: Sender
) -> None:
    mails = [sender.mail() for _ in range(52)]
    for mail in mails:
        visit(server, mail.pixel())
    sender.wait_for_events(mails[-1], 1)
    first = browser.get("/history/events").text
    older = re.findall(r'href="(/history/events\?before=\d+)"', first)[0]
    assert first.count("<li class") == 50
    assert mails[0].id in browser.get(older).text
    assert mails[0].id not in first


def test_an_invalid_number_is_an_error(browser: httpx2.Client) -> None:
    assert browser.get("/history/events?before=x").status_code == 400


def test_the_live_connection_of_a_page_sends_new_numbers(
    browser: httpx2.Client, server: Server, sender: Sender
) -> None:
    async def listen() -> int:
        async with bell(server, browser) as live:
            await heard(live)
            await asyncio.to_thread(visit, server, mail.pixel())
            (event,) = await asyncio.to_thread(sender.wait_for_events, mail, 1)
            while (last := await heard(live)) < event["number"]:
                pass
            return last

    mail = sender.mail()
    assert 0 < asyncio.run(listen()) <= browser_last(browser)


def browser_last(browser: httpx2.Client) -> int:
    """The number of the newest event in a page."""
    return int(re.findall(r'data-last="(\d+)"', browser.get("/history").text)[0])


@pytest.mark.parametrize("origin", ["https://example.com", "null", "http://127.0.0.1"])
def test_the_live_connection_of_a_page_needs_our_origin(
    browser: httpx2.Client, server: Server, origin: str
) -> None:
    async def listen() -> None:
        async with bell(server, browser, origin):
            pass

    with pytest.raises(InvalidStatus) as refused:
        asyncio.run(listen())
    assert refused.value.response.status_code == 403


def test_the_live_connection_of_a_page_needs_a_session(server: Server) -> None:
    async def listen() -> None:
        with httpx2.Client() as nobody:
            async with bell(server, nobody):
                pass

    with pytest.raises(InvalidStatus):
        asyncio.run(listen())


def test_signing_out_closes_the_live_connections_of_all_tabs(
    browser: httpx2.Client, server: Server
) -> None:
    async def listen() -> int | None:
        async with bell(server, browser) as live:
            await heard(live)
            await asyncio.to_thread(
                browser.post, "/history/sign-out", data={"csrf_token": csrf_token}
            )
            with pytest.raises(ConnectionClosed):
                await heard(live)
            return live.close_code

    csrf_token = re.findall(r'name="csrf_token" value="([^"]+)"', browser.get("/history").text)[0]
    assert asyncio.run(listen()) == 4401


def test_only_the_pages_of_the_account_may_run_our_script(
    browser: httpx2.Client, server: Server, sender: Sender
) -> None:
    policy = browser.get("/history").headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "script-src" not in browser.get(sender.mail().page()).headers["content-security-policy"]
