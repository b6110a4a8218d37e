from support.desktop.display import Display
from support.desktop.server import Server
from support.desktop.tray import new_state, pair, run


def test_a_whole_desktop_is_fine(panel_display: Display, live: Server) -> None:
    pair(panel_display, live.address, live.pairing_code())
    report = run(panel_display, "doctor").stdout
    assert f"ok  server      {live.address}" in report
    assert "ok  keyring     not used" in report
    assert "ok  pop-ups     dunst" in report
    assert "ok  tray icon   appindicator" in report
    assert "ok  panel       shows tray icons" in report


def test_doctor_says_what_to_install_on_a_display_without_programs(bare_display: Display) -> None:
    new_state(bare_display)
    done = run(bare_display, "doctor")
    assert done.returncode == 1
    assert "-- server      This computer is not paired" in done.stdout.replace("--  ", "-- ")
    assert "apt install dunst" in done.stdout
    assert "none shows tray icons" in done.stdout
    assert done.stderr.count("Traceback") == 0
