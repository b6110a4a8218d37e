"""The server without what Windows does not have, and with Windows' rules for files."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from support import windows
from support.server.process import Done, Server, running, visit

PROGRAM = (sys.executable, "-W", "error", windows.__file__)
BURST = 40
"""Requests at once; a batch of more than eight hits goes to the spool."""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux stands in for Windows")


def command(data: Path, name: str, *arguments: str) -> Done:
    line = [*PROGRAM, name, "--data", str(data), *arguments]
    return subprocess.run(line, capture_output=True, text=True, timeout=60)


def end(server: Server) -> None:
    """As Ctrl+Break does."""
    server.process.send_signal(windows.BREAK)
    assert server.process.wait(timeout=20) == 0
    assert "Traceback" not in server.log.read_text()


def test_hits_are_kept_and_counted_and_a_break_ends_it_cleanly(tmp_path: Path) -> None:
    with running(tmp_path / "data", program=PROGRAM) as server:
        sender = server.sender()
        mail = sender.mail()
        with ThreadPoolExecutor(BURST) as readers:
            answers = list(readers.map(lambda _: visit(server, mail.pixel()), range(BURST)))
        assert {answer.status_code for answer in answers} == {200}
        sender.wait_for_hits(mail, BURST)
        end(server)
    with running(tmp_path / "data", program=PROGRAM) as server:
        end(server)


def test_a_copy_is_made_beside_the_server_and_put_back(tmp_path: Path) -> None:
    data, copy = tmp_path / "data", tmp_path / "copy"
    with running(data, program=PROGRAM) as server:
        server.sender().mail()
        made = command(data, "backup", str(copy))
        assert (made.returncode, made.stderr) == (0, "")
        again = command(data, "restore", str(copy))
        assert "stop the server first" in again.stderr
        end(server)
    assert {path.name for path in tmp_path.iterdir()} == {"copy", "data", "data.log"}
    restored = command(data, "restore", str(copy))
    assert (restored.returncode, restored.stderr) == (0, "")
    assert "holds 2 keys now" in command(data, "rotate-keys").stdout
