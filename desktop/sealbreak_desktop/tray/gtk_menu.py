"""A menu that is edited, not replaced, for pystray's two GTK backends.

pystray makes a new menu at every change: one that is open closes in the user's face, and a burst of
changes has crashed panels. Here the shape of the menu never changes, so labels, ticks and states
are set on the widgets that are there.
"""

import logging
from collections.abc import Callable
from typing import Any

SEPARATOR_TEXT = "- - - -"
"""Of `pystray.Menu.SEPARATOR`."""

log = logging.getLogger(__name__)


def is_gtk(icon_class: type) -> bool:
    return icon_class.__module__.endswith(("._appindicator", "._gtk"))


def in_place(base: type) -> type:
    """A subclass of a GTK `pystray.Icon` whose menu stays where it is."""
    return type("InPlaceIcon", (_InPlaceMenu, base), {})


class _InPlaceMenu:
    menu: Any
    _mark_ready: Any
    _remove_fs_icon: Any
    _menu_handle: Any = None
    _patching = False

    def _initialize(self) -> None:
        # Not pystray's own: it undoes our signal handlers and needs a notification server.
        self._mark_ready()

    def _finalize(self) -> None:
        self._remove_fs_icon()

    def _update_menu(self) -> None:
        _in_ui(self._build_or_patch)

    def _build_or_patch(self) -> None:
        items = tuple(self.menu.items)
        if self._menu_handle is None:
            self._menu_handle = self._create_menu(items)
            if (indicator := getattr(self, "_appindicator", None)) is not None:
                indicator.set_menu(self._menu_handle)
        self._patching = True
        try:
            _patch(self._menu_handle, items, over_the_bus=hasattr(self, "_appindicator"))
        finally:
            self._patching = False

    def _create_menu(self, descriptors: Any) -> Any:
        # All of them: pystray leaves the invisible ones out.
        hidden_too = getattr(descriptors, "items", descriptors)
        return super()._create_menu(tuple(hidden_too))  # type: ignore[misc]

    def _create_menu_item(self, descriptor: Any) -> Any:
        widget = super()._create_menu_item(descriptor)  # type: ignore[misc]
        widget.show_all()
        widget.set_no_show_all(True)
        return widget

    def _handler(self, callback: Callable[[Any], None]) -> Callable[..., None]:
        def activate(*_: object) -> None:
            if not self._patching:  # setting a tick activates its item too
                callback(self)

        return activate


def _in_ui(call: Callable[[], None]) -> None:
    from gi.repository import GLib

    def run() -> bool:
        try:
            call()
        except Exception as error:  # GLib would drop it without a word
            log.error("the tray's menu could not be changed: %s", type(error).__name__)
        return False

    GLib.idle_add(run)


def _patch(menu: Any, items: tuple[Any, ...], over_the_bus: bool) -> None:
    """`over_the_bus`: a panel shows it, which takes an underscore for the mark of a key."""
    for widget, item in zip(menu.get_children(), items, strict=True):
        if item.text == SEPARATOR_TEXT:
            continue
        label = item.text.replace("_", "__") if over_the_bus else item.text
        if widget.get_label() != label:
            widget.set_label(label)
        if item.checked is not None and widget.get_active() != item.checked:
            widget.set_active(item.checked)
        if widget.get_sensitive() != item.enabled:
            widget.set_sensitive(item.enabled)
        if widget.get_visible() != item.visible:
            widget.set_visible(item.visible)
        if item.submenu is not None:
            _patch(widget.get_submenu(), tuple(item.submenu.items), over_the_bus)
