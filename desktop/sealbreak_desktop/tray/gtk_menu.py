"""A menu that is updated in place, for pystray's two GTK backends.

pystray creates a new menu at every change. That closes a menu which the user has open, and many
changes in a row have crashed panels. Here the shape of the menu never changes, so labels, ticks and
states are set on the existing widgets.
"""

import logging
from collections.abc import Callable
from typing import Any

SEPARATOR_TEXT = "- - - -"
"""The text of `pystray.Menu.SEPARATOR`."""

log = logging.getLogger(__name__)


def is_gtk(icon_class: type) -> bool:
    return icon_class.__module__.endswith(("._appindicator", "._gtk"))


def with_updated_menu(base: type) -> type:
    """A subclass of a GTK `pystray.Icon` that updates its menu in place."""
    return type("UpdatedMenuIcon", (_UpdatedMenu, base), {})


class _UpdatedMenu:
    menu: Any
    _mark_ready: Any
    _remove_fs_icon: Any
    _menu_handle: Any = None
    _updating = False

    def _initialize(self) -> None:
        # pystray's own removes our signal handlers and needs a notification server.
        self._mark_ready()

    def _finalize(self) -> None:
        self._remove_fs_icon()

    def _update_menu(self) -> None:
        _in_ui(self._build_or_update)

    def _build_or_update(self) -> None:
        items = tuple(self.menu.items)
        if self._menu_handle is None:
            self._menu_handle = self._create_menu(items)
            if (indicator := getattr(self, "_appindicator", None)) is not None:
                indicator.set_menu(self._menu_handle)
        self._updating = True
        try:
            _update(self._menu_handle, items, on_bus=hasattr(self, "_appindicator"))
        finally:
            self._updating = False

    def _create_menu(self, descriptors: Any) -> Any:
        # pystray leaves invisible items out.
        all_items = getattr(descriptors, "items", descriptors)
        return super()._create_menu(tuple(all_items))  # type: ignore[misc]

    def _create_menu_item(self, descriptor: Any) -> Any:
        widget = super()._create_menu_item(descriptor)  # type: ignore[misc]
        widget.show_all()
        widget.set_no_show_all(True)
        return widget

    def _handler(self, callback: Callable[[Any], None]) -> Callable[..., None]:
        def activate(*_: object) -> None:
            if not self._updating:  # setting a tick activates its item too
                callback(self)

        return activate


def _in_ui(call: Callable[[], None]) -> None:
    from gi.repository import GLib

    def run() -> bool:
        try:
            call()
        except Exception as error:  # GLib would ignore it silently
            log.error("the tray's menu could not be changed: %s", type(error).__name__)
        return False

    GLib.idle_add(run)


def _update(menu: Any, items: tuple[Any, ...], on_bus: bool) -> None:
    """`on_bus`: a panel shows the menu, and reads an underscore as the mark of a key."""
    for widget, item in zip(menu.get_children(), items, strict=True):
        if item.text == SEPARATOR_TEXT:
            continue
        label = item.text.replace("_", "__") if on_bus else item.text
        if widget.get_label() != label:
            widget.set_label(label)
        if item.checked is not None and widget.get_active() != item.checked:
            widget.set_active(item.checked)
        if widget.get_sensitive() != item.enabled:
            widget.set_sensitive(item.enabled)
        if widget.get_visible() != item.visible:
            widget.set_visible(item.visible)
        if item.submenu is not None:
            _update(widget.get_submenu(), tuple(item.submenu.items), on_bus)
