from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sealbreak_server.errors import BadRequestError
from sealbreak_server.model.fields import EARLIEST, LATEST
from sealbreak_server.model.message import Link, Recipient
from sealbreak_server.model.registration import (
    MAX_SUBJECT,
    TRAVEL_SECONDS,
    Registration,
    by_server_clock,
    read_registration,
)
from support.server.process import registration

URL = "https://example.com/offer"
SENT = 1_793_525_400.0
HOUR = 3600.0
DAY = 24 * HOUR
MOMENTS = st.floats(EARLIEST, LATEST)
OFFSETS = st.floats(-DAY, 3 * HOUR)
"""Seconds by which the sender's clock is fast."""
DELAYS = st.floats(0, 7 * DAY)
"""Seconds between the sending and the registration."""
ANN = {"address": "ann@example.com", "name": "Ann", "kind": "to", "copy": 0}


def test_recipients_and_links_keep_their_order() -> None:
    ben = {"address": "ben@example.org", "name": None, "kind": "bcc", "copy": 2}
    links = [{"n": 2, "url": URL, "hidden": True}, {"n": 1, "url": URL, "hidden": False}]
    read = read_registration(registration(recipients=[ANN, ben], links=links))
    assert read.recipients[1] == Recipient("ben@example.org", None, "bcc", 2)
    assert read.links == (Link(2, URL, hidden=True), Link(1, URL))


def test_the_default_copy_is_the_shared_one() -> None:
    ann = {name: value for name, value in ANN.items() if name != "copy"}
    assert read_registration(registration(recipients=[ann])).recipients[0].copy == 0


def test_recipients_links_and_subject_may_be_empty() -> None:
    read = read_registration(registration(subject="", recipients=[], links=[]))
    assert (read.subject, read.recipients, read.links) == ("", (), ())


def test_a_mail_has_a_pixel_by_default() -> None:
    assert read_registration(registration()).pixel
    assert not read_registration(registration(pixel=False)).pixel


def test_times_become_seconds() -> None:
    read = read_registration(registration(scheduled_for="2026-11-01T10:30:00.250+01:00"))
    assert read.scheduled_for == read.sent_at == 1793525400.25


@pytest.mark.parametrize("name", ["draft_id", "thread_id", "gmail_message_id", "gmail_account"])
def test_gmail_ids_are_optional(name: str) -> None:
    body = registration()
    del body[name]
    assert getattr(read_registration(body), name) is None


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"subject": "x" * (MAX_SUBJECT + 1)}, "subject"),
        ({"level": "some"}, "level"),
        ({"now": "yesterday"}, "now"),
        ({"now": 5}, "now"),
        ({"recipients": [{**ANN, "kind": "from"}]}, r"recipients\[0\].kind"),
        ({"recipients": [ANN, {**ANN, "address": ""}]}, r"recipients\[1\].address"),
        ({"recipients": [{**ANN, "copy": 65536}]}, r"recipients\[0\].copy"),
        ({"recipients": [ANN] * 501}, "recipients"),
        ({"links": [{"n": 0, "url": URL}]}, r"links\[0\].n"),
        ({"links": [{"n": 1, "url": "javascript:alert(1)"}]}, r"links\[0\].url"),
        ({"links": [{"n": 1, "url": "https://ann@example.com/"}]}, r"links\[0\].url"),
        ({"links": [{"n": at, "url": URL} for at in range(1, 502)]}, "links"),
    ],
)
def test_an_invalid_field_is_named_with_its_path(change: dict[str, object], named: str) -> None:
    with pytest.raises(BadRequestError, match=f"^{named} must be "):
        read_registration(registration(**change))


def test_two_links_with_the_same_number_are_refused() -> None:
    links = [{"n": 1, "url": URL}, {"n": 1, "url": "https://example.org/"}]
    with pytest.raises(BadRequestError, match="links must not contain the same number twice"):
        read_registration(registration(links=links))


def test_the_senders_clock_is_optional() -> None:
    assert read_registration(registration()).now is None
    assert read_registration(registration(now=None)).now is None
    assert read_registration(registration(now="2026-11-01T09:30:00.250Z")).now == 1793525400.25


def sending(sent_at: float, now: float | None, scheduled_for: float | None = None) -> Registration:
    body = read_registration(registration())
    return replace(body, sent_at=sent_at, now=now, scheduled_for=scheduled_for)


def test_times_without_the_senders_clock_stay() -> None:
    for one in (sending(SENT, None), sending(SENT, None, SENT + DAY)):
        assert by_server_clock(one, SENT + HOUR) == one


@given(OFFSETS, DELAYS)
def test_a_wrong_clock_is_corrected(offset: float, delay: float) -> None:
    read = by_server_clock(sending(SENT + offset, SENT + delay + offset), SENT + delay)
    assert read.sent_at <= SENT + 1e-3
    assert read.sent_at >= SENT - TRAVEL_SECONDS - 1e-3


@given(st.floats(0, TRAVEL_SECONDS))
def test_the_travel_of_a_request_does_not_make_the_mail_later(travel: float) -> None:
    assert by_server_clock(sending(SENT, SENT), SENT + travel).sent_at == SENT


@given(MOMENTS, st.none() | MOMENTS, MOMENTS)
def test_a_mail_was_sent_no_later_than_it_was_registered(
    sent_at: float, now: float | None, received_at: float
) -> None:
    read = by_server_clock(sending(sent_at, now), received_at)
    assert EARLIEST <= read.sent_at <= received_at


@given(MOMENTS, st.none() | MOMENTS, MOMENTS, MOMENTS)
def test_a_scheduled_time_never_becomes_later(
    sent_at: float, now: float | None, scheduled_for: float, received_at: float
) -> None:
    read = by_server_clock(sending(sent_at, now, scheduled_for), received_at)
    assert read.scheduled_for is not None
    assert EARLIEST <= read.scheduled_for <= scheduled_for
    assert EARLIEST <= read.sent_at <= LATEST


def test_a_fast_clock_makes_the_scheduled_time_earlier() -> None:
    read = by_server_clock(sending(SENT, SENT + HOUR, SENT + DAY), SENT)
    assert (read.sent_at, read.scheduled_for) == (SENT - HOUR, SENT + DAY - HOUR)
