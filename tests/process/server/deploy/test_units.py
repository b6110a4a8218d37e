"""The units of systemd, as far as systemd's own program can judge them without running them."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.server.proxies import DEPLOY

OK_EXPOSURE = 2.0
"""Of 10; what is left is the network."""


@pytest.fixture
def units(tmp_path: Path) -> list[str]:
    """Copies whose program exists here."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not here")
    program = Path(sys.executable).with_name("sealbreak-server")
    for name in ("sealbreak.service", "sealbreak.socket"):
        text = (DEPLOY / name).read_text()
        (tmp_path / name).write_text(
            text.replace("/opt/sealbreak/bin/sealbreak-server serve", f"{program} serve")
        )
    return [str(tmp_path / name) for name in ("sealbreak.service", "sealbreak.socket")]


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True)


def test_systemd_has_nothing_to_say_against_the_units(units: list[str]) -> None:
    done = analyze("verify", "--man=no", *units)
    ours = [line for line in done.stderr.splitlines() if "sealbreak" in line]
    assert (done.returncode, ours) == (0, [])


def test_the_sandbox_leaves_little(units: list[str]) -> None:
    done = analyze("security", "--offline=true", units[0])
    exposure = done.stdout.strip().splitlines()[-1].split()
    at = exposure.index("sealbreak.service:") + 1
    assert float(exposure[at]) <= OK_EXPOSURE, done.stdout


def test_an_unknown_directive_would_be_told(units: list[str]) -> None:
    service = Path(units[0])
    service.write_text(service.read_text().replace("WatchdogSec", "WatchdogSeconds"))
    assert "WatchdogSeconds" in analyze("verify", "--man=no", *units).stderr
