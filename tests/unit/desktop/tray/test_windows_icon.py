"""pystray's icon for Windows, on a stand-in for the system's calls."""

import os
import sys
import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest
from sealbreak_desktop.tray import icon
from sealbreak_desktop.tray.drawing import Appearance
from sealbreak_desktop.tray.icon import Tray
from sealbreak_desktop.tray.menu import Choice, Row, View
from support.desktop.processes import eventually
from support.desktop.systems.user32 import FakeUser32, windows_icon


def view(*labels: str, tooltip: str = "Sealbreak") -> View:
    rows = [Row(label, Choice.OPEN_EVENT) for label in labels]
    return View(Appearance.ONLINE, "", tooltip, tuple(rows))


@pytest.fixture
def system() -> FakeUser32:
    return FakeUser32()


@pytest.fixture
def chosen() -> list[Choice]:
    return []


@pytest.fixture
def tray(
    system: FakeUser32, chosen: list[Choice], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Tray]:
    """It runs in a thread of its own, which stands for the main thread."""
    monkeypatch.setitem(os.environ, "PYSTRAY_BACKEND", "dummy")
    import pystray

    monkeypatch.setattr(sys, "platform", "win32")
    with windows_icon(system) as icon_class:
        found = SimpleNamespace(Icon=icon_class, Menu=pystray.Menu, MenuItem=pystray.MenuItem)
        monkeypatch.setattr(icon, "_pystray", lambda: found)
        made = Tray(view("Ann & Ben"), lambda choice, _: chosen.append(choice))
        thread = threading.Thread(target=made.run, daemon=True)
        thread.start()
        eventually(lambda: system.icon_is_shown, "the icon")
        yield made
        made.stop()
        thread.join(30)
        assert not thread.is_alive()
    assert (system.icon_is_shown, system.menus) == (False, {})


def menu_of(system: FakeUser32) -> list[str]:
    (labels,) = system.menus.values()
    return labels


def shows(system: FakeUser32, *labels: str) -> Callable[[], bool]:
    return lambda: [list(one) for one in system.menus.values()] == [list(labels)]


def test_an_ampersand_is_doubled(tray: Tray, system: FakeUser32) -> None:
    assert menu_of(system) == ["Ann && Ben"]


def test_a_change_is_made_in_the_icons_thread(tray: Tray, system: FakeUser32) -> None:
    tray.show(view("Cem", tooltip="🇩🇪" * 60))
    eventually(shows(system, "Cem"), "the new row")
    assert system.tip.endswith("…")


def test_an_open_menu_stays_and_a_click_finds_its_row(
    tray: Tray, system: FakeUser32, chosen: list[Choice]
) -> None:
    """Meanwhile an event came, and would stand where the user clicks."""
    seen: list[list[str]] = []

    def choose(labels: list[str]) -> int:
        newer = Row("Newer", Choice.QUIT)
        tray.show(View(Appearance.ONLINE, "2", "Sealbreak", (newer, *view("Ann").rows)))
        system.dispatch_waiting()
        seen.append(list(labels))
        return 1

    system.choose = choose
    system.click()
    eventually(lambda: bool(chosen), "the choice")
    assert seen == [["Ann && Ben"]]
    assert chosen == [Choice.OPEN_EVENT]
    eventually(lambda: "Newer" in menu_of(system), "the change after the menu")


def test_a_call_that_fails_keeps_no_other_away(tray: Tray, system: FakeUser32) -> None:
    tray.show(View(Appearance.ONLINE, "", "Sealbreak", ()))  # other rows than the menu's
    tray.show(view("Cem"))
    eventually(shows(system, "Cem"), "the later change")
