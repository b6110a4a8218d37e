"""A virtual display, with a session bus, and with a notification daemon and a panel if wanted."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from support.desktop.bus import Bus
from support.desktop.processes import Program, eventually, start, start_and_read

Daemon = Literal["dunst", "xfce4-notifyd"]
SIZE = (1000, 640)
NOTIFYD = next(Path("/usr/lib").glob("*/xfce4/notifyd/xfce4-notifyd"), Path("xfce4-notifyd"))
NOTIFICATIONS = "org.freedesktop.Notifications"
WATCHER = "org.kde.StatusNotifierWatcher"
SERVICES = Path("/usr/share/dbus-1/services")
PLAIN_DAEMON = Path(__file__).with_name("plain_daemon.py")
XFCONF = "org.xfce.Xfconf.service"
TOOLS = ("Xvfb", "dbus-daemon", "dunst", "xfce4-panel", "xdotool")


@dataclass
class Display:
    folder: Path
    env: dict[str, str]
    programs: list[Program] = field(default_factory=list)
    closing: ExitStack = field(default_factory=ExitStack)
    """Closed before the display is."""

    @property
    def name(self) -> str:
        return self.env["DISPLAY"]

    @property
    def bus_address(self) -> str:
        return self.env["DBUS_SESSION_BUS_ADDRESS"]

    def bus(self) -> Bus:
        return Bus(self.bus_address)

    def start(self, *command: str | Path, feed: bytes | None = None) -> Program:
        name = f"{len(self.programs)}-{Path(command[0]).name}.out"
        program = start(command, self.env, self.folder / name, feed=feed)
        self.programs.append(program)
        return program

    def wait_for_name(self, name: str) -> None:
        with self.bus() as bus:
            eventually(lambda: bus.has(name), name)

    def wait_for_no_name(self, name: str) -> None:
        with self.bus() as bus:
            eventually(lambda: not bus.has(name), f"{name} to go")

    def start_daemon(self, daemon: Daemon) -> Program:
        program = self.start("dunst" if daemon == "dunst" else NOTIFYD)
        self.wait_for_name(NOTIFICATIONS)
        return program

    def start_plain_daemon(self, *capabilities: str) -> Program:
        program = self.start(sys.executable, PLAIN_DAEMON, *capabilities)
        self.wait_for_name(NOTIFICATIONS)
        return program

    def start_panel(self) -> Program:
        program = self.start("xfce4-panel", "--disable-wm-check")
        self.wait_for_name(WATCHER)
        return program


def missing_tools() -> list[str]:
    return [tool for tool in (*TOOLS, str(NOTIFYD)) if shutil.which(tool) is None]


@contextmanager
def virtual_display(
    daemon: Daemon | None = "dunst",
    panel: bool = True,
    bus: bool = True,
    x_server: bool = True,
    dark: bool = False,
) -> Iterator[Display]:
    """`dark`: the panel, its menus, and the pop-ups."""
    folder = Path(tempfile.mkdtemp(prefix="sealbreak-display-"))
    here = Display(folder, _private_environment(folder))
    if dark:
        here.env["GTK_THEME"] = "Adwaita:dark"
    try:
        if x_server:
            _start_x_server(here)
        if bus:
            _start_bus(here)
        _write_panel(here, dark)
        _write_dunst(here, dark)
        if daemon:
            here.start_daemon(daemon)
        if panel:
            here.start_panel()
        yield here
    finally:
        here.closing.close()
        for program in reversed(here.programs):
            program.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _private_environment(folder: Path) -> dict[str, str]:
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "NO_AT_BRIDGE": "1",
        "GDK_BACKEND": "x11",
        "GSETTINGS_BACKEND": "memory",
        # Servers of the tests are on this computer, where no proxy leads.
        "HTTP_PROXY": "http://proxy.invalid:3128",
        "HTTPS_PROXY": "socks5://proxy.invalid:1080",
        "PYTHONWARNINGS": "default",
    }
    for name in ("CONFIG", "CACHE", "DATA", "STATE"):
        env[f"XDG_{name}_HOME"] = _made(folder / name.lower())
    env["XDG_RUNTIME_DIR"] = _made(folder / "run")
    env["TMPDIR"] = _made(folder / "tmp")
    env["DBUS_SYSTEM_BUS_ADDRESS"] = f"unix:path={folder}/no-system-bus"
    return env


def _made(folder: Path) -> str:
    folder.mkdir(mode=0o700)
    return str(folder)


def _start_x_server(here: Display) -> None:
    screen = f"{SIZE[0]}x{SIZE[1]}x24"
    program, number = start_and_read(
        ("Xvfb", "-displayfd", "{fd}", "-screen", "0", screen, "-nolisten", "tcp", "-noreset"),
        here.env,
        here.folder / "xvfb.out",
    )
    here.programs.append(program)
    here.env["DISPLAY"] = f":{number}"


def _start_bus(here: Display) -> None:
    here.env["DBUS_SESSION_BUS_ADDRESS"] = _bus(here)


def start_system_bus(here: Display) -> Program:
    here.env["DBUS_SYSTEM_BUS_ADDRESS"] = _bus(here)
    return here.programs[-1]


def _bus(here: Display) -> str:
    config = here.folder / "bus.conf"
    services = here.folder / "services"
    if not services.exists():
        services.mkdir()
        # No other service may start by itself, as that would hide that something is missing.
        (services / XFCONF).symlink_to(SERVICES / XFCONF)
    config.write_text(BUS_CONFIG.format(services=services))
    program, address = start_and_read(
        ("dbus-daemon", f"--config-file={config}", "--nofork", "--print-address={fd}"),
        here.env,
        here.folder / f"{len(here.programs)}-bus.out",
    )
    here.programs.append(program)
    return address


BUS_CONFIG = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <auth>EXTERNAL</auth>
  <servicedir>{services}</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


def _write_panel(here: Display, dark: bool) -> None:
    folder = Path(here.env["XDG_CONFIG_HOME"], "xfce4/xfconf/xfce-perchannel-xml")
    folder.mkdir(parents=True)
    shade = (0.13, 0.14, 0.16, 1.0) if dark else (0.95, 0.95, 0.94, 1.0)
    colour = "".join(f'<value type="double" value="{part}"/>' for part in shade)
    panel = PANEL_CONFIG.format(dark=str(dark).lower(), colour=colour)
    (folder / "xfce4-panel.xml").write_text(panel)


PANEL_CONFIG = """\
<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="dark-mode" type="bool" value="{dark}"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="length" type="uint" value="100"/>
      <property name="size" type="uint" value="30"/>
      <property name="icon-size" type="uint" value="22"/>
      <property name="background-style" type="uint" value="1"/>
      <property name="background-rgba" type="array">{colour}</property>
      <property name="plugin-ids" type="array">
        <value type="int" value="1"/><value type="int" value="2"/>
      </property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="separator">
      <property name="expand" type="bool" value="true"/>
      <property name="style" type="uint" value="0"/>
    </property>
    <property name="plugin-2" type="string" value="systray"/>
  </property>
</channel>
"""


def _write_dunst(here: Display, dark: bool) -> None:
    folder = Path(here.env["XDG_CONFIG_HOME"], "dunst")
    folder.mkdir()
    (folder / "dunstrc").write_text(
        DUNST_CONFIG.format(
            background="#2a2a2e" if dark else "#fafaf8",
            foreground="#f2f2f2" if dark else "#1c1c1e",
            frame="#55555c" if dark else "#b8b8b4",
        )
    )


DUNST_CONFIG = """\
[global]
    width = 380
    height = 200
    origin = top-right
    offset = 16x48
    font = DejaVu Sans 11
    markup = full
    format = "<b>%s</b>\\n%b"
    frame_width = 1
    corner_radius = 8
    max_icon_size = 40
    icon_path = ""
    show_indicators = no
    mouse_left_click = do_action, close_current
[urgency_low]
    timeout = 60
[urgency_normal]
    background = "{background}"
    foreground = "{foreground}"
    frame_color = "{frame}"
    timeout = 60
"""


def skip_reason() -> str:
    """Why there can be no virtual display here; empty if there can."""
    missing = missing_tools()
    return f"not installed: {', '.join(missing)}" if missing else ""
