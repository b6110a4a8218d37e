"""Which events make no pop-up, and why."""

from datetime import UTC, datetime, time

import pytest
from sealbreak_server.events.quiet import QUIET_WORDS, QuietReason, quiet_reason
from sealbreak_server.model.preferences import Mutes, Preferences, QuietHours

MONDAY = datetime(2026, 11, 23, tzinfo=UTC).timestamp()
NIGHT = QuietHours(time(22), time(7))
ANN = ("ann@example.com",)


def at(hour: float) -> float:
    return MONDAY + hour * 3600


def test_every_reason_has_words() -> None:
    assert set(QUIET_WORDS) == set(QuietReason)


def test_by_default_an_open_pops_up() -> None:
    assert quiet_reason("opened", Preferences(), Mutes(), ANN, at(3)) is None


def test_a_kind_that_is_switched_off_is_quiet() -> None:
    assert (
        quiet_reason("opened", Preferences(opened=False), Mutes(), ANN, 0)
        is QuietReason.SWITCHED_OFF
    )
    assert quiet_reason("clicked", Preferences(opened=False), Mutes(), ANN, 0) is None


def test_a_kind_of_a_later_version_has_no_switch_and_pops_up() -> None:
    assert quiet_reason("something-new", Preferences(), Mutes(), ANN, 0) is None


def test_a_muted_message_is_quiet() -> None:
    assert (
        quiet_reason("opened", Preferences(), Mutes(message=True), ANN, 0)
        is QuietReason.MUTED_MESSAGE
    )


def test_a_muted_recipient_is_quiet_however_the_address_is_written() -> None:
    mutes = Mutes(recipients=frozenset(ANN))
    assert (
        quiet_reason("clicked", Preferences(), mutes, ["Ann@Example.com"], 0)
        is QuietReason.MUTED_RECIPIENT
    )


def test_one_reader_who_is_not_muted_is_enough() -> None:
    mutes = Mutes(recipients=frozenset(ANN))
    assert quiet_reason("opened", Preferences(), mutes, [*ANN, "ben@example.com"], 0) is None


def test_without_known_readers_nobody_is_muted() -> None:
    assert quiet_reason("opened", Preferences(), Mutes(recipients=frozenset(ANN)), [], 0) is None


def test_a_snooze_ends() -> None:
    mutes = Mutes(snoozed_until=at(9))
    assert quiet_reason("opened", Preferences(), mutes, ANN, at(8.9)) is QuietReason.SNOOZED
    assert quiet_reason("opened", Preferences(), mutes, ANN, at(9)) is None


@pytest.mark.parametrize(
    ("hour", "quiet"), [(21.9, False), (22, True), (0, True), (6.9, True), (7, False)]
)
def test_quiet_hours_may_pass_midnight(hour: float, quiet: bool) -> None:
    reason = quiet_reason("opened", Preferences(quiet_hours=NIGHT), Mutes(), ANN, at(hour))
    assert (reason is QuietReason.QUIET_HOURS) is quiet


@pytest.mark.parametrize(("hour", "quiet"), [(11.9, False), (12, True), (13, False)])
def test_quiet_hours_may_lie_within_a_day(hour: float, quiet: bool) -> None:
    noon = Preferences(quiet_hours=QuietHours(time(12), time(13)))
    assert (quiet_reason("opened", noon, Mutes(), ANN, at(hour)) is not None) is quiet


@pytest.mark.parametrize(("zone", "quiet"), [("UTC", False), ("+02:00", True), ("-05:00", False)])
def test_quiet_hours_are_the_accounts_own(zone: str, quiet: bool) -> None:
    night = Preferences(quiet_hours=NIGHT, time_zone=zone)
    assert (quiet_reason("opened", night, Mutes(), ANN, at(21)) is not None) is quiet
