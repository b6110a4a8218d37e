import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sealbreak_desktop.system.clock import LOCAL, ClockJump, now, zone_name
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


@pytest.mark.parametrize(
    ("target", "name"),
    [
        ("/usr/share/zoneinfo/Europe/Berlin", "Europe/Berlin"),
        ("../usr/share/zoneinfo/America/Argentina/Salta", "America/Argentina/Salta"),
        ("/usr/share/zoneinfo/UTC", "UTC"),
        ("/etc/somewhere", ""),
    ],
)
def test_the_zone_has_the_name_that_the_system_gives_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str, name: str
) -> None:
    monkeypatch.delenv("TZ", raising=False)
    link = tmp_path / "localtime"
    link.symlink_to(target)
    assert zone_name(link) == name


def test_without_a_name_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TZ", raising=False)
    assert zone_name(tmp_path / "localtime") == ""
    monkeypatch.setenv("TZ", "CET-1CEST")
    assert zone_name(tmp_path / "localtime") == ""
    monkeypatch.setenv("TZ", "Europe/Berlin")
    assert zone_name(tmp_path / "localtime") == "Europe/Berlin"
