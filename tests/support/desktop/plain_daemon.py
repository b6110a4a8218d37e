"""A minimal notification server, run as a program. It shows nothing.

Its arguments are the capabilities that it claims. With `silent` it never answers a Notify, and with
`press-NAME` it presses the button of that name.
"""

import sys

from gi.repository import Gio, GLib

NAME = "org.freedesktop.Notifications"
PATH = "/org/freedesktop/Notifications"
XML = f"""
<node><interface name="{NAME}">
  <method name="GetCapabilities"><arg type="as" direction="out"/></method>
  <method name="GetServerInformation">
    <arg type="s" direction="out"/><arg type="s" direction="out"/>
    <arg type="s" direction="out"/><arg type="s" direction="out"/>
  </method>
  <method name="Notify">
    <arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/>
    <arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="as" direction="in"/>
    <arg type="a{{sv}}" direction="in"/><arg type="i" direction="in"/>
    <arg type="u" direction="out"/>
  </method>
</interface></node>
"""


def answer(*call: object) -> None:
    method, invocation = call[4], call[6]
    claimed = sys.argv[1:]
    if method == "GetCapabilities":
        invocation.return_value(GLib.Variant("(as)", (claimed,)))  # type: ignore[attr-defined]
    elif method == "GetServerInformation":
        about = ("Plain", "Example", "1", "1.2")
        invocation.return_value(GLib.Variant("(ssss)", about))  # type: ignore[attr-defined]
    elif "silent" not in claimed:
        invocation.return_value(GLib.Variant("(u)", (1,)))  # type: ignore[attr-defined]
        for name in (one.removeprefix("press-") for one in claimed if one.startswith("press-")):
            GLib.timeout_add(200, press, call[0], name)


def press(bus: Gio.DBusConnection, name: str) -> bool:
    """Repeatedly, as the client may not know the number of its pop-up yet."""
    bus.emit_signal(None, PATH, NAME, "ActionInvoked", GLib.Variant("(us)", (1, name)))
    return True


def main() -> None:
    bus = Gio.bus_get_sync(Gio.BusType.SESSION, None)
    interface = Gio.DBusNodeInfo.new_for_xml(XML).interfaces[0]
    bus.register_object(PATH, interface, answer, None, None)
    Gio.bus_own_name_on_connection(bus, NAME, 0, None, None)
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
