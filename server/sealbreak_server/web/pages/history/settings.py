"""The settings: notifications, mutes, devices, webhooks, retention and data files."""

from dataclasses import dataclass
from pathlib import Path

from starlette.responses import RedirectResponse, Response

from sealbreak_server.classification.evidence import data_files
from sealbreak_server.errors import BadRequestError, NotFoundError
from sealbreak_server.model.event_kinds import EVENT_KINDS, KINDS
from sealbreak_server.model.preferences import DAY, Preferences
from sealbreak_server.model.webhook import LONGEST_URL
from sealbreak_server.model.webhook_templates import JSON
from sealbreak_server.storage import accounts
from sealbreak_server.storage.events import webhook_deliveries
from sealbreak_server.storage.lists import search
from sealbreak_server.storage.lists.search import Show, Wanted
from sealbreak_server.storage.preferences import (
    mute_message,
    mute_recipient,
    muted_recipients,
    preferences_of,
    put_preferences,
    snooze,
    unmute_recipient,
)
from sealbreak_server.web.pages.base import PageRenderer, PageRequest
from sealbreak_server.web.pages.history.people import read_address

FILES = {
    data_files.COUNTRY: "Countries of networks",
    data_files.EGRESS: "Apple's Private Relay",
    data_files.PREFIXES: "Owners of networks",
}
HERE = "/history/settings"
HOUR = 3600
PAUSES = {"1": "an hour", "4": "4 hours", "12": "12 hours", "24": "a day", "72": "3 days",
          "168": "a week"}  # fmt: skip
"""By number of hours."""
MAX_MUTED = 20
QUIET_FROM = ("quiet_from", "The start of the quiet hours")
QUIET_UNTIL = ("quiet_until", "The end of the quiet hours")
LABELS = {
    "reminder_days": ("reminder_days", "The days without an open"),
    "digest_hour": ("digest_hour", "The hour of the daily summary"),
    "time_zone": ("time_zone", "The time zone"),
    "quiet_from": QUIET_FROM,
    "quiet_until": QUIET_UNTIL,
    "quiet_hours.from": QUIET_FROM,
    "quiet_hours.until": QUIET_UNTIL,
    "url": ("url", "The address"),
}
"""By the API's name of a field: its name in the form, and its label in error messages."""


@dataclass(frozen=True, slots=True)
class DataFile:
    name: str
    age: int | None
    """In days; `None` if the file is missing."""


@dataclass(frozen=True, slots=True)
class Mistake:
    section: str
    words: str
    field: str = ""


NO_MISTAKE = Mistake("", "")


class SettingsPage:
    def __init__(self, renderer: PageRenderer) -> None:
        self._renderer = renderer
        self._services = renderer.services

    async def show(self, page_request: PageRequest) -> Response:
        return await self._page(page_request, NO_MISTAKE)

    async def _page(self, page_request: PageRequest, mistake: Mistake) -> Response:
        read, account = self._services.storage.read, page_request.principal.account
        devices = await read(accounts.devices, account)
        account_preferences = await read(preferences_of, account)
        typed = (
            page_request.fields
            if mistake.section == "alerts"
            else preferences_form(account_preferences.preferences)
        )
        now = self._services.clock()
        muted = await read(search.page, account, MAX_MUTED, Wanted(show=Show.MUTED))
        snoozed = account_preferences.snoozed_until
        return self._renderer.show(
            page_request,
            "settings.html",
            400 if mistake.section else 200,
            mistake=mistake,
            sent=page_request.fields,
            devices=[device for device in devices if device.revoked_at is None],
            typed=typed,
            snoozed_until=snoozed if snoozed is not None and snoozed > now else None,
            pauses=PAUSES,
            muted=await read(muted_recipients, account),
            muted_messages=muted.found,
            more_muted=muted.next is not None,
            webhooks=await read(webhook_deliveries.webhooks, account),
            switches={kind.name: kind.preference for kind in EVENT_KINDS},
            keep_days=self._services.settings.keep_days,
            files=[_file(name, self._services.settings.data, now) for name in FILES],
            saved="saved" in page_request.request.query_params,
        )

    async def save_preferences(self, page_request: PageRequest) -> Response:
        now, write = self._services.clock(), self._services.storage.write
        try:
            wanted = read_preferences_form(page_request.fields)
            await write(put_preferences, page_request.principal.account, wanted, now)
        except BadRequestError as error:
            return await self._page(page_request, mistake_of("alerts", error.message))
        return self._done(page_request, "alerts")

    async def snooze(self, page_request: PageRequest) -> Response:
        hours = page_request.fields.get("hours", "")
        if hours not in PAUSES and hours != "0":
            return await self._page(page_request, Mistake("pause", "Choose how long to pause."))
        until = self._services.clock() + int(hours) * HOUR if hours != "0" else None
        await self._services.storage.write(snooze, page_request.principal.account, until)
        return self._done(page_request, "pause")

    async def mute(self, page_request: PageRequest) -> Response:
        try:
            address = read_address(page_request.fields)
        except BadRequestError as error:
            return await self._page(page_request, Mistake("mutes", error.message, "address"))
        write = self._services.storage.write
        await write(mute_recipient, page_request.principal.account, address)
        return self._done(page_request, "mutes")

    async def unmute(self, page_request: PageRequest) -> Response:
        write, account = self._services.storage.write, page_request.principal.account
        if message := page_request.fields.get("message", ""):
            await write(mute_message, account, message, False)
        else:
            await write(unmute_recipient, account, page_request.fields.get("address", ""))
        return self._done(page_request, "mutes")

    async def revoke(self, page_request: PageRequest) -> Response:
        device, now = page_request.fields.get("device", ""), self._services.clock()
        write = self._services.storage.write
        if not await write(accounts.revoke, page_request.principal.account, device, now):
            raise NotFoundError("There is no such device, or it was already revoked.")
        return self._done(page_request, "devices")

    async def add_webhook(self, page_request: PageRequest) -> Response:
        url, allowed = (
            page_request.fields.get("url", "").strip(),
            self._services.settings.webhook_networks,
        )
        write, now = self._services.storage.write, self._services.clock()
        try:
            await write(
                webhook_deliveries.add,
                page_request.principal.account,
                url[:LONGEST_URL],
                allowed,
                now,
                page_request.fields.get("template", JSON),
            )
        except BadRequestError as error:
            return await self._page(page_request, mistake_of("webhooks", error.message))
        return self._done(page_request, "webhooks")

    async def enable_webhook(self, page_request: PageRequest) -> Response:
        write, webhook = self._services.storage.write, page_request.fields.get("webhook", "")
        await write(webhook_deliveries.enable, page_request.principal.account, webhook)
        return self._done(page_request, "webhooks")

    async def remove_webhook(self, page_request: PageRequest) -> Response:
        write, webhook = self._services.storage.write, page_request.fields.get("webhook", "")
        if not await write(webhook_deliveries.remove, page_request.principal.account, webhook):
            raise NotFoundError("There is no such webhook, or it was already removed.")
        return self._done(page_request, "webhooks")

    def _done(self, page_request: PageRequest, section: str) -> Response:
        """Wakes the live connections, so that other devices get the change."""
        self._services.feed.wake([page_request.principal.owner])
        return RedirectResponse(f"{HERE}?saved={section}#{section}", 303)


def mistake_of(section: str, words: str) -> Mistake:
    """An error message of the API, with the form's label in place of the field's name."""
    name, blank, rest = words.removeprefix("alerts.").partition(" ")
    if name not in LABELS:
        return Mistake(section, words)
    field, label = LABELS[name]
    return Mistake(section, f"{label}{blank}{rest}", field)


def preferences_form(preferences: Preferences) -> dict[str, str]:
    """The fields as the form posts them."""
    hours = preferences.quiet_hours
    return {
        **{kind: "on" for kind in KINDS if preferences.wants(kind)},
        "reminder_days": str(preferences.reminder_days),
        "digest_hour": str(preferences.digest_hour),
        "time_zone": preferences.time_zone,
        "quiet_from": f"{hours.begin:%H:%M}" if hours else "",
        "quiet_until": f"{hours.end:%H:%M}" if hours else "",
    }


def _file(name: str, folder: Path, now: float) -> DataFile:
    found = data_files.find(name, folder)
    age = int((now - found.stat().st_mtime) // DAY) if found else None
    return DataFile(FILES[name], age)


def read_preferences_form(fields: dict[str, str]) -> dict[str, object]:
    """The API's `alerts` object. Browsers do not post an unticked box."""
    begin, end = fields.get("quiet_from", ""), fields.get("quiet_until", "")
    if bool(begin) != bool(end):
        missing = "quiet_until" if begin else "quiet_from"
        raise BadRequestError(f"{missing} must be a time of day too, or both must be empty.")
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
