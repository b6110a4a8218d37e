from sealbreak_desktop.text import utf16_units
from sealbreak_desktop.tray.drawing import Appearance
from sealbreak_desktop.tray.icon import _tooltip
from sealbreak_desktop.tray.menu import View


def view(tooltip: str) -> View:
    return View(Appearance.ONLINE, "", tooltip, ())


def test_a_tooltip_has_no_more_utf16_units_than_windows_takes() -> None:
    assert utf16_units(_tooltip(view("🇩🇪" * 60))) <= 127


def test_a_short_tooltip_is_shown_as_it_is() -> None:
    assert _tooltip(view("Sealbreak – Online as Ann")) == "Sealbreak – Online as Ann"
