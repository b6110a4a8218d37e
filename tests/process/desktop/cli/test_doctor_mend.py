"""`sealbreak doctor` in a virtual environment as pip, pipx or uv make it: without PyGObject."""

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from sealbreak_desktop.system import system_gi
from support.paths import ROOT


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its Python finds the tray and its libraries, but not the system's."""
    venv = tmp_path_factory.mktemp("bare")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    libraries = sysconfig.get_path("purelib", vars={"base": str(venv)})
    places = [ROOT / "desktop", sysconfig.get_path("purelib")]
    (Path(libraries) / "tray.pth").write_text("".join(f"{place}\n" for place in places))
    return venv


def doctor(venv: Path, state: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environ = {"PATH": os.environ["PATH"], "HOME": str(state), "SEALBREAK_STATE": str(state)}
    command = [str(venv / "bin/python"), "-m", "sealbreak_desktop", "doctor", *arguments]
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=False)


def imports_gi(venv: Path) -> bool:
    command = [str(venv / "bin/python"), "-c", "import gi, dbus"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_it_reports_to_its_end_and_mends_what_it_can(bare: Path, tmp_path: Path) -> None:
    if why := system_gi.obstacle(system_gi.find()):
        pytest.skip(why)
    assert not imports_gi(bare)
    before = doctor(bare, tmp_path)
    assert (before.returncode, before.stderr) == (1, "")
    assert "PyGObject is not installed" in before.stdout
    assert "-> sealbreak doctor --mend" in before.stdout
    assert "none shows tray icons" in before.stdout
    after = doctor(bare, tmp_path, "--mend")
    assert "Mended:" in after.stdout
    assert "PyGObject is not installed" not in after.stdout
    assert imports_gi(bare)
