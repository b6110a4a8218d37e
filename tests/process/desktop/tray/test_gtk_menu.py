"""The menu is updated without a change of its widgets."""

import json
import subprocess
import sys
from typing import Any

from sealbreak_desktop.tray.gtk_menu import is_gtk
from support.desktop.display import Display

CHANGE = """
import json, os
import pystray
from gi.repository import GLib
from PIL import Image
from sealbreak_desktop.tray.gtk_menu import with_updated_menu

text, shown, ticked, chosen = ["one"], [True], [False], []
item = pystray.MenuItem
menu = pystray.Menu(
    item(lambda _: text[0], lambda: chosen.append(text[0])),
    pystray.Menu.SEPARATOR,
    item("sometimes", None, visible=lambda _: shown[0]),
    item("tick", lambda: chosen.append("tick"), checked=lambda _: ticked[0]),
    item("more", pystray.Menu(item(lambda _: text[0], None))),
)
icon = with_updated_menu(pystray.Icon)("x", Image.new("RGB", (8, 8)), "x", menu)
loop = GLib.MainContext.default()

def refreshed():
    icon.update_menu()
    while loop.iteration(False):
        pass
    widgets = icon._menu_handle.get_children()
    return widgets, [w.get_label() for w in widgets if w.get_visible() and w.get_label()]

before, labels = refreshed()
text[0], shown[0], ticked[0] = "two_x", False, True
after, changed = refreshed()
inner = after[4].get_submenu().get_children()[0].get_label()
silent = list(chosen)
after[0].activate()
print(json.dumps([before == after, labels, changed, inner, silent, chosen, after[3].get_active()]),
      flush=True)
os._exit(0)
"""


def changed(bare_display: Display) -> Any:
    done = subprocess.run(
        [sys.executable, "-c", CHANGE],
        env=bare_display.env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_changed_menu_keeps_its_widgets(bare_display: Display) -> None:
    same, labels, later, inner, silent, chosen, ticked = changed(bare_display)
    assert same
    assert labels == ["one", "sometimes", "tick", "more"]
    assert later == ["two__x", "tick", "more"]  # as a panel is to read it
    assert inner == "two__x"
    assert (silent, chosen, ticked) == ([], ["two_x"], True)


def test_only_the_gtk_backends_are_patched() -> None:
    gtk = type("Icon", (), {"__module__": "pystray._appindicator"})
    windows = type("Icon", (), {"__module__": "pystray._win32"})
    assert (is_gtk(gtk), is_gtk(windows)) == (True, False)
