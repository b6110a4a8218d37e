"""Devices, what is kept how long, the data that judging rests on, and what makes an alert."""

from dataclasses import dataclass
from pathlib import Path

from starlette.responses import RedirectResponse, Response

from sealbreak_server import datafiles
from sealbreak_server.alerts import DAY, KINDS
from sealbreak_server.errors import BadRequestError, NotFoundError
from sealbreak_server.storage import accounts, attention
from sealbreak_server.web.pages.frame import Frame, Visit

SWITCHES = {
    "opened": "A mail is opened",
    "clicked": "A link is followed",
    "corrected": "What was told turns out otherwise",
    "hot": "A mail is opened again and again",
    "revived": "An old mail is opened again",
    "reminder": "A mail stays unopened",
    "digest": "Once a day, what happened",
}
FILES = {
    datafiles.COUNTRY: "Countries of networks",
    datafiles.EGRESS: "Apple's Private Relay",
    datafiles.PREFIXES: "Owners of networks",
}
HERE = "/history/settings"


@dataclass(frozen=True, slots=True)
class DataFile:
    name: str
    age: int | None
    """Days; `None` when it is not there."""


class SettingsPage:
    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._parts = frame.parts

    async def show(self, visit: Visit) -> Response:
        read, account = self._parts.storage.read, visit.caller.account
        devices = await read(accounts.devices, account)
        now = self._parts.clock()
        return self._frame.show(
            visit,
            "settings.html",
            devices=[device for device in devices if device.revoked_at is None],
            wishes=await read(attention.of, account),
            muted=await read(attention.muted_recipients, account),
            switches={kind: SWITCHES.get(kind, kind) for kind in KINDS},
            keep_days=self._parts.settings.keep_days,
            files=[_file(name, self._parts.settings.data, now) for name in FILES],
            saved="saved" in visit.request.query_params,
        )

    async def save_alerts(self, visit: Visit) -> Response:
        now = self._parts.clock()
        wanted = read_alerts_form(visit.fields)
        write = self._parts.storage.write
        await write(attention.put_alerts, visit.caller.account, wanted, now)
        return _back()

    async def unmute(self, visit: Visit) -> Response:
        write, address = self._parts.storage.write, visit.fields.get("address", "")
        await write(attention.unmute_recipient, visit.caller.account, address)
        return _back()

    async def revoke(self, visit: Visit) -> Response:
        device, now = visit.fields.get("device", ""), self._parts.clock()
        write = self._parts.storage.write
        if not await write(accounts.revoke, visit.caller.account, device, now):
            raise NotFoundError("There is no such device, or it was revoked before.")
        self._parts.feed.wake([visit.caller.owner])
        return RedirectResponse(HERE, 303)


def _back() -> Response:
    return RedirectResponse(f"{HERE}?saved", 303)


def _file(name: str, folder: Path, now: float) -> DataFile:
    found = datafiles.find(name, folder)
    age = int((now - found.stat().st_mtime) // DAY) if found else None
    return DataFile(FILES[name], age)


def read_alerts_form(fields: dict[str, str]) -> dict[str, object]:
    """The `alerts` object of the API. A box that is not ticked is not sent."""
    begin, end = fields.get("quiet_from", ""), fields.get("quiet_until", "")
    if bool(begin) != bool(end):
        raise BadRequestError("Quiet hours need a beginning and an end, or neither.")
    return {
        **{kind: kind in fields for kind in KINDS},
        "reminder_days": _whole(fields, "reminder_days"),
        "digest_hour": _whole(fields, "digest_hour"),
        "time_zone": fields.get("time_zone", "").strip(),
        "quiet_hours": {"from": begin, "until": end} if begin else None,
    }


def _whole(fields: dict[str, str], name: str) -> int:
    text = fields.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 4):
        raise BadRequestError(f"{name} must be a whole number.")
    return int(text)
