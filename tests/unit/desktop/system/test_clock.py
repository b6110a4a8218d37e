import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sealbreak_desktop.system.clock import LOCAL, ClockJump, now
from sealbreak_desktop.text import format_time


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "Europe/Berlin")
        time.tzset()
        yield
    time.tzset()


def test_a_sleep_of_the_machine_is_noticed_once() -> None:
    clocks = ClockJump(wall=1000, monotonic=0)
    assert not clocks.happened(wall=1005, monotonic=5)
    assert clocks.happened(wall=1065, monotonic=10)
    assert not clocks.happened(wall=1070, monotonic=15)


def test_a_clock_set_back_is_no_sleep() -> None:
    assert not ClockJump(wall=1000, monotonic=0).happened(wall=400, monotonic=5)


def test_the_time_is_now(berlin: None) -> None:
    assert abs(now() - datetime.now(UTC)) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("moment", "local"),
    [
        ("2026-07-01T10:00:00Z", "2026-07-01T12:00:00+02:00"),
        ("2026-12-01T10:00:00Z", "2026-12-01T11:00:00+01:00"),
        ("2026-10-25T00:30:00Z", "2026-10-25T02:30:00+02:00"),
        ("2026-10-25T01:30:00Z", "2026-10-25T02:30:00+01:00"),
    ],
)
def test_each_date_has_the_offset_of_its_season(berlin: None, moment: str, local: str) -> None:
    there = datetime.fromisoformat(moment).astimezone(LOCAL)
    assert there.isoformat() == local
    assert there.astimezone(UTC) == datetime.fromisoformat(moment)


def test_a_time_of_last_summer_keeps_the_hour_it_had(berlin: None) -> None:
    opened = datetime(2026, 10, 24, 7, 30, tzinfo=UTC)
    assert format_time(opened, datetime(2026, 10, 25, 12, 0, tzinfo=LOCAL)) == "Sat 09:30"
