from support.desktop.display import Desktop
from support.desktop.server import Server
from support.desktop.tray import new_state, pair, run


def test_a_whole_desktop_is_fine(screen: Desktop, live: Server) -> None:
    pair(screen, live.address, live.pairing_code())
    report = run(screen, "doctor").stdout
    assert f"ok  server      {live.address}" in report
    assert "ok  keyring     not used" in report
    assert "ok  pop-ups     dunst" in report
    assert "ok  tray icon   appindicator" in report
    assert "ok  panel       shows tray icons" in report


def test_a_bare_desktop_is_told_what_to_install(bare: Desktop) -> None:
    new_state(bare)
    done = run(bare, "doctor")
    assert done.returncode == 1
    assert "-- server      This computer is not paired" in done.stdout.replace("--  ", "-- ")
    assert "apt install dunst" in done.stdout
    assert "none shows tray icons" in done.stdout
    assert done.stderr.count("Traceback") == 0
