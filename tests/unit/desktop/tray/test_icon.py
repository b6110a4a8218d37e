from types import SimpleNamespace

import pytest
from sealbreak_desktop.text import utf16_units
from sealbreak_desktop.tray import icon
from sealbreak_desktop.tray.drawing import Appearance
from sealbreak_desktop.tray.icon import Tray, _tooltip
from sealbreak_desktop.tray.menu import View


def view(tooltip: str) -> View:
    return View(Appearance.ONLINE, "", tooltip, ())


def test_a_tooltip_has_no_more_utf16_units_than_windows_takes() -> None:
    assert utf16_units(_tooltip(view("🇩🇪" * 60))) <= 127


def test_a_short_tooltip_is_shown_as_it_is() -> None:
    assert _tooltip(view("Sealbreak – Online as Ann")) == "Sealbreak – Online as Ann"


class Icon:
    """As pystray's: a stop before its loop runs has no effect."""

    def __init__(self, *_: object) -> None:
        self.visible = self.is_running = self.is_stopped = False

    def stop(self) -> None:
        self.is_stopped = self.is_running


def test_a_stop_before_the_loop_runs_ends_it_when_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(icon, "_pystray", lambda: SimpleNamespace(Icon=Icon, Menu=lambda *_: None))
    monkeypatch.setattr("sys.platform", "linux")
    tray = Tray(view("Sealbreak"), lambda *_: None)
    tray.stop()
    tray._icon.is_running = True
    tray._setup(tray._icon)
    assert tray._icon.is_stopped
