"""A stand-in for logind on the system bus. The real one cannot run in a test."""

from jeepney import DBusAddress, new_signal  # type: ignore[import-untyped]
from jeepney.bus_messages import message_bus  # type: ignore[import-untyped]
from jeepney.io.blocking import DBusConnection, open_dbus_connection  # type: ignore[import-untyped]
from jeepney.wrappers import unwrap_msg  # type: ignore[import-untyped]
from support.desktop.display import Display

NAME = "org.freedesktop.login1"
MANAGER = DBusAddress("/org/freedesktop/login1", interface="org.freedesktop.login1.Manager")


class FakeLogind:
    def __init__(self, display: Display) -> None:
        address = display.env["DBUS_SYSTEM_BUS_ADDRESS"]
        self._bus: DBusConnection = open_dbus_connection(address)
        display.closing.callback(self._bus.close)
        unwrap_msg(self._bus.send_and_get_reply(message_bus.RequestName(NAME), timeout=5))

    def prepare_for_sleep(self, begins: bool) -> None:
        self._bus.send(new_signal(MANAGER, "PrepareForSleep", "b", (begins,)))
