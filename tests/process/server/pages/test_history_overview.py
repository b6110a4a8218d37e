from datetime import UTC
from zoneinfo import ZoneInfo

from sealbreak_server.storage.lists.charts import Days, Span
from sealbreak_server.storage.totals import QUARTER
from sealbreak_server.web.pages.history.overview import WAITS, by_hour, named, rates

TWENTY = Days(20833, 20)
"""Days from 15 January 2027."""
MONDAY_NINE = 1_799_658_000 // QUARTER
"""11 January 2027, 09:00 UTC, in quarters of an hour."""


def span(number: int, **counts: int) -> Span:
    return Span(
        **{
            "number": number,
            "sent": 4,
            "knowable": 4,
            "opened": 3,
            "linked": 2,
            "clicked": 1,
            **counts,
        }
    )


def test_each_column_has_a_text_alternative() -> None:
    drawn = rates([span(0)], 2, TWENTY)
    assert "3 of 4 mails opened, 1 of 2 with links clicked" in drawn


def test_a_period_without_mails_has_no_rate() -> None:
    drawn = rates([span(0)], 2, TWENTY)
    assert "From 25 Jan: nothing sent" in drawn


def test_mails_without_links_have_no_click_rate() -> None:
    assert "with links" not in rates([span(0, linked=0, clicked=0)], 1, TWENTY)


def test_each_wait_has_a_label() -> None:
    counts = list(range(len(WAITS)))
    assert list(named(counts))[-1] == "later"


def test_opens_are_counted_by_the_hour_of_the_readers_zone() -> None:
    opens = [(MONDAY_NINE, 2), (MONDAY_NINE + 1, 1)]
    assert by_hour(opens, UTC) == {(0, 9): 3}
    assert by_hour(opens, ZoneInfo("Asia/Tokyo")) == {(0, 18): 3}
