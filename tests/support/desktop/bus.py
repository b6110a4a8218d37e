"""The session bus through jeepney, independent of the code under test."""

import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from jeepney import DBusAddress, MatchRule, MessageType, new_method_call  # type: ignore[import-untyped]
from jeepney.bus_messages import message_bus  # type: ignore[import-untyped]
from jeepney.io.blocking import DBusConnection, open_dbus_connection  # type: ignore[import-untyped]
from jeepney.wrappers import unwrap_msg  # type: ignore[import-untyped]
from support.desktop.processes import TIMEOUT

MONITORING = DBusAddress(
    "/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus.Monitoring"
)


class Bus:
    def __init__(self, address: str) -> None:
        self._connection: DBusConnection = open_dbus_connection(address)

    def __enter__(self) -> "Bus":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connection.close()

    def has(self, name: str) -> bool:
        reply = self._connection.send_and_get_reply(message_bus.NameHasOwner(name), timeout=5)
        return bool(unwrap_msg(reply)[0])

    def call(
        self, name: str, path: str, interface: str, method: str, signature: str = "", *body: Any
    ) -> Any:
        address = DBusAddress(path, name, interface)
        message = new_method_call(address, method, signature or None, body)
        return unwrap_msg(self._connection.send_and_get_reply(message, timeout=5))

    def get(self, name: str, path: str, interface: str, what: str) -> Any:
        properties = "org.freedesktop.DBus.Properties"
        return self.call(name, path, properties, "Get", "ss", interface, what)[0][1]


@dataclass(frozen=True)
class Notify:
    """The eight arguments of one call, as they were on the bus."""

    app: str
    replaces: int
    icon: str
    title: str
    body: str
    actions: list[str]
    hints: dict[str, Any]
    timeout: int
    seen: float
    """`time.monotonic()` when it was seen."""


class NotifyMonitor:
    """Sees every pop-up that is requested on a bus, whatever shows it."""

    def __init__(self, address: str) -> None:
        self.seen: deque[Notify] = deque()
        self._arrived = threading.Condition()
        self._connection = open_dbus_connection(address)
        rule = MatchRule(
            type=MessageType.method_call,
            interface="org.freedesktop.Notifications",
            member="Notify",
        )
        become = new_method_call(MONITORING, "BecomeMonitor", "asu", ([rule.serialise()], 0))
        unwrap_msg(self._connection.send_and_get_reply(become, timeout=5))
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._open = True
        self._thread.start()

    def __enter__(self) -> "NotifyMonitor":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open = False
        self._thread.join(5)
        self._connection.close()

    def _listen(self) -> None:
        while self._open:
            with suppress(TimeoutError):
                message = self._connection.receive(timeout=0.2)
                self._take(message.body)

    def _take(self, body: Any) -> None:
        if not isinstance(body, tuple) or len(body) != 8:
            return  # the monitor receives other messages too, such as its own name
        with self._arrived:
            self.seen.append(Notify(*body, seen=time.monotonic()))
            self._arrived.notify_all()

    def wait(self, wanted: Callable[[Notify], bool] = lambda _: True) -> Notify:
        """The next that is wanted. Those before it are dropped."""
        end = time.monotonic() + TIMEOUT
        with self._arrived:
            while True:
                while self.seen:
                    if wanted(notify := self.seen.popleft()):
                        return notify
                left = end - time.monotonic()
                assert left > 0, "no pop-up came"
                self._arrived.wait(left)
