"""A server whose keys, database or folder is lost or odd says so, and changes nothing."""

import json
import shutil
from contextlib import closing
from pathlib import Path

import pytest
from sealbreak_server.security.keyring import make_keys
from support.desktop.processes import eventually
from support.server.process import Sender, command, running

SERVE = ("serve", "--port", "0")


def refusal(data: Path, *flags: str) -> str:
    """What a server says that does not start."""
    done = command(data, *SERVE, *flags)
    assert (done.returncode, done.stdout) == (1, "")
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr


def started(data: Path, *flags: str) -> str:
    """What a server writes that starts."""
    with running(data, *flags) as server:
        assert server.stop() == 0
        return server.log.read_text()


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an account, left by a server that has stopped."""
    with running(tmp_path_factory.mktemp("left") / "data") as server:
        server.sender()
        assert server.stop() == 0
    return server.data


@pytest.fixture
def data(left: Path, tmp_path: Path) -> Path:
    return shutil.copytree(left, tmp_path / "data")


def test_lost_keys_are_not_replaced_in_silence(data: Path) -> None:
    keys = (data / "keys").read_text()
    (data / "keys").unlink()
    assert "--new-keys" in refusal(data)
    assert f"{data}/keys is lost. Restore keys from your copy" in refusal(data)
    assert not (data / "keys").exists()
    (data / "keys").write_text(keys)
    started(data)


def test_who_means_it_gets_new_keys(data: Path) -> None:
    keys = (data / "keys").read_text()
    (data / "keys").unlink()
    started(data, "--new-keys")
    assert (data / "keys").read_text() != keys
    started(data)
    (data / "keys").write_text(keys)  # found again
    started(data)


def test_keys_of_another_server_are_refused(data: Path, tmp_path: Path) -> None:
    (data / "keys").unlink()
    make_keys(data / "keys")
    foreign = (data / "keys").read_text()
    assert "not those that signed the mails" in refusal(data)
    assert (data / "keys").read_text() == foreign
    started(data, "--new-keys")
    started(data)


def test_a_rotation_is_no_loss(data: Path, tmp_path: Path) -> None:
    make_keys(tmp_path / "newer")
    old, new = (data / "keys").read_text(), (tmp_path / "newer").read_text()
    for text in (new + old, new):
        (data / "keys").write_text(text)
        started(data)


def test_keys_that_are_a_folder_are_a_sentence(data: Path) -> None:
    (data / "keys").unlink()
    (data / "keys").mkdir()
    for flags in ((), ("--new-keys",)):
        assert "must be the file of server keys" in refusal(data, *flags)


@pytest.mark.parametrize("rest", [b"", None], ids=["empty", "missing"])
def test_an_empty_database_beside_copies_of_a_full_one_is_refused(
    data: Path, rest: bytes | None
) -> None:
    file, backups = data / "sealbreak.sqlite3", data / "backups"
    backups.mkdir()
    file.rename(backups / "version-7-1.sqlite3")
    if rest is not None:
        file.write_bytes(rest)
    said = refusal(data)
    assert "version-7-1.sqlite3" in said
    assert "move that folder away" in said
    backups.rename(data / "elsewhere")
    started(data)


@pytest.mark.parametrize("name", ["serve", "pair", "devices", "export"])
def test_a_data_folder_that_is_a_file_is_a_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / "data").write_text("mine")
    for folder in (tmp_path / "data", tmp_path / "data" / "below"):
        done = command(folder, name, *(("--port", "0") if name == "serve" else ()))
        assert done.returncode == 1
        assert "cannot be the data folder" in done.stderr
        assert "Traceback" not in done.stderr
    assert (tmp_path / "data").read_text() == "mine"


def test_a_first_start_without_a_database_server_makes_no_keys(tmp_path: Path) -> None:
    """They might be lost ones of a database that is full."""
    url = f"postgresql:///sealbreak?host={tmp_path}/nowhere"
    done = command(tmp_path / "data", *SERVE, "--database-url", url)
    assert done.returncode == 1
    assert "the database cannot be asked" in done.stderr
    assert not (tmp_path / "data" / "keys").exists()


def test_a_damaged_line_of_the_spool_is_kept_and_the_others_are_taken_in(
    tmp_path: Path,
) -> None:
    data = tmp_path / "data"
    with running(data) as first:
        sender = first.sender()
        mail = sender.mail()
        assert first.stop() == 0
    hit = ["open", mail.owner, mail.id, 0, None, 1795426200.0, "GET", "84.130.20.7", [], False]
    good = json.dumps({"batch": "a" * 32, "hits": [hit]})
    spool = data / "spool"
    spool.mkdir(exist_ok=True)
    (spool / "000000001-aaaaaaaa.jsonl").write_text(f'{{"batch": "b", "hits": [[\n{good}\n')
    with running(data) as second:
        with closing(Sender(second.url, sender.paired).http) as http:
            eventually(lambda: len(http.get(f"/messages/{mail.id}").json()["hits"]) == 1, "the hit")
        assert "is kept in" in second.log.read_text()
        assert second.stop() == 0
    assert (spool / "refused").read_text() == '{"batch": "b", "hits": [[\n'
    assert not list(spool.glob("*.jsonl"))
