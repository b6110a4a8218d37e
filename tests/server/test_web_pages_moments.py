from sealbreak_server.web.pages.moments import moment


def test_a_moment_is_written_for_people_in_utc() -> None:
    assert moment(1_800_000_000.5) == "15 Jan 2027, 08:00 UTC"


def test_a_day_has_no_leading_zero() -> None:
    assert moment(0) == "1 Jan 1970, 00:00 UTC"
