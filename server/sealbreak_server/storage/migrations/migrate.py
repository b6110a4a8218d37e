"""Numbered steps, forward only. Version 1 is the first set of tables.

A fresh database gets the newest tables at once; an older one takes the steps that it lacks.
Tests compare the results, starting from databases that earlier versions wrote.
"""

import logging
from pathlib import Path

from peewee import Database

from sealbreak_server.errors import MigrationError, UnavailableError
from sealbreak_server.storage.migrations.backup import back_up_before
from sealbreak_server.storage.migrations.create import create_tables
from sealbreak_server.storage.migrations.step import Step
from sealbreak_server.storage.migrations.steps import (
    version_02_preferences,
    version_03_gmail_threads,
    version_04_lists,
    version_05_retention,
    version_06_device_changes,
    version_07_pixels,
    version_08_people,
    version_09_totals,
    version_10_notifications,
    version_11_names,
    version_12_sending,
    version_13_webhook_templates,
    version_14_states,
    version_15_sent_from,
    version_16_waits,
    version_17_alerts,
    version_18_erasure,
    version_21_doubts,
    version_22_self_tests,
)
from sealbreak_server.storage.tables import Counter

log = logging.getLogger(__name__)

STEPS: tuple[Step, ...] = (
    version_02_preferences.STEP,
    version_03_gmail_threads.STEP,
    version_04_lists.STEP,
    version_05_retention.STEP,
    version_06_device_changes.STEP,
    version_07_pixels.STEP,
    version_08_people.STEP,
    version_09_totals.STEP,
    version_10_notifications.STEP,
    version_11_names.STEP,
    version_12_sending.STEP,
    version_13_webhook_templates.STEP,
    version_14_states.STEP,
    version_15_sent_from.STEP,
    version_16_waits.STEP,
    version_17_alerts.STEP,
    version_18_erasure.STEP,
    version_21_doubts.STEP,
    version_22_self_tests.STEP,
)
"""The first one leads from version 1 to version 2."""

VERSION = 1 + len(STEPS)
VERSION_ROW = "schema"


def migrate(database: Database, backups: Path) -> None:
    with database.atomic():
        version = schema_version(database)
        if version > VERSION:
            raise MigrationError(
                f"It has version {version}, this program knows {VERSION}: update the program."
            )
        if version == 0:
            _create(database)
    if 0 < version < VERSION:
        _upgrade(database, version, backups)


def is_current(database: Database) -> bool:
    return schema_version(database) == VERSION


def check_version(database: Database) -> None:
    """Raises `UnavailableError` when a newer program has migrated the database since it was opened.

    What this program would write then would be wrong for good.
    """
    version = _stored_version(database)
    if version != VERSION:
        raise UnavailableError(
            f"Another program left it in version {version}, and this one knows {VERSION}:"
            " restart the server, with the newer program."
        )


def schema_version(database: Database) -> int:
    """0 for an empty database."""
    if not database.table_exists(Counter._meta.table_name):
        return 0
    return _stored_version(database)


def _stored_version(database: Database) -> int:
    """In plain SQL, because each transaction asks: Peewee would build the query each time."""
    rows = database.execute_sql(  # type: ignore[no-untyped-call]  # stubs
        f"SELECT value FROM counter WHERE name = '{VERSION_ROW}'"  # noqa: S608  # a constant
    )
    (version,) = rows.fetchone() or (0,)
    return int(version)


def _create(database: Database) -> None:
    create_tables(database)
    Counter.insert_many(
        [("hit", 0), (VERSION_ROW, VERSION)], fields=[Counter.name, Counter.value]
    ).execute()


def _upgrade(database: Database, version: int, backups: Path) -> None:
    back_up_before(database, version, backups)
    with database.atomic():
        version = schema_version(database)  # another process may have been quicker
        if version >= VERSION:
            return
        for step in STEPS[version - 1 :]:
            step(database)
        Counter.update(value=VERSION).where(Counter.name == VERSION_ROW).execute()
    log.warning("the database was migrated from version %d to version %d", version, VERSION)
