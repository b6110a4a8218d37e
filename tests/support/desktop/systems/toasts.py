"""The library windows-toasts 1.3.1, and what Windows makes of its toasts.

Names, arguments and defaults are those of its source. `show_toast` returns before Windows has
decided; clicks and failures come from a thread of the system.
"""

import threading
from dataclasses import dataclass
from types import ModuleType, SimpleNamespace
from typing import Any

from support.desktop.systems.registry import FakeWinreg

MAX_BUTTONS = 5
MAX_TAG = 16
"""Characters, on the first versions of Windows 10."""
DISABLED_FOR_APPLICATION = 1


@dataclass
class ToastButton:
    content: str = ""
    arguments: str = ""
    image: Any = None
    relatedInput: Any = None  # noqa: N815
    inContextMenu: bool = False  # noqa: N815
    tooltip: str | None = None
    launch: str | None = None
    colour: Any = ""


class Toast:
    def __init__(
        self,
        text_fields: list[str | None] | None = None,
        audio: Any = None,
        duration: Any = "Default",
        expiration_time: Any = None,
        group: str | None = None,
        launch_action: str | None = None,
        progress_bar: Any = None,
        attribution_text: str | None = None,
        scenario: Any = "",
        suppress_popup: bool = False,
        timestamp: Any = None,
        on_activated: Any = None,
        on_dismissed: Any = None,
        on_failed: Any = None,
        actions: Any = (),
        images: Any = (),
        inputs: Any = (),
    ) -> None:
        self.text_fields = list(text_fields or [])
        self.actions = list(actions)
        self.on_activated, self.on_failed = on_activated, on_failed
        self.tag = "made by the library"
        assert len(self.actions) <= MAX_BUTTONS
        for button in self.actions:
            assert type(button) is ToastButton
            assert button.content, "a button without a label"
            assert type(button.arguments) is str
        for text in self.text_fields:
            assert type(text) is str
            text.encode("utf-16-le")  # half a surrogate is no text for Windows


class FakeWindows:
    """The library's module, and the system behind it."""

    def __init__(self, registry: FakeWinreg) -> None:
        self._registry = registry
        self.shown: dict[str, Toast] = {}
        """By tag: a toast replaces the one with the same tag."""
        self.setting: int | OSError = OSError("Element not found")
        """What the user has allowed. Not known before the first toast of a program."""
        self.error: Exception | None = None
        """Of the next toast."""
        self.module: Any = ModuleType("windows_toasts")
        vars(self.module).update(
            Toast=Toast, ToastButton=ToastButton, InteractableWindowsToaster=self._toaster
        )

    def click(self, tag: str, button: str | None = None) -> None:
        """On a button, by its label, or on the toast itself: Windows then reports its tag."""
        toast = self.shown.pop(tag)
        named = {one.content: one.arguments for one in toast.actions}
        event = SimpleNamespace(arguments=tag if button is None else named[button], inputs=None)
        _in_system_thread(lambda: toast.on_activated(event))

    def fail(self, tag: str) -> None:
        event = SimpleNamespace(error_code=-2143420140)
        _in_system_thread(lambda: self.shown.pop(tag).on_failed(event))

    def _toaster(self, applicationText: str, notifierAUMID: str | None = None) -> Any:  # noqa: N803
        path = rf"software\classes\appusermodelid\{str(notifierAUMID).lower()}"
        known = self._registry.keys.get(path, {})
        assert known["DisplayName"][0] == applicationText, "without it, buttons only dismiss"
        assert known["IconUri"][0].endswith(".ico")
        return _Toaster(self)

    def show(self, toast: Toast) -> None:
        if self.error is not None:
            raise self.error
        assert len(toast.tag) <= MAX_TAG
        self.shown[toast.tag] = toast


class _Toaster:
    def __init__(self, windows: FakeWindows) -> None:
        self._windows = windows

    @property
    def toastNotifier(self) -> "_Toaster":
        return self

    @property
    def setting(self) -> int:
        if isinstance(self._windows.setting, OSError):
            raise self._windows.setting
        return self._windows.setting

    def show_toast(self, toast: Toast) -> None:
        self._windows.show(toast)


def _in_system_thread(call: Any) -> None:
    thread = threading.Thread(target=call, name="system")
    thread.start()
    thread.join()
