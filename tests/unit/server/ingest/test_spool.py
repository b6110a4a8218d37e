import json
import os
from pathlib import Path

import pytest
from sealbreak_server.ingest.spool import DEAD_LETTERS, Spool
from sealbreak_server.model.hit import Hit, Kind
from support.server.intake import batches_of


def a_hit(time: float) -> Hit:
    headers = (("user-agent", "Ünïcode \x7f"), ("accept", "*/*"))
    return Hit(Kind.CLICK, "a" * 8, "b" * 16, 3, 2, time, "GET", "2001:db8::1", headers, True)


def test_hits_are_read_as_they_were_written(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.append([a_hit(1.25), a_hit(2.5)])
    spool.close()
    ((_, hits),) = batches_of(Spool(tmp_path))
    assert hits == [a_hit(1.25), a_hit(2.5)]


def test_a_line_of_an_earlier_version_is_read(tmp_path: Path) -> None:
    named = {**a_hit(1.25)._asdict(), "headers": [["accept", "*/*"]]}
    line = {"batch": "x", "hits": [named]}
    (tmp_path / "000000001-aaaaaaaa.jsonl").write_text(json.dumps(line) + "\n")
    ((name, (hit,)),) = batches_of(Spool(tmp_path))
    assert (name, hit) == ("x", a_hit(1.25)._replace(headers=(("accept", "*/*"),)))
    assert hit.kind is Kind.CLICK


def test_batches_are_read_in_order_under_different_names(tmp_path: Path) -> None:
    for time in range(12):
        spool = Spool(tmp_path)
        spool.append([a_hit(time)])
        spool.close()
    found = list(batches_of(Spool(tmp_path)))
    assert [hits[0].time for _, hits in found] == list(range(12))
    assert len({name for name, _ in found}) == 12


def test_a_file_is_removed_after_its_last_batch(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.append([a_hit(1)])
    assert spool.has_batches
    list(batches_of(spool))
    assert (spool.has_batches, spool.files()) == (False, [])


def test_a_file_stays_while_its_last_batch_is_being_recorded(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.append([a_hit(1)])
    next(batches_of(spool))
    assert len(spool.files()) == 1


def test_no_bundle_holds_batches_of_two_files(tmp_path: Path) -> None:
    for times in ((1, 2, 3), (4, 5)):
        spool = Spool(tmp_path)
        for time in times:
            spool.append([a_hit(time)])
        spool.close()
    bundles = Spool(tmp_path).bundles(2)
    assert [len(bundle) for bundle in bundles] == [2, 1, 2]


def test_an_incomplete_last_line_affects_no_other_line(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.append([a_hit(1)])
    spool.close()
    (path,) = spool.files()
    path.write_bytes(path.read_bytes() + b'{"batch": "x", "hi')
    spool.append([a_hit(2)])
    spool.close()
    assert [hits[0].time for _, hits in batches_of(Spool(tmp_path))] == [1, 2]
    assert (tmp_path / DEAD_LETTERS).read_bytes() == b'{"batch": "x", "hi\n'


@pytest.mark.parametrize(
    "damaged",
    [
        b"{", b"[]", b"null", b"\xff\xfe", b"\0\0{}", b'{"batch":"x"}',
        b'{"batch":"x","hits":[[1]]}', b'{"batch":"x","hits":[7]}', b'{"batch":"x","hits":{}}x',
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_read_is_kept(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, damaged: bytes
) -> None:
    spool = Spool(tmp_path)
    spool.append([a_hit(1)])
    spool.append([a_hit(2)])
    spool.close()
    (path,) = spool.files()
    first, second = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(first + damaged + b"\n" + second)
    assert [hits[0].time for _, hits in batches_of(Spool(tmp_path))] == [1, 2]
    assert (tmp_path / DEAD_LETTERS).read_bytes() == damaged + b"\n"
    assert not path.exists()
    assert "cannot be read: it is kept in" in caplog.text


def test_a_file_with_an_unreadable_line_stays_while_there_is_no_room_for_the_line(
    tmp_path: Path,
) -> None:
    (tmp_path / "000000001-aaaaaaaa.jsonl").write_bytes(b"{\n")
    (tmp_path / DEAD_LETTERS).write_bytes(b"full\n")
    spool = Spool(tmp_path, max_bytes=5)
    with pytest.raises(OSError, match="no room"):
        list(batches_of(spool))
    assert (tmp_path / "000000001-aaaaaaaa.jsonl").exists()


def test_zeros_that_a_killed_server_left_are_skipped(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    killed = Spool(tmp_path)
    for time in (1, 2):
        killed.append([a_hit(time)])
    (path,) = killed.files()
    assert path.read_bytes().endswith(b"\0")
    left = path.read_bytes()
    killed.close()
    path.write_bytes(left)
    assert [hits[0].time for _, hits in batches_of(Spool(tmp_path))] == [1, 2]
    assert not caplog.text


def test_files_with_other_names_are_ignored(tmp_path: Path) -> None:
    (tmp_path / "refused.jsonl").write_text("mine\n")
    spool = Spool(tmp_path)
    assert not spool.has_batches
    spool.append([a_hit(1)])
    assert [hits[0].time for _, hits in batches_of(spool)] == [1]
    assert (tmp_path / "refused.jsonl").read_text() == "mine\n"


def test_a_full_spool_accepts_no_more(tmp_path: Path) -> None:
    spool = Spool(tmp_path, max_bytes=1000)
    assert spool.append([a_hit(1)])
    assert not spool.append([a_hit(2)] * 10)
    assert len(list(batches_of(spool))) == 1


def test_a_spool_has_room_again_after_its_batches_are_read(tmp_path: Path) -> None:
    spool = Spool(tmp_path, max_bytes=1000)
    while spool.append([a_hit(1)]):
        pass
    assert not spool.accepts_bursts()
    list(batches_of(spool))
    assert spool.accepts_bursts()
    assert spool.append([a_hit(2)])


def open_files() -> int:
    return len([*Path("/proc/self/fd").iterdir()])


def fail(*_args: object) -> None:
    raise OSError("input/output error")


def test_a_file_that_cannot_be_truncated_is_closed_nevertheless(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise later lines would be written to whichever file has its descriptor by then."""
    spool = Spool(tmp_path)
    for time in (1, 2):
        spool.append([a_hit(time)])
    with monkeypatch.context() as context:
        context.setattr("os.ftruncate", fail)
        spool.close()
    other = os.open(tmp_path / "other", os.O_RDWR | os.O_CREAT)
    spool.append([a_hit(3)])
    assert [hits[0].time for _, hits in batches_of(spool)] == [1, 2, 3]
    assert os.fstat(other).st_size == 0
    os.close(other)


def test_a_file_that_cannot_be_created_leaves_nothing_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool, before = Spool(tmp_path), open_files()
    with monkeypatch.context() as context:
        context.setattr("sealbreak_server.ingest.spool.sync_folder", fail)
        with pytest.raises(OSError, match="input"):
            spool.append([a_hit(1)])
    assert open_files() == before
    assert not list(tmp_path.glob("*.new"))
    assert spool.append([a_hit(2)])
    assert [hits[0].time for _, hits in batches_of(spool)] == [2]


def test_dead_letters_beyond_the_limit_are_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    spool = Spool(tmp_path, max_bytes=10)
    spool.add_dead_letter("one", [a_hit(1)])
    assert not caplog.text
    spool.add_dead_letter("two", [a_hit(2)] * 2)
    assert "2 hits" in caplog.text
    assert (tmp_path / "refused").read_text().count('"batch"') == 1


def test_only_the_owner_can_read_a_spool_file(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")
    spool.append([a_hit(1)])
    (path,) = spool.files()
    assert path.stat().st_mode & 0o077 == 0
