"""Preferences as JSON: the `alerts` object of the API."""

import re
from datetime import time
from typing import Any

from sealbreak_server.errors import BadRequestError
from sealbreak_server.model.event_kinds import KINDS
from sealbreak_server.model.fields import Fields
from sealbreak_server.model.preferences import Preferences, QuietHours, zone_of

MAX_REMINDER_DAYS = 90
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")


def read_preferences(value: object, current: Preferences) -> Preferences:
    """Fields that are left out keep their `current` value. Raises `BadRequestError`."""
    if not isinstance(value, dict):
        raise BadRequestError("alerts must be an object.")
    preferences = stored_preferences({**preferences_body(current), **value})
    try:
        zone_of(preferences.time_zone)
    except ValueError:
        raise BadRequestError(
            "alerts.time_zone must be a zone such as Europe/Berlin, UTC or +02:00."
        ) from None
    return preferences


def stored_preferences(value: dict[str, Any]) -> Preferences:
    """Accepts unknown time zones, as the machine that stored them may have known them."""
    wanted = {**preferences_body(Preferences()), **value}
    fields = Fields(wanted, "alerts.")
    return Preferences(
        **{kind: fields.switch(kind) for kind in KINDS},
        reminder_days=fields.number("reminder_days", 1, MAX_REMINDER_DAYS),
        digest_hour=fields.number("digest_hour", 0, 23),
        time_zone=fields.text("time_zone", 64),
        quiet_hours=_quiet_hours(wanted["quiet_hours"]),
    )


def preferences_body(preferences: Preferences) -> dict[str, Any]:
    hours = preferences.quiet_hours
    return {
        **{kind: getattr(preferences, kind) for kind in KINDS},
        "reminder_days": preferences.reminder_days,
        "digest_hour": preferences.digest_hour,
        "time_zone": preferences.time_zone,
        "quiet_hours": hours and {"from": f"{hours.begin:%H:%M}", "until": f"{hours.end:%H:%M}"},
    }


def _quiet_hours(value: object) -> QuietHours | None:
    if value is None:
        return None
    fields = Fields(value, "alerts.quiet_hours.")
    return QuietHours(_clock(fields, "from"), _clock(fields, "until"))


def _clock(fields: Fields, name: str) -> time:
    found = _CLOCK.fullmatch(fields.text(name, 5))
    if found is None:
        raise fields.fail(name, "a time of day such as 22:00")
    return time(int(found[1]), int(found[2]))
