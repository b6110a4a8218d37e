"""Pop-ups that can be clicked, on macOS: its framework UserNotifications, through PyObjC.

It ends a program that belongs to no application bundle, so that is asked first. Its answers come
in threads of its own.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import cache
from typing import Any

from sealbreak_desktop.errors import NotifierFailedError, NotifierUnavailableError
from sealbreak_desktop.notifications.actions import action_named, buttons
from sealbreak_desktop.state.notification import Notification, OnAction
from sealbreak_desktop.text import BODY_LIMIT, BODY_LINES, TITLE_LIMIT, sanitise

TIMEOUT = 3.0
"""Seconds for an answer of the system. The user's answer to its question may take longer."""
MAX_SHOWN = 100
"""Pop-ups whose clicks are still understood."""
DISMISSED = "com.apple.UNNotificationDismissActionIdentifier"


class UserNotifier:
    name = "UserNotifications"

    def __init__(self, on_action: OnAction) -> None:
        self._on_action = on_action
        self._shown: OrderedDict[str, Notification] = OrderedDict()
        self._lock = threading.Lock()
        self._categories: dict[str, Any] = {}
        self._center: Any = None
        self._delegate: Any = None
        """Kept here, as the system does not keep it."""

    def show(self, notification: Notification) -> None:
        self.prepare()
        content = self._content(notification)
        from UserNotifications import UNNotificationRequest

        # A request replaces the one with the same identifier.
        request = UNNotificationRequest.requestWithIdentifier_content_trigger_(
            notification.key, content, None
        )
        self._remember(notification)
        (error,) = _answer(
            lambda done: self._center.addNotificationRequest_withCompletionHandler_(request, done)
        )
        if error is not None:
            raise NotifierUnavailableError(f"the system refused it ({error.code()})")

    def prepare(self) -> None:
        """Raises `NotifierUnavailableError` when none can be shown."""
        try:
            from UserNotifications import UNAuthorizationStatusDenied, UNUserNotificationCenter
        except ImportError:
            raise NotifierUnavailableError("pyobjc is not installed") from None
        if not _is_bundled():
            raise NotifierUnavailableError("this is no application bundle")
        if self._center is None:
            self._center = UNUserNotificationCenter.currentNotificationCenter()
            self._delegate = _delegate_class().alloc().init()
            self._delegate.clicked = self._clicked
            self._center.setDelegate_(self._delegate)
            self._ask_permission()
        (settings,) = _answer(self._center.getNotificationSettingsWithCompletionHandler_)
        if settings.authorizationStatus() == UNAuthorizationStatusDenied:
            # Another notifier must not get around what the user has chosen.
            raise NotifierFailedError("the system's settings forbid them (Notifications)")

    def close(self) -> None:
        if self._center is not None:
            self._center.setDelegate_(None)

    def _ask_permission(self) -> None:
        """The system asks the user once, and answers when they have."""
        from UserNotifications import UNAuthorizationOptionAlert

        self._center.requestAuthorizationWithOptions_completionHandler_(
            UNAuthorizationOptionAlert, lambda _granted, _error: None
        )

    def _content(self, notification: Notification) -> Any:
        from UserNotifications import UNMutableNotificationContent

        content = UNMutableNotificationContent.alloc().init()
        content.setTitle_(sanitise(notification.title, TITLE_LIMIT))
        content.setBody_(sanitise(notification.body, BODY_LIMIT, lines=BODY_LINES))
        content.setCategoryIdentifier_(self._category(notification))
        return content

    def _category(self, notification: Notification) -> str:
        """The buttons of a pop-up are those of its category, which the system must know."""
        from Foundation import NSSet
        from UserNotifications import UNNotificationAction, UNNotificationCategory

        wanted = buttons(notification)
        name = "|".join(f"{action}:{label}" for action, label in wanted)
        if name not in self._categories:
            actions = [
                UNNotificationAction.actionWithIdentifier_title_options_(action, label, 0)
                for action, label in wanted
            ]
            category = UNNotificationCategory
            self._categories[name] = (
                category.categoryWithIdentifier_actions_intentIdentifiers_options_(
                    name, actions, [], 0
                )
            )
            known = list(self._categories.values())
            self._center.setNotificationCategories_(NSSet.setWithArray_(known))
        return name

    def _remember(self, notification: Notification) -> None:
        with self._lock:
            self._shown[notification.key] = notification
            self._shown.move_to_end(notification.key)
            if len(self._shown) > MAX_SHOWN:
                self._shown.popitem(last=False)

    def _clicked(self, key: str, action: str) -> None:
        with self._lock:
            notification = self._shown.pop(key, None)
        if notification is not None and action != DISMISSED:
            self._on_action(action_named(action), notification)


def _is_bundled() -> bool:
    from Foundation import NSBundle

    return NSBundle.mainBundle().bundleIdentifier() is not None


def _answer(ask: Callable[[Callable[..., None]], None]) -> tuple[Any, ...]:
    """What the system hands to the completion handler that `ask` gets."""
    answered = threading.Event()
    answer: list[Any] = []

    def done(*arguments: Any) -> None:
        answer.extend(arguments)
        answered.set()

    ask(done)
    if not answered.wait(TIMEOUT):
        raise NotifierFailedError("the system does not answer")
    return tuple(answer)


@cache
def _delegate_class() -> Any:
    """Made once, as Objective-C knows each class by its name."""
    import objc
    from Foundation import NSObject
    from UserNotifications import (
        UNNotificationPresentationOptionBanner,
        UNNotificationPresentationOptionList,
    )

    protocol = objc.protocolNamed("UNUserNotificationCenterDelegate")
    options = UNNotificationPresentationOptionBanner | UNNotificationPresentationOptionList

    class SealbreakDelegate(NSObject, protocols=[protocol]):  # type: ignore
        def userNotificationCenter_willPresentNotification_withCompletionHandler_(  # noqa: N802
            self, _center: Any, _notification: Any, done: Callable[[int], None]
        ) -> None:
            done(options)

        def userNotificationCenter_didReceiveNotificationResponse_withCompletionHandler_(  # noqa: N802
            self, _center: Any, response: Any, done: Callable[[], None]
        ) -> None:
            try:
                key = response.notification().request().identifier()
                self.clicked(str(key), str(response.actionIdentifier()))
            finally:
                done()

    return SealbreakDelegate
