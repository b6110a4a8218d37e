from support.desktop.browser import BrowserRecorder
from support.desktop.display import Display
from support.desktop.server import Server
from support.desktop.tray import new_state, pair, run


def lines(report: str) -> list[str]:
    """With one space between the words."""
    return [" ".join(line.split()) for line in report.splitlines()]


def test_a_whole_desktop_is_fine(panel_display: Display, live: Server) -> None:
    BrowserRecorder(panel_display)
    pair(panel_display, live.address, live.pairing_code())
    done = run(panel_display, "doctor")
    assert done.returncode == 0, done.stdout
    report = "\n".join(lines(done.stdout))
    assert f"ok proxy none is used for {live.address}" in report
    assert f"ok server {live.address} accepts the token" in report
    assert "ok live the live connection works" in report
    assert "ok token file" in report
    assert "ok pop-ups dunst" in report
    assert "ok tray icon it can be made, by appindicator" in report
    assert "ok panel one shows tray icons" in report
    assert "ok login the tray does not start at login" in report
    assert "ok browser" in report


def test_doctor_says_what_to_install_on_a_display_without_programs(bare_display: Display) -> None:
    new_state(bare_display)
    done = run(bare_display, "doctor")
    assert done.returncode == 1
    report = "\n".join(lines(done.stdout))
    assert "problem server This computer is not paired" in report
    assert "not checked live not paired" in report
    assert "apt install dunst" in done.stdout
    assert "none shows tray icons" in done.stdout
    assert done.stderr.count("Traceback") == 0
