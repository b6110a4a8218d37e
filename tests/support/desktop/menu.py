"""The tray's menu as a panel sees it, over the bus."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from jeepney.wrappers import DBusErrorResponse  # type: ignore[import-untyped]
from support.desktop.bus import Bus
from support.desktop.display import WATCHER, Display
from support.desktop.processes import eventually

MENU = "com.canonical.dbusmenu"
ITEM = "org.kde.StatusNotifierItem"


@dataclass(frozen=True)
class Item:
    number: int
    label: str
    enabled: bool
    visible: bool
    checked: bool
    depth: int


class TrayMenu:
    def __init__(self, display: Display, number: int = 0) -> None:
        """`number`: the icons are counted in the order in which they appeared."""
        self._bus = display.closing.enter_context(display.bus())
        found = eventually(lambda: _registered(self._bus, number), "a tray icon")
        assert found
        self._name, self._path = found

    @property
    def tooltip(self) -> str:
        return str(self._bus.get(self._name, self._path, ITEM, "Title"))

    def items(self) -> list[Item]:
        """The visible items in order, without separators."""
        try:
            layout = self._bus.call(
                self._name, f"{self._path}/Menu", MENU, "GetLayout", "iias", 0, -1, []
            )[1]
        except DBusErrorResponse as error:
            if error.name == "org.freedesktop.DBus.Error.UnknownMethod":
                return []  # the icon is registered shortly before its menu is
            raise
        return [item for item in _walk(layout, 0) if item.visible and item.label]

    def labels(self) -> list[str]:
        return [item.label for item in self.items()]

    def find(self, beginning: str) -> Item:
        def look() -> Item | None:
            return next((one for one in self.items() if one.label.startswith(beginning)), None)

        found = eventually(look, f"{beginning!r} in the menu")
        assert found
        return found

    def activate(self, beginning: str) -> None:
        """Click an item, which must be enabled: the bus does not check that."""
        item = self.find(beginning)
        assert item.enabled, f"{item.label!r} is disabled"
        self._bus.call(
            self._name,
            f"{self._path}/Menu",
            MENU,
            "Event",
            "isvu",
            item.number,
            "clicked",
            ("s", ""),
            0,
        )


def _registered(bus: Bus, number: int) -> tuple[str, str] | None:
    if not bus.has(WATCHER):
        return None
    items = bus.get(WATCHER, "/StatusNotifierWatcher", WATCHER, "RegisteredStatusNotifierItems")
    if len(items) <= number:
        return None
    name, slash, path = items[number].partition("/")
    return name, slash + path


def _walk(node: Any, depth: int) -> Iterator[Item]:
    number, properties, children = node

    def value(name: str, default: Any) -> Any:
        return properties[name][1] if name in properties else default

    if depth:
        yield Item(
            number,
            # A panel reads one underscore as the mark of a key, and two as one.
            re.sub("_(_?)", r"\1", str(value("label", ""))),
            bool(value("enabled", True)),
            bool(value("visible", True)),
            value("toggle-state", 0) == 1,
            depth,
        )
    if bool(value("visible", True)):
        for _, child in children:
            yield from _walk(child, depth + 1)
