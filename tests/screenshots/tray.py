"""Pop-ups, icon and menu of the tray app, on a virtual screen."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from PIL import Image
from sealbreak_desktop.tray.drawing import Appearance
from support.desktop.bus import NotifyMonitor
from support.desktop.display import SIZE, Daemon, Display, virtual_display
from support.desktop.menu import TrayMenu
from support.desktop.picture import Box, find, grab, paint_wall, windows
from support.desktop.processes import eventually
from support.desktop.scripted_server import ScriptedServer, golden
from support.desktop.tray import Tray, new_state, start_tray, write_pairing

PANEL: Box = (SIZE[0] - 200, 0, SIZE[0], 30)
WALLS = {False: 0x9DB4C0, True: 0x253237}
EVENTS = ("opened-through-gmail", "clicked", "corrected")
MAILS = (
    ("opened-through-gmail", "Offer 12", "Ann"),
    ("opened-by-someone-of-3", "Minutes of Monday", "Ann"),
    ("clicked", "Tea on Friday?", "Ben"),
    ("opened-directly", "Re: The garden, and what to do about it in spring", "Cleo"),
)


@contextmanager
def paired(dark: bool, daemon: Daemon = "dunst") -> Iterator[tuple[Display, ScriptedServer, Tray]]:
    with ScriptedServer() as server, virtual_display(daemon=daemon, dark=dark) as here:
        paint_wall(here, WALLS[dark])
        write_pairing(new_state(here), server.address, "token")
        yield here, server, start_tray(here)


def an_event(number: int, name: str, subject: str, person: str) -> dict[str, Any]:
    event = golden(name, number=number)
    now = datetime.now(UTC).replace(hour=9, minute=10 + 7 * number)
    event["time"] = now.isoformat(timespec="milliseconds")
    event["message"] |= {"id": f"message{number}", "subject": subject}
    event["message"]["recipients"][0]["name"] = person
    return event


def pop_ups(folder: Path, dark: bool) -> None:
    """One picture for each kind."""
    for name in EVENTS:
        pop_up(folder / f"pop-up-{name}-{shade(dark)}.png", name, dark)
    pop_up(folder / f"pop-up-with-buttons-{shade(dark)}.png", "clicked", dark, "xfce4-notifyd")


def pop_up(file: Path, name: str, dark: bool, daemon: Daemon = "dunst") -> None:
    with paired(dark, daemon) as (here, server, _), NotifyMonitor(here.bus_address) as monitor:
        server.add(golden(name))
        monitor.wait()
        left, top, right, bottom = wait_for_pop_up(here)
        margin = 14 if daemon == "dunst" else 0  # the other one hangs from the panel
        around = (left - margin, top - margin, right + margin, bottom + margin)
        grab(here, around).save(file)


def wait_for_pop_up(here: Display) -> Box:
    boxes = eventually(lambda: [box for box in windows(here, 60) if box[2] < SIZE[0]], "a pop-up")
    painted(here, boxes[0])
    return boxes[0]


def menu(folder: Path, dark: bool) -> None:
    """Open, with the mouse."""
    with paired(dark) as (here, server, _), NotifyMonitor(here.bus_address) as monitor:
        for number, mail in enumerate(MAILS, 1):
            server.add(an_event(number, *mail))
            monitor.wait()
        TrayMenu(here).find("Mark all read (4)")
        subprocess.run(["dunstctl", "close-all"], env=here.env, check=True)
        box = open_menu(here)
        left = open_submenu(here, box)[0]
        around = (left - 14, 0, SIZE[0], box[3] + 14)
        grab(here, around).save(folder / f"tray-menu-{shade(dark)}.png")


def open_menu(here: Display) -> Box:
    wax = Appearance.ONLINE.value[0][:3]
    icon = eventually(lambda: find(grab(here, PANEL), wax, 20), "the icon")
    assert icon
    x, y = PANEL[0] + (icon[0] + icon[2]) // 2, (icon[1] + icon[3]) // 2
    click = ["xdotool", "mousemove", str(x), str(y), "click", "1"]
    subprocess.run(click, env=here.env, check=True)
    boxes = eventually(lambda: [box for box in windows(here) if box[3] - box[1] > 150], "the menu")
    painted(here, boxes[-1])
    return boxes[-1]


def open_submenu(here: Display, menu: Box) -> Box:
    """Of the second event."""
    x, y = menu[0] + 60, menu[1] + 60
    subprocess.run(["xdotool", "mousemove", str(x), str(y)], env=here.env, check=True)
    boxes = eventually(
        lambda: [box for box in windows(here, 50) if box[2] <= menu[0] + 10], "the submenu"
    )
    painted(here, boxes[-1])
    return boxes[-1]


def painted(here: Display, box: Box) -> None:
    """A menu is a window some moments before it is a picture."""
    eventually(lambda: len(grab(here, box).getcolors(1 << 20) or ()) > 20, "a painted menu")


def states(folder: Path, dark: bool) -> None:
    """The icon in the panel, as it is and bigger: online, unread, muted, offline, signed out."""
    pieces = []
    with paired(dark) as (here, server, tray):
        pieces.append(icon_of(here, Appearance.ONLINE))
        server.add(an_event(1, *MAILS[0]))
        menu = TrayMenu(here)
        menu.find("Mark all read (1)")
        pieces.append(icon_of(here, Appearance.ONLINE, badge=True))
        server.add(*(an_event(number, *MAILS[0]) for number in range(2, 8)))
        menu.find("Mark all read (7)")
        pieces.append(icon_of(here, Appearance.ONLINE, badge=True))
        menu.activate("Mark all read")
        menu.activate("For 1 hour")
        pieces.append(icon_of(here, Appearance.MUTED))
        server.stop()
        pieces.append(icon_of(here, Appearance.OFFLINE))
        (tray.state / "desktop.json").unlink()
        tray.stop()
        start_tray(here, connected=False)
        pieces.append(icon_of(here, Appearance.SIGNED_OUT))
    strip(pieces).save(folder / f"icons-{shade(dark)}.png")


def icon_of(here: Display, appearance: Appearance, badge: bool = False) -> Image.Image:
    wax = appearance.value[0][:3]

    def there() -> Box | None:
        panel = grab(here, PANEL)
        box = find(panel, wax, 16)
        white = find(panel, (255, 255, 255), 4) if badge else True
        return box if white else None

    eventually(there, f"the icon {appearance.name}")
    return grab(here, (SIZE[0] - 34, 0, SIZE[0], 30))


def strip(pieces: list[Image.Image]) -> Image.Image:
    width, height = pieces[0].size
    ground = pieces[0].getpixel((1, 1))
    sheet = Image.new("RGB", (width * 5 * len(pieces), height * 4), ground)
    for number, piece in enumerate(pieces):
        bigger = piece.resize((width * 4, height * 4), Image.Resampling.NEAREST)
        sheet.paste(bigger, (number * width * 5, 0))
        sheet.paste(piece, (number * width * 5 + width * 4, height * 3))
    return sheet


def shade(dark: bool) -> str:
    return "dark" if dark else "light"


def tray_pictures(folder: Path) -> None:
    for dark in (False, True):
        pop_ups(folder, dark)
        menu(folder, dark)
        states(folder, dark)
