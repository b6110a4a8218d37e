"""What the first steps show and do, whichever way the page was reached."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import segno
from starlette.responses import PlainTextResponse, Response

from sealbreak_server.checks.finding import Finding, Status
from sealbreak_server.checks.judgements.address import NOBODY_YET
from sealbreak_server.checks.judgements.self_test import TOPIC
from sealbreak_server.checks.judgements.set_up import (
    Action,
    Address,
    Situation,
    State,
    Told,
    fits,
    next_action,
)
from sealbreak_server.checks.words import when
from sealbreak_server.errors import ExtensionError
from sealbreak_server.security.reachability import reach
from sealbreak_server.services import Services
from sealbreak_server.storage import accounts, set_ups
from sealbreak_server.storage.accounts import SET_UP, DeviceRow
from sealbreak_server.storage.lists.gmail_accounts import gmail_accounts
from sealbreak_server.web import installation
from sealbreak_server.web.pages.first_steps.address_check import AddressCheck
from sealbreak_server.web.responses import NO_STORE
from sealbreak_server.web.self_tests import SelfTests, compose_url

CODES_SECONDS = 3600
"""Codes are made for so long after the server's start, or after the link was made."""
PROXIES = {
    Situation.OFFICE: ("--host 0.0.0.0", "--public-url http://192.168.1.4:8787"),
    Situation.TUNNEL: (
        "--public-url https://machine.tailnet.ts.net", "--trusted-proxies 127.0.0.1/32"
    ),
    Situation.ELSEWHERE: (
        "--public-url https://track.example.com", "--trusted-proxies 127.0.0.1/32"
    ),
}  # fmt: skip
"""The settings of each situation, with an example's name."""
WANTED = (Action.PHONE, Action.TEST)
"""Actions that need a test mail."""


@dataclass(frozen=True, slots=True)
class Door:
    """How the page was reached."""

    name: str
    """A code that was made at one door is not shown at another."""
    here: str
    """Where this browser reaches the server."""
    makes_codes: bool
    is_local: bool


@dataclass(frozen=True, slots=True)
class Code:
    text: str
    made_at: float


@dataclass(frozen=True, slots=True)
class Known:
    """What is so at this moment."""

    state: State
    devices: list[DeviceRow]
    findings: dict[str, Finding] = field(default_factory=dict)
    """On the test mail and on other devices, by topic."""


class Steps:
    def __init__(self, services: Services) -> None:
        self._services = services
        self._self_tests = SelfTests(services)
        self._check = AddressCheck(services)
        self._codes: dict[str, Code] = {}
        self._problem = ""
        """Why the extension was not unpacked."""

    async def values(self, account: int, door: Door) -> dict[str, Any]:
        """For the template."""
        known = await self._known(account)
        action, now = next_action(known.state), self._services.clock()
        situation = known.state.situation
        return {
            "action": action,
            "state": known.state,
            "situation": situation,
            "misfit": situation is not None and not fits(situation, known.state.reach),
            "facts": facts(known, self._check, door, self._services.settings.public_url, now),
            "check": self._check,
            "door": door,
            "extension": installation.built_extension() or _unpacked_folder(),
            "has_extension_file": installation.PACKED.is_file(),
            "problem": self._problem,
            "code": self._code(door, known.devices),
            "public_url": self._services.settings.public_url,
            "pair_at": self._pair_at(door),
            "settings": PROXIES.get(situation, ()) if situation else (),
            "start": installation.command(*(PROXIES.get(situation, ()) if situation else ())),
            "port": self._services.settings.port,
            **(await self._test_values(account) if action in WANTED else {}),
        }

    async def _known(self, account: int) -> Known:
        read = self._services.storage.read
        situation, told = await read(set_ups.set_up_of, account)
        devices = await read(accounts.devices, account)
        current = [one for one in devices if one.revoked_at is None and one.kind != SET_UP]
        test, device, *_ = await self._self_tests.findings(account)
        state = State(
            situation=Situation(situation) if situation else None,
            reach=reach(self._services.settings.public_url),
            address=self._check.state(await self._self_tests.proven_at(account)),
            gmail_came=test.status is Status.OK,
            device_came=device.status is Status.OK,
            has_extension=any(one.kind == "extension" for one in current),
            has_tray=any(one.kind == "desktop" for one in current),
            told=frozenset(map(Told, told)),
        )
        return Known(state, current, {test.topic: test, device.topic: device})

    async def _test_values(self, account: int) -> dict[str, Any]:
        test = await self._self_tests.current(account)
        names = await self._services.storage.read(gmail_accounts, account)
        code = segno.make(test.page, error="m")
        return {
            "test": test,
            "compose_url": compose_url(test, names),
            "qr": code.svg_inline(scale=5, border=3, svgclass="qr", lineclass=None),
        }

    def _code(self, door: Door, devices: list[DeviceRow]) -> str:
        """The last one that was made here, until it is used or expires."""
        code = self._codes.get(door.name)
        if code is None or self._services.clock() > code.made_at + accounts.PAIRING_SECONDS:
            return ""
        is_used = any(device.created_at >= code.made_at for device in devices)
        return "" if is_used else code.text

    def _pair_at(self, door: Door) -> str:
        """The extension takes https, and http on its own computer only."""
        public_url = self._services.settings.public_url
        return public_url if public_url.startswith("https://") or not door.is_local else door.here

    async def act(self, account: int, door: Door, fields: dict[str, str]) -> Response | None:
        """Does what a button says. `None`: the page shows what has changed."""
        write = self._services.storage.write
        self._problem = ""
        match fields.get("do"):
            case "choose" if fields.get("situation", "") in ("", *Situation):
                await write(set_ups.choose, account, fields.get("situation", ""))
            case "tell" if fields.get("word", "") in tuple(Told):
                await write(set_ups.tell, account, fields["word"])
            case "check":
                known = await self._known(account)
                if known.state.reach != "loopback":
                    self._check.start(gmail_came=known.state.gmail_came)
            case "again":
                await self._self_tests.current(account, again=True)
            case "code" if door.makes_codes:
                now = self._services.clock()
                text = await write(accounts.new_pairing_of, account, now)
                self._codes[door.name] = Code(text, now)
            case "unpack" if door.is_local:
                self._problem = await asyncio.to_thread(_unpack)
            case "download":
                return await asyncio.to_thread(_download)
        return None


def facts(
    known: Known, check: AddressCheck, door: Door, public_url: str, now: float
) -> list[Finding]:
    """What is so, one line for each part."""
    state = known.state
    found = [Finding("Server", Status.OK, f"It answers this browser at {door.here}.")]
    found.append(_address(state, check, public_url))
    if Told.LOADED in state.told and not state.has_extension:
        unseen = "You said that it is loaded; none is paired."
        found.append(Finding("Extension", Status.NOT_CHECKED, unseen))
    else:
        found.append(_devices("Extension", known.devices, "extension"))
    found.append(_tray(known.devices, now))
    if state.situation in (Situation.TUNNEL, Situation.ELSEWHERE):
        found.append(_named("Test mail", known.findings[TOPIC]))
    if state.situation not in (None, Situation.ALONE) and (
        state.device_came or state.address is Address.UNKNOWN or state.situation is Situation.OFFICE
    ):
        found.append(_named("Phone", known.findings["outside"]))
    return found


def _named(name: str, finding: Finding) -> Finding:
    return Finding(name, finding.status, finding.summary, finding.advice)


def _address(state: State, check: AddressCheck, public_url: str) -> Finding:
    if state.reach == "loopback":
        return Finding("Address", Status.NOT_CHECKED, f"Only this computer reaches {public_url}.")
    if check.began_at is None:
        why = f"{public_url} was not looked at since the server started."
        return Finding("Address", Status.NOT_CHECKED, why)
    if not check.findings:
        return Finding("Address", Status.NOT_CHECKED, f"Looking at {public_url} ...")
    order = (Status.PROBLEM, Status.WARNING)
    worst = [one for status in order for one in check.findings if one.status is status]
    address = [one for one in check.findings if one.topic == "address"]
    found = (worst or address or list(check.findings))[0]
    said = found.summary.removesuffix(NOBODY_YET if state.gmail_came or state.device_came else "")
    return Finding(
        "Address", found.status, f"{said} Looked at {when(check.began_at)}.", found.advice
    )


def _devices(name: str, devices: list[DeviceRow], kind: str) -> Finding:
    names = [device.name for device in devices if device.kind == kind]
    if not names:
        return Finding(name, Status.NOT_CHECKED, "None is paired.")
    return Finding(name, Status.OK, f"Paired: {', '.join(names)}.")


def _tray(devices: list[DeviceRow], now: float) -> Finding:
    trays = [device for device in devices if device.kind == "desktop"]
    connected = [device.name for device in trays if device.live_until > now]
    if connected:
        return Finding("Tray", Status.OK, f"Connected: {', '.join(connected)}.")
    if trays:
        names = ", ".join(device.name for device in trays)
        return Finding("Tray", Status.NOT_CHECKED, f"Paired, and not connected now: {names}.")
    return Finding("Tray", Status.NOT_CHECKED, "None is paired.")


def _unpacked_folder() -> Path | None:
    folder = installation.extension_folder()
    return folder if (folder / installation.MANIFEST).is_file() else None


def _unpack() -> str:
    """What went wrong, for the page."""
    try:
        installation.unpack_extension(installation.extension_folder())
    except ExtensionError as error:
        return f"{error.title}: {error.message}"
    return ""


def _download() -> Response:
    packed = installation.packed_extension()
    if packed is None:
        return PlainTextResponse("This package does not contain the extension.\n", 404)
    headers = {
        "Cache-Control": NO_STORE,
        "Content-Disposition": 'attachment; filename="sealbreak-extension.zip"',
    }
    return Response(packed, media_type="application/zip", headers=headers)
