"""The account's wishes between JSON and their value: the `alerts` object of the API."""

import re
from datetime import time
from typing import Any

from sealbreak_server.alerts import KINDS, Alerts, QuietHours, zone_of
from sealbreak_server.errors import BadRequestError
from sealbreak_server.fields import Fields

MOST_DAYS = 90
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")


def read_alerts(value: object, today: Alerts) -> Alerts:
    """What is left out stays as it is `today`. Raises `BadRequestError`."""
    if not isinstance(value, dict):
        raise BadRequestError("alerts must be an object.")
    alerts = stored_alerts({**alerts_body(today), **value})
    try:
        zone_of(alerts.time_zone)
    except ValueError:
        raise BadRequestError(
            "alerts.time_zone must be a zone such as Europe/Berlin, UTC or +02:00."
        ) from None
    return alerts


def stored_alerts(value: dict[str, Any]) -> Alerts:
    """The time zone need not be known on this machine: it was on the one that stored it."""
    wanted = {**alerts_body(Alerts()), **value}
    fields = Fields(wanted, "alerts.")
    return Alerts(
        **{kind: fields.switch(kind) for kind in KINDS},
        reminder_days=fields.number("reminder_days", 1, MOST_DAYS),
        digest_hour=fields.number("digest_hour", 0, 23),
        time_zone=fields.text("time_zone", 64),
        quiet_hours=_quiet_hours(wanted["quiet_hours"]),
    )


def alerts_body(alerts: Alerts) -> dict[str, Any]:
    hours = alerts.quiet_hours
    return {
        **{kind: getattr(alerts, kind) for kind in KINDS},
        "reminder_days": alerts.reminder_days,
        "digest_hour": alerts.digest_hour,
        "time_zone": alerts.time_zone,
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
