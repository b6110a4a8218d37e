from pathlib import Path
from urllib.request import urlopen

from support.server.launcher import first_steps, headless, launched, running


def test_run_serves_the_first_steps(tmp_path: Path) -> None:
    with running(headless(tmp_path), tmp_path) as (launcher, port):
        page = first_steps(launcher)
        assert page.startswith(f"http://127.0.0.1:{port}/first-steps/")
        with urlopen(page) as answer:
            assert 'data-action="choose"' in answer.read().decode()


def test_without_a_desktop_run_says_how_to_start_the_tray_later(tmp_path: Path) -> None:
    with running(headless(tmp_path), tmp_path) as (launcher, port):
        assert "there is no desktop here" in launcher.said()
        assert f"sealbreak pair http://127.0.0.1:{port} CODE" in launcher.said()


def test_a_setting_that_cannot_be_used_is_reported_before_anything_starts(tmp_path: Path) -> None:
    with launched(headless(tmp_path), tmp_path, "run", "--port", "many") as launcher:
        assert launcher.process.wait(20) == 1
    assert "--port is 'many'" in launcher.said()
