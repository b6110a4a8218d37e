import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from sealbreak_server.errors import UnavailableError
from sealbreak_server.ingest.spool import DEAD_LETTERS, Spool, read_batches
from sealbreak_server.jobs.traces import erase, remove_traces
from sealbreak_server.services import Services
from sealbreak_server.storage import Storage
from sealbreak_server.storage.erasure import erase_message
from sealbreak_server.storage.migrations.backup import COPY_SECONDS
from sealbreak_server.storage.retention import DAY
from support.server.account import NOW, AccountBuilder
from support.server.jobs import services_at


def copy_made(services: Services, time: float) -> Path:
    copy = services.settings.data / "backups" / f"version-12-{int(time)}000000000.sqlite3"
    copy.parent.mkdir(exist_ok=True)
    copy.touch()
    return copy


def erased(services: Services, builder: AccountBuilder) -> None:
    args = (builder.account.id, builder.message, NOW)
    assert asyncio.run(erase(services, erase_message, *args))


def test_an_erased_mail_leaves_dead_letters_and_copies(tmp_path: Path) -> None:
    services = services_at(tmp_path, NOW)
    services.settings.spool_folder.mkdir()
    gone, kept = (AccountBuilder(services.storage) for _ in range(2))
    for builder in (gone, kept):
        builder.register()
        Spool(services.settings.spool_folder).add_dead_letter(builder.message, [builder.hit()])
    copy = copy_made(services, NOW)
    erased(services, gone)
    letters = (services.settings.spool_folder / DEAD_LETTERS).read_text()
    assert (gone.message in letters, kept.message in letters) == (False, True)
    assert not copy.exists()
    services.storage.close()


@pytest.mark.parametrize(("keep_days", "left"), [(0, 2), (30, 2), (7, 1)])
def test_hits_that_were_not_recorded_are_kept_no_longer_than_others(
    tmp_path: Path, keep_days: int, left: int
) -> None:
    services = services_at(tmp_path, NOW)
    settings = replace(services.settings, keep_days=keep_days)
    settings.spool_folder.mkdir()
    hit, spool = AccountBuilder(services.storage).hit(), Spool(settings.spool_folder)
    for days in (6, 8, 15):
        spool.add_dead_letter(f"{days}", [hit._replace(time=NOW - days * DAY)])
    remove_traces(services.storage, settings, NOW, copies_before=0.0, rewrite=False)
    assert len(list(read_batches(settings.spool_folder / DEAD_LETTERS))) == left
    services.storage.close()


def test_by_age_only_old_copies_go(tmp_path: Path) -> None:
    services = services_at(tmp_path, NOW)
    old, new = copy_made(services, NOW - COPY_SECONDS - 9), copy_made(services, NOW - 60)
    before = NOW - COPY_SECONDS
    remove_traces(services.storage, services.settings, NOW, copies_before=before, rewrite=True)
    assert (old.exists(), new.exists()) == (False, True)
    services.storage.close()


def test_a_mail_is_erased_though_the_files_cannot_be_cleaned_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    services = services_at(tmp_path, NOW)
    builder = AccountBuilder(services.storage)
    builder.register()

    def purge(_storage: Storage, *, rewrite: bool, unattended: bool) -> None:
        assert unattended
        raise UnavailableError(f"No room to rewrite: {rewrite}.")

    monkeypatch.setattr(Storage, "purge", purge)
    erased(services, builder)
    assert "another attempt follows: No room to rewrite: True." in caplog.text
    services.storage.close()
