import sys
from types import SimpleNamespace

import pytest
from sealbreak_desktop.system import app_kit
from sealbreak_desktop.system.app_kit import call_between_menus, call_in_main_thread
from sealbreak_desktop.tray import icon
from sealbreak_desktop.tray.drawing import Appearance
from sealbreak_desktop.tray.icon import Tray
from sealbreak_desktop.tray.menu import View
from support.desktop.systems.mac import TRACKING_MODE, FakeMac


@pytest.fixture
def mac(monkeypatch: pytest.MonkeyPatch) -> FakeMac:
    fake = FakeMac()
    for name, module in fake.modules().items():
        monkeypatch.setitem(sys.modules, name, module)
    app_kit._caller_class.cache_clear()
    monkeypatch.setattr(sys, "platform", "darwin")
    return fake


def test_a_change_waits_while_a_menu_is_open_and_an_end_does_not(mac: FakeMac) -> None:
    done: list[str] = []
    call_between_menus(lambda: done.append("change"))
    call_in_main_thread(lambda: done.append("end"))
    assert done == []
    mac.run_loop(TRACKING_MODE)
    assert done == ["end"]
    mac.run_loop()
    assert done == ["end", "change"]


def test_the_icon_is_shown_and_changed_by_the_main_thread(
    mac: FakeMac, monkeypatch: pytest.MonkeyPatch
) -> None:
    """pystray takes SIGINT for itself when its loop starts, so it is taken back then."""
    taken: list[str] = []
    monkeypatch.setattr(icon, "take_signals", lambda: taken.append("signals"))

    class Icon:
        def __init__(self, _name: str, image: object, title: str, _menu: object) -> None:
            self.visible, self.title, self.stopped = False, title, False

        def update_menu(self) -> None: ...
        def stop(self) -> None:
            self.stopped = True

    Icon.__module__ = "pystray._darwin"
    found = SimpleNamespace(Icon=Icon, Menu=lambda *_: None)
    monkeypatch.setattr(icon, "_pystray", lambda: found)
    tray = Tray(View(Appearance.OFFLINE, "", "Offline", ()), lambda *_: None)
    tray._setup(tray._icon)
    tray.show(View(Appearance.ONLINE, "", "Online", ()))
    tray.stop()
    assert (tray._icon.visible, tray._icon.title, tray._icon.stopped) == (False, "Offline", False)
    mac.run_loop()
    assert (tray._icon.visible, tray._icon.title, tray._icon.stopped) == (True, "Online", True)
    assert taken == ["signals"]
