"""Windows' part, on a stand-in for `msvcrt`. The tests of spool and backup meet Linux's."""

import os
import sys
import threading
from pathlib import Path

import pytest
from sealbreak_server import files
from support.windows import FakeMsvcrt

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux stands in for Windows")


@pytest.fixture(autouse=True)
def msvcrt(monkeypatch: pytest.MonkeyPatch) -> FakeMsvcrt:
    fake = FakeMsvcrt()
    monkeypatch.setitem(sys.modules, "msvcrt", fake)
    monkeypatch.setitem(sys.modules, "fcntl", None)
    monkeypatch.delattr(os, "pwrite")
    monkeypatch.setattr(sys, "platform", "win32")
    return fake


def opened(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT)


def test_one_of_two_open_files_has_the_lock(tmp_path: Path) -> None:
    first, second = opened(tmp_path / "file"), opened(tmp_path / "file")
    assert files.try_lock(first)
    assert not files.try_lock(second)
    assert files.is_locked(tmp_path / "file")
    os.close(first)
    assert not files.is_locked(tmp_path / "file")
    assert files.try_lock(second)
    os.close(second)


def test_a_file_that_is_gone_counts_as_locked(tmp_path: Path) -> None:
    assert files.is_locked(tmp_path / "gone")


def test_a_lock_waits_for_the_one_before(tmp_path: Path) -> None:
    first, second = opened(tmp_path / "file"), opened(tmp_path / "file")
    files.lock(first)
    waiting = threading.Thread(target=files.lock, args=(second,))
    waiting.start()
    waiting.join(2 * files.POLL_SECONDS)
    assert waiting.is_alive()
    os.close(first)
    waiting.join(30)
    assert not waiting.is_alive()
    os.close(second)


def test_a_lock_leaves_the_position_and_locks_one_byte_behind_the_file(
    tmp_path: Path, msvcrt: FakeMsvcrt
) -> None:
    file = opened(tmp_path / "file")
    os.write(file, b"a line\n")
    files.lock(file)
    os.write(file, b"another\n")
    assert (tmp_path / "file").read_bytes() == b"a line\nanother\n"
    assert msvcrt.calls == [(msvcrt.LK_NBLCK, files.LOCKED_BYTE, 1)]
    os.close(file)


def test_a_new_file_has_its_final_name_and_the_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows renames no file that is open."""

    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "rename", refuse)
    file = files.create_locked(tmp_path / "spool.jsonl")
    assert [path.name for path in tmp_path.iterdir()] == ["spool.jsonl"]
    assert files.is_locked(tmp_path / "spool.jsonl")
    assert files.write_at(file, b"ab\ncd\n", 0) == 6
    assert files.write_at(file, b"XY", 3) == 2
    os.close(file)
    assert (tmp_path / "spool.jsonl").read_bytes() == b"ab\nXY\n"


def test_a_file_is_read_from_its_beginning_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "READ_BYTES", 4)
    (tmp_path / "file").write_bytes(b"0123456789")
    file = opened(tmp_path / "file")
    os.lseek(file, 5, os.SEEK_SET)
    assert files.read_all(file) == b"0123456789"
    os.close(file)
