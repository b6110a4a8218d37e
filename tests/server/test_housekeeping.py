import asyncio
from pathlib import Path
from typing import Any

from sealbreak_server import housekeeping
from sealbreak_server.app import make_parts
from sealbreak_server.hits import Hit, Kind
from sealbreak_server.models import Hit as HitRow
from sealbreak_server.models import Judgement, Message
from sealbreak_server.registration import read_registration
from sealbreak_server.settings import read_settings
from sealbreak_server.storage import accounts, messages
from sealbreak_server.storage.recording import record_hits
from sealbreak_server.tokens import new_id

from harness_server import registration  # isort: skip

DAY = 24 * 3600
SENT = 1_800_000_000.0


def forget_after(tmp_path: Path, seconds: float, **flags: str) -> Any:
    """Parts with one opened message, at a moment so many seconds after the open."""
    settings = read_settings({"data": str(tmp_path), **flags}, {})
    parts = make_parts(settings, clock=lambda: SENT + seconds)
    account = parts.storage.transaction(accounts.the_account, "Ann", SENT)
    message, body = new_id(), read_registration(registration(sent_at="2027-01-15T08:00:00Z"))
    hit = Hit(
        Kind.OPEN, account.owner, message, 0, None, SENT, "GET", "192.0.2.1",
        (("user-agent", "Firefox"), ("accept-language", "en")),
    )  # fmt: skip
    parts.storage.transaction(record_hits, parts.judge, [hit], SENT)
    parts.storage.transaction(messages.register, parts.judge, account.id, message, body, SENT)
    asyncio.run(housekeeping.forget(parts))
    return parts


def test_addresses_and_headers_are_gone_after_a_day_and_the_verdict_stays(tmp_path: Path) -> None:
    parts = forget_after(tmp_path, DAY + 1)
    row = HitRow.get()
    assert (row.address, row.headers) == ("", "[]")
    assert Judgement.get().reason
    parts.storage.close()


def test_before_that_they_are_there(tmp_path: Path) -> None:
    parts = forget_after(tmp_path, DAY - 60)
    assert HitRow.get().address == "192.0.2.1"
    parts.storage.close()


def test_all_is_kept_unless_the_owner_says_otherwise(tmp_path: Path) -> None:
    parts = forget_after(tmp_path, 4000 * DAY)
    assert Message.select().count() == 1
    parts.storage.close()


def test_everything_is_gone_after_the_days_that_the_owner_chose(tmp_path: Path) -> None:
    parts = forget_after(tmp_path, 31 * DAY, keep_days="30")
    assert (Message.select().count(), HitRow.select().count()) == (0, 0)
    parts.storage.close()
