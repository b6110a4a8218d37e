import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sealbreak_desktop.files import history as module
from sealbreak_desktop.files.history import History, read_history
from sealbreak_desktop.state.events import Erased, Event, read_event
from support.desktop.scripted_server import golden


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    kept = History(tmp_path / "history.sqlite3")
    yield kept
    kept.close()


def record(history: History, number: int, name: str = "opened-through-gmail", **more: Any) -> int:
    raw = golden(name, number=number, **more)
    return history.record(read_event(raw), raw, unread=True)


def numbers(events: tuple[Event, ...]) -> list[int]:
    return [event.number for event in events]


def test_what_is_recorded_is_there_after_a_restart(history: History) -> None:
    record(history, 1)
    history.remember(1)
    history.close()
    again = History(history.file)
    assert (again.snapshot(10).seen, numbers(again.snapshot(10).recent)) == (1, [1])
    again.close()


def test_an_event_is_recorded_once(history: History) -> None:
    record(history, 1)
    record(history, 1)
    assert len(list(history.newest(10))) == 1


def test_earlier_readers_of_the_same_are_counted(history: History) -> None:
    assert [record(history, number) for number in (1, 2, 3)] == [0, 1, 2]


def test_a_corrected_event_no_longer_counts(history: History) -> None:
    record(history, 1)
    record(history, 2, "corrected", corrects=1)
    assert record(history, 3) == 0
    assert numbers(history.snapshot(10).recent) == [3, 2]
    assert [number for number, _ in history.snapshot(10).unread] == [2, 3]


def test_everything_is_still_in_the_list(history: History) -> None:
    record(history, 1)
    record(history, 2, "corrected", corrects=1)
    assert [event.number for event, _ in history.newest(10)] == [2, 1]


def test_reading_a_message_is_kept(history: History) -> None:
    record(history, 1)
    history.mark_read("another")
    assert len(history.snapshot(10).unread) == 1
    history.mark_read(None)
    assert history.snapshot(10).unread == ()


def test_a_server_that_begins_again_hides_nothing(history: History) -> None:
    record(history, 5)
    history.start_over(0)
    record(history, 5, "clicked")
    assert numbers(history.snapshot(10).recent) == [5, 5]
    assert history.snapshot(10).recent[0].kind == "clicked"


def test_what_a_server_set_back_still_has_stands_once(history: History) -> None:
    for number in (1, 2, 3):
        record(history, number)
    history.remember(2)
    history.start_over(9)
    kept = [read_event(golden("opened-through-gmail", number=number)) for number in (1, 3)]
    assert [history.take_over(event) for event in kept] == [True, False]  # 3 was not told yet
    assert not history.take_over(read_event(golden("clicked", number=2)))
    record(history, 2, "clicked")
    assert [event.number for event, _ in history.newest(10)] == [3, 2, 1, 2]
    assert history.newest_of_now() == kept[1]


def test_of_a_server_set_back_only_what_is_not_forgotten_is_asked(history: History) -> None:
    record(history, 5)
    history.remember(5)
    history.start_over(9)
    assert history.snapshot(1).seen == 4


def test_the_end_of_a_mute_is_kept(history: History) -> None:
    until = datetime(2026, 11, 23, 12, tzinfo=UTC)
    history.mute_until(until, waits=True)
    assert (history.snapshot(1).muted_until, history.snapshot(1).mute_waits) == (until, True)
    history.mute_until(None, waits=False)
    assert (history.snapshot(1).muted_until, history.snapshot(1).mute_waits) == (None, False)


def test_a_new_history_does_not_know_how_far_to_be_silent(history: History) -> None:
    assert history.snapshot(1).silent_until is None
    history.be_silent_until(4)
    assert history.snapshot(1).silent_until == 4


def test_only_the_owner_can_read_the_file(history: History) -> None:
    assert history.file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("damage", [b"this is no database at all" * 200, None])
def test_a_damaged_file_is_set_aside(tmp_path: Path, damage: bytes | None) -> None:
    file = tmp_path / "history.sqlite3"
    before = History(file)
    for number in range(1, 200):
        record(before, number)
    before.close()
    whole = file.read_bytes()
    file.write_bytes(damage or whole[:8192] + b"\xff" * 4096 + whole[12288:])
    after = History(file)
    assert after.set_aside == tmp_path / "history.sqlite3.damaged-1"
    assert after.snapshot(10).silent_until is None
    after.close()


def test_what_was_told_before_the_damage_is_known_after_it(history: History) -> None:
    for number in range(1, 100):
        record(history, number)
    history.remember(90)
    history.close()
    whole = history.file.read_bytes()
    history.file.write_bytes(whole[:-4096] + b"\xff" * 4096)
    after = History(history.file)
    assert after.set_aside
    assert (after.snapshot(1).seen, after.snapshot(1).silent_until) == (0, 90)
    after.close()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE fact SET value = 'x' WHERE name = 'seen'",
        "DROP TABLE fact",
        "ALTER TABLE event RENAME COLUMN unread TO read",
        "DROP INDEX event_key",
        "PRAGMA user_version = 0",
    ],
)
def test_damage_that_sqlite_does_not_see_is_damage_too(history: History, sql: str) -> None:
    history.remember(1)
    history._db.execute(sql)
    history._db.commit()
    history.close()
    after = History(history.file)
    assert after.set_aside
    after.close()


def test_damage_within_an_entry_hides_no_other(history: History) -> None:
    record(history, 1)
    record(history, 2)
    history._db.execute("UPDATE event SET raw = CAST(x'7bff' AS TEXT) WHERE number = 2")
    assert [event.number for event, _ in history.newest(10)] == [1]


def test_damaged_files_are_not_heaped_up(tmp_path: Path) -> None:
    file = tmp_path / "history.sqlite3"
    for _ in range(5):
        file.write_bytes(b"rubbish" * 1000)
        History(file).close()
    assert len(list(tmp_path.glob("*.damaged-*"))) == 3


def test_what_is_erased_is_gone_with_the_damaged_file(tmp_path: Path) -> None:
    file = tmp_path / "history.sqlite3"
    file.write_bytes(b"Offer 12" * 1000)
    history = History(file)
    history.erase(Erased(before=2, numbers=(), erasures=1))
    history.close()
    assert not list(tmp_path.glob("*.damaged-*"))


def test_a_look_from_outside_changes_nothing(history: History) -> None:
    record(history, 1)
    assert [event.number for event, _ in read_history(history.file, 10)] == [1]
    history.close()
    history.file.write_bytes(b"rubbish" * 1000)
    with pytest.raises(sqlite3.DatabaseError):
        read_history(history.file, 10)
    assert [one.name for one in history.file.parent.iterdir()] == [history.file.name]


def test_nothing_yet_is_no_file(tmp_path: Path) -> None:
    assert read_history(tmp_path / "history.sqlite3", 10) == []


def test_a_second_damage_keeps_the_first_file(tmp_path: Path) -> None:
    file = tmp_path / "history.sqlite3"
    for _ in range(2):
        file.write_bytes(b"rubbish" * 1000)
        History(file).close()
    kept = sorted(one.name for one in tmp_path.glob("*.damaged-*"))
    assert kept == ["history.sqlite3.damaged-1", "history.sqlite3.damaged-2"]


def test_only_so_many_events_are_kept(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(1, 8):
        record(history, number)
    history.close()
    monkeypatch.setattr(module, "KEPT", 5)
    again = History(history.file)
    again.forget_oldest()
    assert [event.number for event, _ in again.newest(10)] == [7, 6, 5, 4, 3]
    again.close()


def test_no_more_are_kept_while_it_runs(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT", 5)
    monkeypatch.setattr(module, "TRIMMED_AFTER", 2)
    for number in range(1, 9):
        record(history, number)
    assert len(list(history.newest(10))) == 5


def test_what_is_erased_is_gone_from_the_file_too(history: History) -> None:
    for number in range(1, 8):
        record(history, number, message=golden("clicked")["message"] | {"subject": f"No. {number}"})
    history.erase(Erased(before=2, numbers=((4, 5), (7, 7)), erasures=3))
    assert [event.number for event, _ in history.newest(10)] == [6, 3, 2]
    assert history.snapshot(10).erasures == 3
    history.close()
    kept = b"".join(file.read_bytes() for file in history.file.parent.iterdir())
    assert [number for number in range(1, 8) if f"No. {number}".encode() in kept] == [2, 3, 6]


def test_an_erasing_of_which_more_is_to_come_is_not_done_yet(history: History) -> None:
    history.erase(Erased(before=1, numbers=((1, 1),), erasures=None))
    assert history.snapshot(10).erasures == 0


def test_an_earlier_life_of_the_server_is_not_meant(history: History) -> None:
    record(history, 1)
    history.start_over(0)
    history.erase(Erased(before=1, numbers=((1, 1),), erasures=1))
    assert numbers(history.snapshot(10).recent) == [1]


def test_an_unreadable_entry_does_not_hide_the_others(history: History) -> None:
    record(history, 1)
    record(history, 2)
    with history._db:
        history._db.execute("UPDATE event SET raw = '{}' WHERE number = 2")
    assert [event.number for event, _ in history.newest(10)] == [1]
