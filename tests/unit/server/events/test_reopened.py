"""Opens after the first: which of them make an event."""

from datetime import UTC, datetime

from sealbreak_server.events.reopened import Open, Reopened, reopened
from sealbreak_server.model.preferences import DAY

MONDAY = datetime(2026, 11, 23, tzinfo=UTC).timestamp()


def opens(*minutes: float, network: str | None = None) -> list[Open]:
    return [Open(MONDAY + 60 * minute, network) for minute in minutes]


def found(*minutes: float, readers: int = 1, hot_at: float | None = None) -> Reopened | None:
    all_opens = opens(*minutes)
    return reopened(all_opens, all_opens[-2].time, hot_at, readers)


def kind_of(*minutes: float, readers: int = 1, hot_at: float | None = None) -> str | None:
    event = found(*minutes, readers=readers, hot_at=hot_at)
    return event.kind if event else None


def on(*networks: str | None, readers: int = 1) -> Reopened | None:
    """Opens five minutes apart, each on a network."""
    all_opens = [Open(MONDAY + 300 * at, network) for at, network in enumerate(networks)]
    return reopened(all_opens, MONDAY, None, readers)


def test_a_second_open_only_counts() -> None:
    assert kind_of(0, 40) is None


def test_three_opens_within_an_hour_are_hot() -> None:
    event = found(0, 20, 59)
    assert event == Reopened("hot", "Opened 3 times within an hour")


def test_three_opens_in_more_than_an_hour_are_not() -> None:
    assert kind_of(0, 20, 61) is None
    assert kind_of(0, 20, 60) is None


def test_three_people_who_open_a_shared_copy_once_make_it_not_hot() -> None:
    assert kind_of(0, 10, 20, readers=3) is None
    assert kind_of(0, 10, 20, 30, 40, readers=3) == "hot"


def test_a_copy_is_hot_once_a_day() -> None:
    assert kind_of(0, 10, 20, 30, hot_at=MONDAY + 1200) is None
    assert kind_of(0, 10, 20, 30, hot_at=MONDAY - DAY) == "hot"
    assert kind_of(0, 10, 20, hot_at=MONDAY + 1200 - DAY) == "hot"


def test_two_networks_are_hot() -> None:
    event = on("192.0.0.0/16", "198.51.0.0/16")
    assert event == Reopened("hot", "Opened from 2 networks within a day")


def test_the_two_ip_versions_of_a_line_are_one_network() -> None:
    assert on("192.0.0.0/16", "2001:db8::/32") is None


def test_a_network_that_hides_the_reader_is_none() -> None:
    assert on("192.0.0.0/16", None) is None


def test_two_readers_are_expected_on_two_networks() -> None:
    assert on("192.0.0.0/16", "198.51.0.0/16", readers=2) is None


def test_a_network_of_the_day_before_yesterday_is_none() -> None:
    far = [Open(MONDAY, "192.0.0.0/16"), Open(MONDAY + DAY, "198.51.0.0/16")]
    assert reopened(far, MONDAY, None, 1) is None


def test_after_fourteen_quiet_days_a_mail_is_revived() -> None:
    late = [Open(MONDAY + 21 * DAY)]
    assert reopened(late, MONDAY, None, 1) == Reopened(
        "revived", "Opened again after 21 quiet days"
    )
    assert reopened([Open(MONDAY + 13 * DAY)], MONDAY, None, 1) is None
    assert reopened([Open(MONDAY + 14 * DAY)], MONDAY, None, 1) is not None
