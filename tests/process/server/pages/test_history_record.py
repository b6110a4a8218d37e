"""The record of a mail as a page, as CSV and as JSON."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from html import unescape
from zoneinfo import ZoneInfo

import httpx2
import pytest
from support.server.process import CURL, Mail, Sender, Server, visit

OFFER = "https://example.com/offer"


@pytest.fixture
def mail(server: Server, sender: Sender) -> Mail:
    """A mail with an open, a click and an automated request."""
    mail = sender.mail(subject="=The contract")
    visit(server, mail.pixel())
    visit(server, mail.link(1, OFFER))
    visit(server, mail.pixel(), CURL)
    sender.wait_for_events(mail, 2)
    return mail


@pytest.fixture
def berlin(sender: Sender) -> Iterator[None]:
    sender.http.put("/settings", json={"alerts": {"time_zone": "Europe/Berlin"}})
    yield
    sender.http.put("/settings", json={"alerts": {"time_zone": "UTC"}})


def test_the_record_lists_each_request_with_reason_and_evidence(
    browser: httpx2.Client, sender: Sender, mail: Mail
) -> None:
    page = unescape(browser.get(f"/history/{mail.id}/record").text)
    hits = sender.message(mail)["hits"]
    assert page.count('<th scope="row">') == len(hits) == 3
    for hit in hits:
        assert hit["verdict"]["sentence"] in page
        assert hit["verdict"]["reason"] in page
        assert all(item in page for item in hit["verdict"]["evidence"])
        assert hit["time"].replace("T", " ").replace("Z", " UTC") in page


@pytest.mark.usefixtures("berlin")
def test_times_are_exact_and_in_the_accounts_zone_too(browser: httpx2.Client, mail: Mail) -> None:
    page = browser.get(f"/history/{mail.id}/record").text
    assert "2026-11-01 09:30:00.250 UTC" in page
    assert "2026-11-01 10:30:00.250+01:00" in page
    assert "then in Europe/Berlin" in page


@pytest.mark.usefixtures("berlin")
def test_the_csv_file_has_a_line_for_each_request(browser: httpx2.Client, mail: Mail) -> None:
    answer = browser.get(f"/history/{mail.id}/record.csv")
    assert f"sealbreak-{mail.id}.csv" in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert sorted((row["kind"], row["actor"]) for row in rows) == [
        ("click", "human"), ("open", "human"), ("open", "machine")
    ]  # fmt: skip
    (click,) = (row for row in rows if row["kind"] == "click")
    assert (click["link"], click["url"]) == ("1", OFFER)
    assert click["time_zone"] == "Europe/Berlin"
    utc = datetime.fromisoformat(click["time"]).replace(microsecond=0)
    local = datetime.fromisoformat(click["local_time"]).replace(tzinfo=ZoneInfo("Europe/Berlin"))
    assert local == utc


@pytest.mark.usefixtures("berlin")
def test_the_zone_of_the_browser_comes_before_the_accounts(
    browser: httpx2.Client, mail: Mail
) -> None:
    headers = {"cookie": f"sealbreak={browser.cookies['sealbreak']}; zone=Asia%2FTokyo"}
    for path in ("record", "record.csv"):
        page = httpx2.get(f"{browser.base_url}/history/{mail.id}/{path}", headers=headers)
        assert "Asia/Tokyo" in page.text
    unknown = {"cookie": f"sealbreak={browser.cookies['sealbreak']}; zone=..%2Fkeys"}
    page = httpx2.get(f"{browser.base_url}/history/{mail.id}/record", headers=unknown)
    assert "Europe/Berlin" in page.text


def test_the_json_file_is_the_body_of_the_api(
    browser: httpx2.Client, sender: Sender, mail: Mail
) -> None:
    answer = browser.get(f"/history/{mail.id}/record.json")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == sender.message(mail)


def test_a_mail_without_requests_has_a_record(browser: httpx2.Client, sender: Sender) -> None:
    mail = sender.mail()
    assert "There were no requests" in unescape(browser.get(f"/history/{mail.id}/record").text)
    assert browser.get(f"/history/{mail.id}/record.csv").text.count("\n") == 1


@pytest.mark.parametrize("ending", ["", ".csv", ".json"])
@pytest.mark.parametrize("message", ["aaaaaaaaaaaaaaaa", "x"])
def test_an_unknown_message_has_no_record(
    browser: httpx2.Client, message: str, ending: str
) -> None:
    assert browser.get(f"/history/{message}/record{ending}").status_code == 404


def test_the_message_links_to_its_record(browser: httpx2.Client, mail: Mail) -> None:
    assert f'href="/history/{mail.id}/record"' in browser.get(f"/history/{mail.id}").text
