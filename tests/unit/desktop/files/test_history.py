import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sealbreak_desktop.files import history as module
from sealbreak_desktop.files.history import History, read_history
from sealbreak_desktop.state.decoding import read_event
from sealbreak_desktop.state.events import Erased, Event
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


def test_a_recorded_event_is_there_after_a_restart(history: History) -> None:
    record(history, 1)
    history.save_seen(1)
    history.close()
    again = History(history.file)
    assert (again.snapshot(10).seen, numbers(again.snapshot(10).recent)) == (1, [1])
    again.close()


def test_an_event_is_recorded_once(history: History) -> None:
    record(history, 1)
    record(history, 1)
    assert len(list(history.newest(10))) == 1


def test_earlier_events_like_it_are_counted(history: History) -> None:
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
    history.save_read("another")
    assert len(history.snapshot(10).unread) == 1
    history.save_read(None)
    assert history.snapshot(10).unread == ()


def test_a_number_used_again_after_a_restore_hides_no_event(history: History) -> None:
    record(history, 5)
    history.start_epoch(0)
    record(history, 5, "clicked")
    assert numbers(history.snapshot(10).recent) == [5, 5]
    assert history.snapshot(10).recent[0].kind == "clicked"


def test_an_event_that_a_restored_server_still_has_is_listed_once(history: History) -> None:
    for number in (1, 2, 3):
        record(history, number)
    history.save_seen(2)
    history.start_epoch(9)
    kept = [read_event(golden("opened-through-gmail", number=number)) for number in (1, 3)]
    assert [history.adopt(event) for event in kept] == [True, False]  # 3 was not told yet
    assert not history.adopt(read_event(golden("clicked", number=2)))
    record(history, 2, "clicked")
    assert [event.number for event, _ in history.newest(10)] == [3, 2, 1, 2]
    assert history.newest_of_epoch() == kept[1]


def test_after_a_restore_events_that_were_trimmed_are_not_requested(history: History) -> None:
    record(history, 5)
    history.save_seen(5)
    history.start_epoch(9)
    assert history.snapshot(1).seen == 4


def test_the_end_of_a_mute_is_stored(history: History) -> None:
    until = datetime(2026, 11, 23, 12, tzinfo=UTC)
    history.save_mute(until, pending=True)
    assert (history.snapshot(1).muted_until, history.snapshot(1).mute_pending) == (until, True)
    history.save_mute(until, pending=True, chosen=until)
    assert history.snapshot(1).mute_chosen == until
    history.save_mute(None, pending=False)
    assert history.snapshot(1).mute_chosen is None
    assert (history.snapshot(1).muted_until, history.snapshot(1).mute_pending) == (None, False)


def test_a_new_history_has_no_silent_number(history: History) -> None:
    assert history.snapshot(1).silent_until is None
    history.save_silent_until(4)
    assert history.snapshot(1).silent_until == 4


def test_only_the_owner_can_read_the_file(history: History) -> None:
    assert history.file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("damage", [b"this is no database at all" * 200, None])
def test_a_damaged_file_goes_into_quarantine(tmp_path: Path, damage: bytes | None) -> None:
    file = tmp_path / "history.sqlite3"
    before = History(file)
    for number in range(1, 200):
        record(before, number)
    before.close()
    whole = file.read_bytes()
    file.write_bytes(damage or whole[:8192] + b"\xff" * 4096 + whole[12288:])
    after = History(file)
    assert after.quarantined == tmp_path / "history.sqlite3.damaged-1"
    assert after.snapshot(10).silent_until is None
    after.close()


def test_the_number_shown_before_the_damage_is_known_after_it(history: History) -> None:
    for number in range(1, 100):
        record(history, number)
    history.save_seen(90)
    history.close()
    whole = history.file.read_bytes()
    history.file.write_bytes(whole[:-4096] + b"\xff" * 4096)
    after = History(history.file)
    assert after.quarantined
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
    history.save_seen(1)
    history._db.execute(sql)
    history._db.commit()
    history.close()
    after = History(history.file)
    assert after.quarantined
    after.close()


def test_damage_within_an_entry_hides_no_other(history: History) -> None:
    record(history, 1)
    record(history, 2)
    history._db.execute("UPDATE event SET raw = CAST(x'7bff' AS TEXT) WHERE number = 2")
    assert [event.number for event, _ in history.newest(10)] == [1]


def test_at_most_three_damaged_files_are_kept(tmp_path: Path) -> None:
    file = tmp_path / "history.sqlite3"
    for _ in range(5):
        file.write_bytes(b"rubbish" * 1000)
        History(file).close()
    assert len(list(tmp_path.glob("*.damaged-*"))) == 3


def test_erasing_removes_files_in_quarantine(tmp_path: Path) -> None:
    file = tmp_path / "history.sqlite3"
    file.write_bytes(b"Offer 12" * 1000)
    history = History(file)
    history.erase(Erased(before=2, numbers=(), erasures=1))
    history.close()
    assert not list(tmp_path.glob("*.damaged-*"))


def test_reading_from_another_process_changes_nothing(history: History) -> None:
    record(history, 1)
    assert [event.number for event, _ in read_history(history.file, 10)] == [1]
    history.close()
    history.file.write_bytes(b"rubbish" * 1000)
    with pytest.raises(sqlite3.DatabaseError):
        read_history(history.file, 10)
    assert [one.name for one in history.file.parent.iterdir()] == [history.file.name]


def test_a_missing_file_is_an_empty_history(tmp_path: Path) -> None:
    assert read_history(tmp_path / "history.sqlite3", 10) == []


def test_a_second_damaged_file_does_not_replace_the_first(tmp_path: Path) -> None:
    file = tmp_path / "history.sqlite3"
    for _ in range(2):
        file.write_bytes(b"rubbish" * 1000)
        History(file).close()
    kept = sorted(one.name for one in tmp_path.glob("*.damaged-*"))
    assert kept == ["history.sqlite3.damaged-1", "history.sqlite3.damaged-2"]


def test_only_the_newest_events_are_kept(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(1, 8):
        record(history, number)
    history.close()
    monkeypatch.setattr(module, "MAX_EVENTS", 5)
    again = History(history.file)
    again.trim()
    assert [event.number for event, _ in again.newest(10)] == [7, 6, 5, 4, 3]
    again.close()


def test_a_long_run_keeps_no_more_events(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_EVENTS", 5)
    monkeypatch.setattr(module, "TRIM_INTERVAL", 2)
    for number in range(1, 9):
        record(history, number)
    assert len(list(history.newest(10))) == 5


def test_erased_events_are_gone_from_the_file_too(history: History) -> None:
    for number in range(1, 8):
        record(history, number, message=golden("clicked")["message"] | {"subject": f"No. {number}"})
    history.erase(Erased(before=2, numbers=((4, 5), (7, 7)), erasures=3))
    assert [event.number for event, _ in history.newest(10)] == [6, 3, 2]
    assert history.snapshot(10).erasures == 3
    history.close()
    kept = b"".join(file.read_bytes() for file in history.file.parent.iterdir())
    assert [number for number in range(1, 8) if f"No. {number}".encode() in kept] == [2, 3, 6]


def test_an_erasure_with_more_frames_to_come_is_not_complete(history: History) -> None:
    history.erase(Erased(before=1, numbers=((1, 1),), erasures=None))
    assert history.snapshot(10).erasures == 0


def about(message: str) -> dict[str, Any]:
    body: dict[str, Any] = golden("clicked")["message"]
    return body | {"id": message, "subject": f"About {message}"}


def adopt(history: History, number: int, message: str) -> bool:
    return history.adopt(read_event(golden("clicked", number=number, message=about(message))))


def test_an_event_that_was_erased_after_a_restore_leaves_the_earlier_epoch(
    history: History,
) -> None:
    for number in (1, 2, 3):
        record(history, number, "clicked", message=about(f"m{number}"))
    history.start_epoch(3)
    assert history.erase(Erased(before=1, numbers=((2, 2),), erasures=1)) == {"m2"}
    assert numbers(history.snapshot(10).recent) == [3, 1]
    history.close()
    kept = b"".join(file.read_bytes() for file in history.file.parent.iterdir())
    assert b"About m2" not in kept


def test_erasing_a_message_erases_what_an_earlier_epoch_alone_has_of_it(history: History) -> None:
    for number, message in ((1, "a"), (2, "b"), (3, "a"), (4, "b")):
        record(history, number, "clicked", message=about(message))
    history.start_epoch(2)  # the server has lost 3 and 4
    adopt(history, 1, "a")
    adopt(history, 2, "b")
    assert history.erase(Erased(before=1, numbers=((1, 1),), erasures=1)) == {"a"}
    assert [event.message for event in history.snapshot(10).recent] == ["b", "b"]


def test_a_number_that_was_given_again_erases_no_other_message(history: History) -> None:
    for number, message in ((1, "a"), (2, "lost")):
        record(history, number, "clicked", message=about(message))
    history.start_epoch(1)
    adopt(history, 1, "a")
    assert not adopt(history, 2, "new")
    record(history, 2, "clicked", message=about("new"))
    for erasures in (1, 2):  # the server lists all that were ever erased, each time
        history.erase(Erased(before=1, numbers=((2, 2),), erasures=erasures))
        assert [event.message for event in history.snapshot(10).recent] == ["a", "lost"]


def test_what_is_too_old_for_the_server_leaves_all_epochs(history: History) -> None:
    for number, message in ((1, "a"), (2, "b"), (3, "lost")):
        record(history, number, "clicked", message=about(message))
    history.start_epoch(2)
    adopt(history, 1, "a")
    adopt(history, 2, "b")
    adopt(history, 3, "new")
    record(history, 3, "clicked", message=about("new"))
    history.erase(Erased(before=2, numbers=(), erasures=1))
    assert [event.message for event in history.snapshot(10).recent] == ["new", "b", "lost"]
    history.erase(Erased(before=4, numbers=(), erasures=2))
    assert history.snapshot(10).recent == ()


def test_a_later_event_of_a_message_that_lost_a_person_stays(history: History) -> None:
    for number in (1, 2):
        record(history, number, "clicked", message=about("a"))
    assert history.erase(Erased(before=1, numbers=((1, 1),), erasures=1)) == {"a"}
    assert numbers(history.snapshot(10).recent) == [2]


def test_an_event_without_a_mail_erases_no_other_one(history: History) -> None:
    for number in (1, 2):
        record(history, number, "digest")
    assert history.erase(Erased(before=1, numbers=((1, 1),), erasures=1)) == frozenset()
    assert len(list(history.newest(10))) == 1


def test_an_unreadable_entry_does_not_hide_the_others(history: History) -> None:
    record(history, 1)
    record(history, 2)
    with history._db:
        history._db.execute("UPDATE event SET raw = '{}' WHERE number = 2")
    assert [event.number for event, _ in history.newest(10)] == [1]


def test_events_read_on_another_device_stay_read_after_a_restart(history: History) -> None:
    for number in (1, 2, 3):
        record(history, number)
    history.save_read_up_to(2)
    kept = history.snapshot(10)
    assert ([number for number, _ in kept.unread], kept.read_up_to) == ([3], 2)


def test_a_rewritten_event_replaces_what_is_stored(history: History) -> None:
    """Nothing of the erased person is left in the file once the erasure is complete."""
    record(history, 1)
    record(history, 2)
    before = golden("opened-through-gmail", number=1)
    (person,) = before["message"]["recipients"]
    after = {**before, "message": {**before["message"], "recipients": []}}
    history.rewrite(read_event(after), after)
    history.erase(Erased(0, (), 1))
    stored = {event.number: raw["message"]["recipients"] for event, raw in history.newest(10)}
    assert stored == {1: [], 2: [person]}
    other = {**after, "message": {**after["message"], "id": "b" * 16}}
    history.rewrite(read_event(other), other)
    assert [raw for event, raw in history.newest(10) if event.number == 1] == [after]
