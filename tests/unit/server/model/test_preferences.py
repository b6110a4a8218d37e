"""Time zones, also those that this machine does not know."""

from datetime import UTC, datetime

import pytest
from sealbreak_server.model.preferences import Preferences, zone_of

MONDAY = datetime(2026, 11, 23, tzinfo=UTC).timestamp()


def test_a_named_zone_knows_summer_time() -> None:
    berlin = Preferences(time_zone="Europe/Berlin")
    assert berlin.local(MONDAY).hour == 1
    assert berlin.local(datetime(2026, 7, 1, tzinfo=UTC).timestamp()).hour == 2


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../../etc/passwd", "+2", "+99:00", "a\0b"])
def test_a_zone_that_does_not_exist_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"zone|data|offset"):
        zone_of(name)


def test_a_stored_zone_that_is_unknown_here_is_read_as_utc() -> None:
    assert Preferences(time_zone="Mars/Olympus").local(MONDAY).hour == 0
