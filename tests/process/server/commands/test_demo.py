from pathlib import Path

from sealbreak_server.cli.run.demo import demo_environ
from support.desktop.bus import Notify, NotifyMonitor
from support.server.launcher import desktop_session, headless, launched, on_a_desktop


def test_the_demo_plays_its_scenario_and_leaves_nothing_behind(tmp_path: Path) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    env = {**headless(tmp_path), "TMPDIR": str(temporary)}
    with launched(env, tmp_path, "demo", "--once") as launcher:
        assert launcher.process.wait(40) == 0
    assert "live: Opened, through Gmail" in launcher.said()
    assert "History      http://127.0.0.1:" in launcher.said()
    assert list(temporary.iterdir()) == []


def test_the_demo_uses_none_of_the_users_settings() -> None:
    own = {"PATH": "/bin", "SEALBREAK_DATABASE_URL": "postgresql://x", "SEALBREAK_PORT": "8787"}
    environ = demo_environ(own, Path("/nowhere"))
    assert "SEALBREAK_DATABASE_URL" not in environ
    assert environ["SEALBREAK_PORT"] == "0"
    assert environ["SEALBREAK_STATE"] == "/nowhere/tray"
    assert environ["PATH"] == "/bin"


@on_a_desktop
def test_the_demo_shows_pop_ups() -> None:
    def opened(notify: Notify) -> bool:
        return "Tea on Friday?" in f"{notify.title} {notify.body}"

    with (
        desktop_session() as desktop,
        NotifyMonitor(desktop.bus_address) as monitor,
        launched(desktop.env, desktop.folder, "demo"),
    ):
        monitor.wait(opened)
