from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sealbreak_server.errors import SettingsError
from sealbreak_server.security.keyring import add_key, load_or_make_keys


def test_the_first_start_makes_a_key_for_the_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "new" / "keys"
    ring = load_or_make_keys(path)
    assert len(ring.keys) == 1
    assert path.stat().st_mode & 0o777 == 0o600
    assert load_or_make_keys(path) == ring


def test_starts_at_the_same_time_agree(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        rings = list(pool.map(load_or_make_keys, [tmp_path / "keys"] * 16))
    assert len(set(rings)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["keys"]


def test_a_folder_in_their_place_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    with pytest.raises(SettingsError, match="must be the file of server keys"):
        load_or_make_keys(tmp_path / "keys")
    assert (tmp_path / "keys").is_dir()


def test_a_folder_that_cannot_be_made_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError):
        load_or_make_keys(tmp_path / "file" / "keys")


def test_keys_keep_their_order(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    path.write_text(f"# newest first\n{'A' * 43}\n\n{'B' * 42}A\n")
    assert [key[0] for key in load_or_make_keys(path).keys] == [0, 4]


@pytest.mark.parametrize("text", ["", "# only words\n", "short\n", "ä\n"])
def test_a_file_without_good_keys_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "keys"
    path.write_text(text)
    with pytest.raises(SettingsError):
        load_or_make_keys(path)


def test_a_new_key_signs_and_the_ones_before_verify(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    before = load_or_make_keys(path)
    assert add_key(path) == 2
    after = load_or_make_keys(path)
    assert after.keys[1:] == before.keys
    assert after.keys[0] != before.keys[0]
    assert path.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["keys"]


def test_a_key_is_added_only_to_good_keys(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    with pytest.raises(SettingsError, match="is not there"):
        add_key(path)
    path.write_text("short\n")
    with pytest.raises(SettingsError):
        add_key(path)
    assert path.read_text() == "short\n"
