from zoneinfo import ZoneInfo

from sealbreak_server.web.pages.times import format_exact, format_time, with_times


def test_a_time_is_formatted_in_utc() -> None:
    assert format_time(1_800_000_000.5) == "15 Jan 2027, 08:00 UTC"


def test_a_day_has_no_leading_zero() -> None:
    assert format_time(0) == "1 Jan 1970, 00:00 UTC"


def test_an_exact_time_has_milliseconds_and_its_zone() -> None:
    assert format_exact(1_800_000_000.5) == "2027-01-15 08:00:00.500 UTC"
    assert format_exact(1_800_000_000.5, ZoneInfo("Asia/Tokyo")) == "2027-01-15 17:00:00.500+09:00"


def test_an_exact_time_is_rounded_to_what_it_shows() -> None:
    assert format_exact(1_800_000_000.9996) == "2027-01-15 08:00:01.000 UTC"


def test_the_times_in_a_sentence_of_a_check_become_elements() -> None:
    said = "Gmail reached <this> at 2027-01-15 08:00 UTC."
    assert with_times(said) == (
        'Gmail reached &lt;this&gt; at <time datetime="2027-01-15T08:00:00Z">'
        "2027-01-15 08:00 UTC</time>."
    )
