from datetime import time
from typing import Any

import pytest
from sealbreak_server.errors import BadRequestError
from sealbreak_server.model.preferences import Preferences, QuietHours
from sealbreak_server.model.preferences_body import (
    preferences_body,
    read_preferences,
    stored_preferences,
)


def test_preferences_survive_a_round_trip() -> None:
    preferences = Preferences(
        opened=False, digest=True, digest_hour=18, reminder_days=7, time_zone="Europe/Berlin",
        quiet_hours=QuietHours(time(22, 30), time(7)),
    )  # fmt: skip
    assert read_preferences(preferences_body(preferences), Preferences()) == preferences


def test_fields_that_are_left_out_keep_their_value() -> None:
    today = Preferences(hot=False, quiet_hours=QuietHours(time(22), time(7)))
    changed = read_preferences({"clicked": False}, today)
    assert (changed.hot, changed.clicked, changed.quiet_hours) == (False, False, today.quiet_hours)


def test_quiet_hours_can_be_removed() -> None:
    today = Preferences(quiet_hours=QuietHours(time(22), time(7)))
    assert read_preferences({"quiet_hours": None}, today).quiet_hours is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("opened", "yes"),
        ("reminder_days", 0),
        ("reminder_days", True),
        ("digest_hour", 24),
        ("time_zone", "Mars/Olympus"),
        ("time_zone", "../UTC"),
        ("quiet_hours", "night"),
    ],
)
def test_a_wrong_field_is_named(field: str, value: Any) -> None:
    with pytest.raises(BadRequestError, match=f"alerts.{field}"):
        read_preferences({field: value}, Preferences())


@pytest.mark.parametrize("clock", ["24:00", "7:00", "07:60", "0700", "٠٧:٠٠", None])
def test_a_wrong_time_of_day_is_named(clock: Any) -> None:
    with pytest.raises(BadRequestError, match=r"quiet_hours\.until"):
        read_preferences({"quiet_hours": {"from": "22:00", "until": clock}}, Preferences())


@pytest.mark.parametrize("value", [None, [], "on", 5])
def test_alerts_must_be_an_object(value: object) -> None:
    with pytest.raises(BadRequestError, match="alerts must be an object"):
        read_preferences(value, Preferences())


def test_a_stored_time_zone_may_be_unknown() -> None:
    assert stored_preferences({"time_zone": "Mars/Olympus"}) == Preferences(
        time_zone="Mars/Olympus"
    )
