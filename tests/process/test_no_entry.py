"""A folder that cannot be entered is an error with words, in each command that looks into it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

WITHOUT_RIGHTS = ("setpriv", "--bounding-set=-all", "--inh-caps=-all", "--securebits=+noroot")
"""Root then has the rights of any other user."""

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("setpriv") is None, reason="needs setpriv of Linux"
)


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o000)
    (tmp_path / "data").mkdir()
    yield folder
    folder.chmod(0o700)


@pytest.mark.parametrize(
    "command",
    [
        "sealbreak_server serve --port 0 --data {closed}/data",
        "sealbreak_server pair --data {closed}/data",
        "sealbreak_server rotate-keys --data {closed}/data",
        "sealbreak_server backup --data {closed}/data {open}/copy",
        "sealbreak_server backup --data {open} {closed}/copy",
        "sealbreak_server restore --data {open} {closed}/copy",
        "sealbreak_server data country {closed}/country.mmdb",
        "sealbreak_server extension {closed}/extension",
        "sealbreak_server extension",
        "sealbreak_desktop",
        "sealbreak_desktop history",
        "sealbreak_desktop doctor",
        "sealbreak_desktop --state {closed}/state",
    ],
)
def test_it_is_named_without_a_traceback(closed: Path, command: str) -> None:
    """It is the user's home too."""
    words = command.format(closed=closed, open=closed.parent / "data").split()
    rights = WITHOUT_RIGHTS if os.geteuid() == 0 else ()
    own = ("HOME", "XDG_", "SEALBREAK_", "DISPLAY", "WAYLAND_")
    environ = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    done = subprocess.run(
        [*rights, sys.executable, "-m", *words],
        env={**environ, "HOME": str(closed)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode in {1, 2}
    assert "Permission denied" in done.stderr
    assert str(closed) in done.stderr
    assert "Traceback" not in done.stderr
