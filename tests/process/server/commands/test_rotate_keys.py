from pathlib import Path

from sealbreak_server.security.keyring import load_or_make_keys
from support.server.process import command, running, visit

TARGET = "https://example.com/offer"


def test_links_of_sent_mails_work_and_new_ones_have_the_new_key(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running(data) as server:
        sent = server.sender().mail()
    done = command(data, "rotate-keys")
    assert done.returncode == 0, done.stderr
    assert "holds 2 keys now" in done.stdout
    assert str(load_or_make_keys(data / "keys").keys[0]) not in done.stdout
    with running(data) as server:
        later = server.sender().mail()
        for mail in (sent, later):
            assert visit(server, mail.link(1, TARGET)).headers["location"] == TARGET
    before = tmp_path / "before"
    before.mkdir()
    lines = (data / "keys").read_text().splitlines()
    (before / "keys").write_text(f"{lines[1]}\n")
    with running(before) as server:
        assert visit(server, sent.link(1, TARGET)).status_code == 302
        assert visit(server, later.link(1, TARGET)).status_code == 404


def test_a_folder_without_keys_is_named(tmp_path: Path) -> None:
    done = command(tmp_path, "rotate-keys")
    assert done.returncode == 1
    assert str(tmp_path / "keys") in done.stderr
