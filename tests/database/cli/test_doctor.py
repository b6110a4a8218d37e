import os
import shlex
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sealbreak_server.cli.database import open_storage
from sealbreak_server.ingest.spool import Spool
from sealbreak_server.model.hit import Hit, Kind
from sealbreak_server.security.keyring import load_or_make_keys
from sealbreak_server.storage.engine.sqlite import FILE_NAME
from sealbreak_server.storage.tables import Preference
from support.server.account import NOW, AccountBuilder
from support.server.commands import settings_of
from support.server.doctor import findings, worst
from support.server.intake import batches_of
from support.server.process import command

Examine = Callable[..., tuple[int, list[str], list[str]]]


DAY = 24 * 3600


def a_hit(time: float) -> Hit:
    return Hit(Kind.OPEN, "a" * 8, "b" * 16, 0, None, time, "GET", "192.0.2.1", ())


@pytest.fixture
def examined(tmp_path: Path) -> Examine:
    """Runs the doctor beside no server: the exit status, the problems, and all the others."""

    def run(*flags: str) -> tuple[int, list[str], list[str]]:
        done = command(tmp_path, "doctor", "--port", "1", *flags)
        found = findings(done.stdout)
        bad = [text for _, _, text in worst(found)]
        return done.returncode, [text for _, _, text in found if text not in bad], bad

    return run


def test_a_new_folder_is_good_and_the_next_steps_are_named(examined: Examine) -> None:
    code, good, bad = examined()
    assert (code, bad) == (0, [])
    assert any("the first `serve` makes" in line for line in good)
    assert "There is none yet. -> Run `sealbreak-server pair`." in good


def test_no_next_step_is_named_once_a_device_is_paired(examined: Examine, tmp_path: Path) -> None:
    load_or_make_keys(tmp_path / "keys")
    with open_storage(settings_of(tmp_path)) as storage:
        AccountBuilder(storage)
    code, good, bad = examined()
    assert (code, bad) == (0, [])
    assert f"{tmp_path}/keys holds 1 key. Keep a copy of it." in good
    assert not any("There is none yet" in line for line in good)


def test_unreadable_keys_are_reported_and_the_rest_is_checked(
    examined: Examine, tmp_path: Path
) -> None:
    (tmp_path / "keys").write_text("no key\n")
    code, good, bad = examined()
    assert (code, len(bad)) == (1, 1)
    assert "is not a base64url key" in bad[0]
    assert "It can be written." in good


def test_a_broken_database_is_reported(examined: Examine, tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"This is a note.\n" * 1000)
    code, _, bad = examined()
    assert code == 1
    assert "not a database" in bad[0]


@pytest.mark.parametrize(("age", "waits"), [(61, True), (5, False)])
def test_a_spool_that_no_server_records_is_reported(
    examined: Examine, tmp_path: Path, age: int, waits: bool
) -> None:
    spool = Spool(tmp_path / "spool")
    spool.append([a_hit(NOW + 1), a_hit(NOW)])
    spool.close()
    for file in spool.files():
        os.utime(file, (NOW, time.time() - age))
    code, good, bad = examined()
    assert (code, len(bad)) == ((1, 1) if waits else (0, 0))
    told = f"2 hits wait since 2027-01-15T08:00:00.000Z in {tmp_path}/spool for the database."
    assert not waits or bad[0].startswith(told)
    assert ("No hit waits for the database." in good) is not waits


def test_dead_letters_are_reported_and_the_advice_brings_them_back(
    examined: Examine, tmp_path: Path
) -> None:
    spool = Spool(tmp_path / "spool")
    spool.append([a_hit(NOW + 9)])
    spool.add_dead_letter("batch", [a_hit(NOW)])
    spool.close()
    code, _, (bad,) = examined()
    assert code == 1
    assert bad.startswith("1 hit waits since 2027-01-15T08:00:00.000Z in ")
    move = shlex.split(bad.partition("`")[2].partition("`")[0])
    subprocess.run(move, check=True)
    found = list(batches_of(Spool(tmp_path / "spool")))
    assert [(hit.time, name == "batch") for name, (hit,) in found] == [
        (NOW, True), (NOW + 9, False),
    ]  # fmt: skip
    assert examined()[0] == 0


def test_lost_keys_and_wrong_keys_are_reported(examined: Examine, tmp_path: Path) -> None:
    with open_storage(settings_of(tmp_path)) as storage:
        builder = AccountBuilder(storage)
        keys = load_or_make_keys(tmp_path / "keys")
        builder.message = keys.new_id(builder.account.owner)
        builder.register()
    assert "is not the file" not in examined()[2]
    (tmp_path / "keys").rename(tmp_path / "keys.old")
    code, _, bad = examined()
    assert code == 1
    assert bad[0].startswith(f"{tmp_path}/keys is missing, and there are accounts.")
    assert not (tmp_path / "keys").exists()
    load_or_make_keys(tmp_path / "keys")
    code, _, bad = examined()
    assert code == 1
    assert "is not the file that the newest mails were made with" in bad[0]


def test_copies_of_the_database_are_listed_until_a_server_deletes_them(
    examined: Examine, tmp_path: Path
) -> None:
    (tmp_path / "backups").mkdir()
    old, new = (
        tmp_path / "backups" / f"{name}-{int(time.time() - days * DAY)}000000000.sqlite3"
        for name, days in (("version-11", 9), ("damaged", 2))
    )
    for copy in (old, new):
        copy.write_bytes(b"x" * 3_000_000)
    code, good, bad = examined()
    assert (code, bad) == (0, [])
    (line,) = (line for line in good if line.startswith(f"{new}, 3 MB, made "))
    assert "A running server deletes it in 5 days, or as soon as something is erased." in line
    (line,) = (line for line in good if line.startswith(f"{old}, 3 MB, made "))
    assert "it should have been deleted 2 days ago" in line


def test_a_time_zone_that_is_not_known_here_is_told(examined: Examine, tmp_path: Path) -> None:
    with open_storage(settings_of(tmp_path)) as storage:
        account = AccountBuilder(storage).account.id
        body = '{"time_zone": "Mars/Olympus", "quiet_hours": null}'
        storage.transaction(Preference.create, account=account, preferences=body)
    _, good, _ = examined()
    assert any(line.startswith("Mars/Olympus is not known here") for line in good)


def test_without_a_public_address_nothing_is_looked_at(examined: Examine) -> None:
    code, good, bad = examined()
    assert (code, bad) == (0, [])
    assert any("only mails opened on this machine" in line for line in good)
