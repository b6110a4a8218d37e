import json
import queue
import subprocess
import sys
from pathlib import Path

from sealbreak_desktop.system import instance


def test_the_second_gets_no_lock(tmp_path: Path) -> None:
    first = instance.acquire(tmp_path / "tray.lock")
    assert first is not None
    assert instance.acquire(tmp_path / "tray.lock") is None
    first.close()
    again = instance.acquire(tmp_path / "tray.lock")
    assert again is not None
    again.close()


def test_the_second_hands_over_what_it_wanted(tmp_path: Path) -> None:
    heard: queue.Queue[str] = queue.Queue()
    first = instance.acquire(tmp_path / "tray.lock")
    assert first is not None
    first.listen(heard.put)
    assert instance.tell_running(tmp_path / "tray.lock", instance.SHOW)
    assert heard.get(timeout=5) == instance.SHOW
    first.close()


def test_without_room_for_its_note_it_runs_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "tray.json").mkdir()  # so that no file can take its place
    first = instance.acquire(tmp_path / "tray.lock")
    assert first is not None
    (tmp_path / "tray.json").rmdir()
    first.close()


def test_what_killed_ones_left_is_cleared(tmp_path: Path) -> None:
    (tmp_path / ".tray.json.4711").write_text("{")
    first = instance.acquire(tmp_path / "tray.lock")
    assert first is not None
    first.close()
    assert [one.name for one in tmp_path.iterdir()] == ["tray.lock"]


def test_nobody_there_is_no_error(tmp_path: Path) -> None:
    assert not instance.tell_running(tmp_path / "tray.lock", instance.SHOW)


def test_a_stranger_without_the_key_is_not_heard(tmp_path: Path) -> None:
    heard: queue.Queue[str] = queue.Queue()
    first = instance.acquire(tmp_path / "tray.lock")
    assert first is not None
    first.listen(heard.put)
    note = json.loads((tmp_path / "tray.json").read_text())
    (tmp_path / "tray.json").write_text(json.dumps(note | {"key": "00" * 32}))
    assert not instance.tell_running(tmp_path / "tray.lock", instance.SHOW)
    (tmp_path / "tray.json").write_text(json.dumps(note))
    assert instance.tell_running(tmp_path / "tray.lock", instance.RELOAD)
    assert heard.get(timeout=5) == instance.RELOAD
    first.close()


def test_the_lock_ends_with_its_process_however_that_ends(tmp_path: Path) -> None:
    hold = (
        "import os, sys; from pathlib import Path; from sealbreak_desktop.system import instance;"
        "held = instance.acquire(Path(sys.argv[1])); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", hold, tmp_path / "tray.lock"], check=False)
    assert (tmp_path / "tray.json").exists()
    assert not instance.tell_running(tmp_path / "tray.lock", instance.SHOW)
    second = instance.acquire(tmp_path / "tray.lock")
    assert second is not None
    second.close()
