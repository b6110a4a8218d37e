import os
from collections.abc import Sequence
from pathlib import Path

from sealbreak_server.ingest import dead_letters
from sealbreak_server.ingest.spool import DEAD_LETTERS, Spool, read_batches
from sealbreak_server.model.hit import Hit, Kind

SINCE = 1000.0


def hit(message: str, time: float = SINCE) -> Hit:
    return Hit(Kind.OPEN, "a" * 8, message * 16, 0, None, time, "GET", "192.0.2.1", ())


def all_of_them(hits: Sequence[Hit]) -> Sequence[Hit]:
    return hits


def letters(folder: Path, *batches: Sequence[Hit]) -> Path:
    spool = Spool(folder)
    for at, hits in enumerate(batches):
        spool.add_dead_letter(f"batch-{at}", hits)
    return folder / DEAD_LETTERS


def left(file: Path) -> dict[str, list[Hit]]:
    return dict(read_batches(file))


def test_without_dead_letters_nothing_is_made(tmp_path: Path) -> None:
    dead_letters.keep(tmp_path, all_of_them, SINCE)
    assert list(tmp_path.iterdir()) == []


def test_hits_that_are_wanted_no_more_go_and_their_batches_keep_their_names(tmp_path: Path) -> None:
    file = letters(tmp_path, [hit("b"), hit("c")], [hit("b")], [hit("c")])

    def without_b(hits: Sequence[Hit]) -> list[Hit]:
        return [one for one in hits if one.message != "b" * 16]

    dead_letters.keep(tmp_path, without_b, SINCE)
    assert left(file) == {"batch-0": [hit("c")], "batch-2": [hit("c")]}
    assert b"bbbb" not in file.read_bytes()


def test_old_hits_go(tmp_path: Path) -> None:
    file = letters(tmp_path, [hit("b", SINCE - 1), hit("c", SINCE)])
    dead_letters.keep(tmp_path, all_of_them, SINCE)
    assert left(file) == {"batch-0": [hit("c", SINCE)]}


def test_a_later_letter_is_added_after_the_others(tmp_path: Path) -> None:
    file = letters(tmp_path, [hit("b", SINCE - 1)], [hit("c")])
    dead_letters.keep(tmp_path, all_of_them, SINCE)
    Spool(tmp_path).add_dead_letter("later", [hit("d")])
    assert list(left(file)) == ["batch-1", "later"]


def test_a_line_that_cannot_be_read_goes_when_it_must_be_old(tmp_path: Path) -> None:
    file = letters(tmp_path, [hit("b", SINCE - 1)], [hit("c")])
    with file.open("ab") as lines:
        lines.write(b"half a li\n")
    os.utime(file, (SINCE, SINCE))
    dead_letters.keep(tmp_path, all_of_them, SINCE)
    assert b"half a li" in file.read_bytes()
    assert file.stat().st_mtime == SINCE
    dead_letters.keep(tmp_path, all_of_them, SINCE + 1)
    assert file.read_bytes() == b""
