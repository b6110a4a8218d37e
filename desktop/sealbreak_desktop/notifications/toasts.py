"""Pop-ups that can be clicked, on Windows: toasts, through the library windows-toasts."""

import contextlib
import hashlib
import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sealbreak_desktop.errors import NotifierFailedError, NotifierUnavailableError
from sealbreak_desktop.notifications.actions import action_named, buttons
from sealbreak_desktop.state.notification import Notification, OnAction
from sealbreak_desktop.text import BODY_LIMIT, BODY_LINES, TITLE_LIMIT, sanitise

NAME, MODEL_ID = "Sealbreak", "Sealbreak.Tray"
"""Windows shows buttons only for an AppUserModelID that it knows, by the registry."""
REGISTERED = rf"Software\Classes\AppUserModelId\{MODEL_ID}"
TAG_LENGTH = 16
"""Characters. The first versions of Windows 10 take no more."""
ENABLED = 0
"""https://learn.microsoft.com/uwp/api/windows.ui.notifications.notificationsetting"""

log = logging.getLogger(__name__)


class ToastNotifier:
    name = "windows-toasts"

    def __init__(
        self, icon: Path, on_action: OnAction, on_refusal: Callable[[Notification], None]
    ) -> None:
        """`on_refusal`: Windows did not show it after all. Both are called from other threads."""
        self._icon = icon
        self._on_action = on_action
        self._on_refusal = on_refusal
        self._toaster: Any = None
        self._is_refused = False

    def show(self, notification: Notification) -> None:
        if self._is_refused:
            raise NotifierUnavailableError("Windows refused an earlier one")
        self.prepare()
        try:
            self._toaster.show_toast(self._toast(notification))
        except Exception as error:  # of the system's interface: OSError, RuntimeError, its own
            raise NotifierUnavailableError(type(error).__name__) from None

    def prepare(self) -> None:
        """Raises `NotifierUnavailableError` when no toast can be shown."""
        try:
            if self._toaster is None:
                self._toaster = self._make_toaster()
        except Exception as error:
            raise NotifierUnavailableError(type(error).__name__) from None
        setting = ENABLED
        with contextlib.suppress(OSError):  # not known before the first toast
            setting = self._toaster.toastNotifier.setting
        if setting != ENABLED:
            # Another notifier must not get around what the user has chosen.
            raise NotifierFailedError("Windows' settings forbid them (System > Notifications)")

    def close(self) -> None:
        """What is shown stays in Windows' list, for the user to read."""

    def _make_toaster(self) -> Any:
        from windows_toasts import InteractableWindowsToaster

        self._register()
        return InteractableWindowsToaster(NAME, notifierAUMID=MODEL_ID)

    def _register(self) -> None:
        if sys.platform == "win32":
            import winreg

            access = winreg.KEY_SET_VALUE
            with winreg.CreateKeyEx(winreg.HKEY_CURRENT_USER, REGISTERED, 0, access) as key:
                winreg.SetValueEx(key, "DisplayName", 0, winreg.REG_SZ, NAME)
                icon = str(self._icon.with_suffix(".ico"))
                winreg.SetValueEx(key, "IconUri", 0, winreg.REG_SZ, icon)

    def _toast(self, notification: Notification) -> Any:
        from windows_toasts import Toast, ToastButton

        def activated(event: Any) -> None:
            self._on_action(action_named(event.arguments), notification)

        def failed(event: Any) -> None:
            log.warning("Windows refused a toast: %s", event.error_code)
            self._is_refused = True
            self._on_refusal(notification)

        toast = Toast(
            text_fields=[
                sanitise(notification.title, TITLE_LIMIT),
                sanitise(notification.body, BODY_LIMIT, lines=BODY_LINES),
            ],
            actions=[ToastButton(label, name) for name, label in buttons(notification)],
            on_activated=activated,
            on_failed=failed,
        )
        # A toast replaces the one with the same tag.
        toast.tag = hashlib.sha256(notification.key.encode()).hexdigest()[:TAG_LENGTH]
        return toast
