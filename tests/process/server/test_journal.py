import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sealbreak_server.ingest.journal import MAX_ZEROS, Journal

LINES = [b"%d " % number * (number % 7 + 1) + b"\n" for number in range(100)]
KILLED = """
import os, sys
from sealbreak_server.ingest.journal import Journal
journal = Journal(os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT))
for _ in range(2):
    journal.append(b"line\\n")
os.kill(os.getpid(), 9)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal"


def journal_of(path: Path) -> Journal:
    return Journal(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL))


@contextmanager
def room(size: int) -> Iterator[None]:
    """Limits the size of files, as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def lines_of(path: Path) -> bytes:
    """Without the zeros, which must be behind all lines."""
    return path.read_bytes().rstrip(b"\0")


def test_all_lines_can_be_read_in_order_at_any_time(path: Path) -> None:
    journal = journal_of(path)
    for number, line in enumerate(LINES, 1):
        journal.append(line)
        assert lines_of(path) == b"".join(LINES[:number])
    journal.close()
    assert path.read_bytes() == b"".join(LINES)


def test_as_many_zeros_are_written_as_there_are_bytes_of_lines(path: Path) -> None:
    journal = journal_of(path)
    sizes = []
    for _ in range(8):
        journal.append(b"1234567\n")
        sizes.append(path.stat().st_size)
    journal.close()
    assert sizes == [8, 24, 24, 56, 56, 56, 56, 120]


def test_the_zeros_have_a_limit(path: Path) -> None:
    journal = journal_of(path)
    journal.append(bytes(3 * MAX_ZEROS))
    journal.append(b"x")
    assert path.stat().st_size == 4 * MAX_ZEROS + 1
    journal.close()


def test_a_disk_without_room_for_zeros_accepts_lines(path: Path) -> None:
    journal = journal_of(path)
    journal.append(b"1234567\n")
    with room(20):
        journal.append(b"1234567\n")
        assert path.read_bytes() == b"1234567\n" * 2
    journal.close()


@pytest.mark.parametrize(
    "line", [b"123456789\n" * 3, b"x" * 200], ids=["over zeros", "beyond them"]
)
def test_a_line_that_does_not_fit_leaves_the_file_as_it_was(path: Path, line: bytes) -> None:
    journal = journal_of(path)
    for number in range(12):
        journal.append(b"%07d\n" % number)
    before = lines_of(path)
    with room(len(before) + 20), pytest.raises(OSError, match="too large"):
        journal.append(line)
    assert path.read_bytes() == before
    journal.append(b"next\n")
    journal.close()
    assert path.read_bytes() == before + b"next\n"


def test_a_line_that_could_not_be_synced_is_not_in_the_file(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its hits are stored elsewhere."""
    journal = journal_of(path)
    journal.append(b"one\n")
    journal.append(b"two\n")

    def fail(_file: int) -> None:
        raise OSError("input/output error")

    with monkeypatch.context() as context:
        context.setattr("sealbreak_server.ingest.journal._sync", fail)
        with pytest.raises(OSError, match="input"):
            journal.append(b"bad, and longer\n")
    journal.append(b"ok\n")
    assert lines_of(path) == b"one\ntwo\nok\n"
    journal.close()


def test_a_killed_writer_leaves_zeros_behind_its_lines(path: Path) -> None:
    subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)
    assert path.read_bytes() == b"line\n" * 2 + bytes(5)
