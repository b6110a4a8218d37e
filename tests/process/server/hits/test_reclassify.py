"""New rules for old hits, beside a running server: verdicts change and corrections are sent."""

import asyncio
import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sealbreak_server.classification.rules.outcomes import RULES_VERSION
from sealbreak_server.events.wire import wire_time
from support.server.process import GMAIL, Mail, Sender, Server, command, visit
from websockets.asyncio.client import connect

FROM_GMAIL = {**GMAIL, "x-forwarded-for": "66.249.84.1"}


@pytest.fixture
def outdated(server: Server, sender: Sender) -> Iterator[Mail]:
    """An automated request that older rules took for a reader, with its event."""
    mail = sender.mail(subject="Classified long ago")
    visit(server, mail.pixel())
    sender.wait_for_events(mail, 1)
    agent = json.dumps([["user-agent", "curl/8.5.0"]])
    change(server, "UPDATE hit SET headers = ? WHERE message = ?", agent, mail.id)
    change(server, "UPDATE verdict SET rules = 1 WHERE message = ?", mail.id)
    yield mail
    command(server.data, "erase", "--yes", "--message", mail.id)


def change(server: Server, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(server.data / "sealbreak.sqlite3", timeout=10)) as there, there:
        there.execute(statement, values)


def reclassify(server: Server, *flags: str) -> list[dict[str, Any]]:
    ran = command(server.data, "reclassify", "--json", *flags)
    assert ran.returncode == 0, ran.stderr
    return [json.loads(line) for line in ran.stdout.splitlines()]


def test_without_consent_changes_are_shown_and_not_applied(
    server: Server, sender: Sender, outdated: Mail
) -> None:
    ran = command(server.data, "reclassify")
    assert f"Rules version {RULES_VERSION}" in ran.stdout
    assert "Classified long ago" in ran.stdout
    assert "1 x open: human via direct (reader, rules 1) -> machine via" in ran.stdout
    assert "Nothing was changed" in ran.stdout
    assert sender.message(outdated)["opens"] == 1


def test_applied_changes_correct_earlier_events(
    server: Server, sender: Sender, outdated: Mail
) -> None:
    *_, total = reclassify(server, "--apply")
    assert (total["applied"], total["changes"], total["corrected"]) == (True, 1, 1)
    opened, corrected = sender.events_of(outdated)
    assert (corrected["kind"], corrected["corrects"]) == ("corrected", opened["number"])
    shown = sender.message(outdated)
    assert (shown["opens"], shown["machines"]) == (0, 1)
    assert shown["hits"][0]["verdict"]["rules"] == RULES_VERSION


def test_a_live_connection_receives_the_correction_at_once(
    server: Server, sender: Sender, outdated: Mail
) -> None:
    async def follow() -> dict[str, Any]:
        url = f"{server.url.replace('http', 'ws')}/api/v1/live?after={len(sender.events())}"
        token = {"Authorization": f"Bearer {sender.paired['token']}"}
        async with connect(url, additional_headers=token, proxy=None) as socket:
            await socket.recv()
            await asyncio.to_thread(reclassify, server, "--apply")
            event: dict[str, Any] = json.loads(await asyncio.wait_for(socket.recv(), 10))["event"]
            return event

    event = asyncio.run(follow())
    assert (event["kind"], event["message"]["id"]) == ("corrected", outdated.id)


def test_a_second_run_changes_nothing(server: Server, sender: Sender, outdated: Mail) -> None:
    reclassify(server, "--apply")
    (total,) = reclassify(server, "--apply")
    assert (total["changes"], total["corrected"], total["told"]) == (0, 0, 0)
    assert len(sender.events_of(outdated)) == 2


def test_without_its_evidence_a_hit_keeps_its_verdict(
    server: Server, sender: Sender, outdated: Mail
) -> None:
    forget = "UPDATE hit SET address = '', headers = '[]' WHERE message = ?"
    change(server, forget, outdated.id)
    reclassify(server, "--apply")
    assert sender.message(outdated)["opens"] == 1
    assert len(sender.events_of(outdated)) == 1


def test_current_verdicts_stay(server: Server, sender: Sender) -> None:
    """Whatever other tests of this server left: only manipulated hits change."""
    mail = sender.mail(sent_at=wire_time(time.time() - 600))
    visit(server, mail.pixel(), FROM_GMAIL)
    visit(server, mail.link(1, "https://example.com/offer"))
    sender.wait_for_events(mail, 2)
    before = sender.message(mail)
    reclassify(server, "--apply")
    assert sender.message(mail) == before


def test_an_empty_database_has_nothing_to_classify(tmp_path: Path) -> None:
    ran = command(tmp_path, "reclassify", "--apply")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "0 hits of 0 messages" in ran.stdout
