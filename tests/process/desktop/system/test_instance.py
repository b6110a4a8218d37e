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


def test_a_second_start_sends_its_command_to_the_first(tmp_path: Path) -> None:
    heard: queue.Queue[str] = queue.Queue()
    first = instance.acquire(tmp_path / "tray.lock")
    assert first is not None
    first.listen(heard.put)
    assert instance.send_command(tmp_path / "tray.lock", instance.SHOW)
    assert heard.get(timeout=5) == instance.SHOW
    first.close()


def test_without_space_for_its_contact_file_it_still_runs(tmp_path: Path) -> None:
    (tmp_path / "tray.json").mkdir()  # so that no file can take its place
    first = instance.acquire(tmp_path / "tray.lock")
    assert first is not None
    (tmp_path / "tray.json").rmdir()
    first.close()


def test_files_left_by_killed_processes_are_deleted(tmp_path: Path) -> None:
    (tmp_path / ".tray.json.4711").write_text("{")
    first = instance.acquire(tmp_path / "tray.lock")
    assert first is not None
    first.close()
    assert [one.name for one in tmp_path.iterdir()] == ["tray.lock"]


def test_a_command_without_a_running_tray_is_no_error(tmp_path: Path) -> None:
    assert not instance.send_command(tmp_path / "tray.lock", instance.SHOW)


def test_a_program_without_the_key_is_ignored(tmp_path: Path) -> None:
    heard: queue.Queue[str] = queue.Queue()
    first = instance.acquire(tmp_path / "tray.lock")
    assert first is not None
    first.listen(heard.put)
    note = json.loads((tmp_path / "tray.json").read_text())
    (tmp_path / "tray.json").write_text(json.dumps(note | {"key": "00" * 32}))
    assert not instance.send_command(tmp_path / "tray.lock", instance.SHOW)
    (tmp_path / "tray.json").write_text(json.dumps(note))
    assert instance.send_command(tmp_path / "tray.lock", instance.RELOAD)
    assert heard.get(timeout=5) == instance.RELOAD
    first.close()


def test_the_lock_ends_with_its_process_however_that_ends(tmp_path: Path) -> None:
    hold = (
        "import os, sys; from pathlib import Path; from sealbreak_desktop.system import instance;"
        "held = instance.acquire(Path(sys.argv[1])); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", hold, tmp_path / "tray.lock"], check=False)
    assert (tmp_path / "tray.json").exists()
    assert not instance.send_command(tmp_path / "tray.lock", instance.SHOW)
    second = instance.acquire(tmp_path / "tray.lock")
    assert second is not None
    second.close()
