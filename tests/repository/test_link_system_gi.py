import subprocess
import sys
from pathlib import Path

from support.paths import ROOT

SCRIPT = ROOT / ".ci" / "link-system-gi"


def link(venv: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([SCRIPT, venv], capture_output=True, text=True, check=False)


def a_venv(folder: Path, version: str) -> Path:
    (folder / "lib" / f"python{version}" / "site-packages").mkdir(parents=True)
    (folder / "pyvenv.cfg").write_text(f"home = /usr/bin\nversion = {version}.7\n")
    return folder


def test_another_python_is_told_and_no_error(tmp_path: Path) -> None:
    done = link(a_venv(tmp_path, "3.99"))
    assert done.returncode == 0
    assert "No tray icon" in done.stdout
    assert not list(tmp_path.rglob("*.pth"))


def test_running_it_again_changes_nothing(tmp_path: Path) -> None:
    version = f"3.{sys.version_info.minor}"
    venv = a_venv(tmp_path, version)
    first = link(venv), sorted(venv.rglob("*"))
    second = link(venv), sorted(venv.rglob("*"))
    assert first[0].returncode == second[0].returncode == 0
    assert first[1] == second[1]


def test_without_a_folder_it_explains_itself(tmp_path: Path) -> None:
    done = link(tmp_path)
    assert (done.returncode, done.stderr) == (2, "usage: .ci/link-system-gi VENV\n")
