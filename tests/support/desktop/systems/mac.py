"""macOS as PyObjC shows it: UserNotifications, the main thread and the modes of its loop.

https://developer.apple.com/documentation/usernotifications. Handlers are called in threads of the
system.
"""

import threading
from collections import deque
from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

ALLOWED, DENIED = 2, 1
NOT_ALLOWED_ERROR = 1
DEFAULT_MODE, TRACKING_MODE = "kCFRunLoopDefaultMode", "NSEventTrackingRunLoopMode"
COMMON_MODES = frozenset({DEFAULT_MODE, TRACKING_MODE})
BANNER, LIST = 1 << 4, 1 << 3
DELEGATE = "UNUserNotificationCenterDelegate"
DEFAULT_ACTION = "com.apple.UNNotificationDefaultActionIdentifier"


class FakeMac:
    def __init__(self) -> None:
        self.bundle: str | None = "org.python.python"
        self.status = ALLOWED
        self.error: int | None = None
        """The number with which the system refuses the next request."""
        self.is_silent = False
        """The system answers no question."""
        self.shown: dict[str, Any] = {}
        """The contents, by the identifier of the request."""
        self.buttons: dict[str, list[tuple[str, str]]] = {}
        """Names and labels, by category."""
        self.delegate: Any = None
        self.asked = 0
        """How often the user was asked."""
        self._calls: deque[tuple[frozenset[str], Callable[[], None]]] = deque()
        self._main = threading.current_thread()

    def modules(self) -> dict[str, ModuleType]:
        return {
            "objc": _module("objc", protocolNamed=lambda name: name),
            "Foundation": _module(
                "Foundation",
                NSObject=self._object_class(),
                NSBundle=SimpleNamespace(
                    mainBundle=lambda: SimpleNamespace(bundleIdentifier=lambda: self.bundle)
                ),
                NSSet=SimpleNamespace(setWithArray_=lambda items: _Set(items)),
                NSDefaultRunLoopMode=DEFAULT_MODE,
            ),
            "PyObjCTools": _module(
                "PyObjCTools", AppHelper=SimpleNamespace(callAfter=self._call_after)
            ),
            "UserNotifications": _module("UserNotifications", **self._user_notifications()),
        }

    def run_loop(self, mode: str = DEFAULT_MODE) -> None:
        """What the main thread does in this mode."""
        assert threading.current_thread() is self._main
        for modes, call in tuple(self._calls):
            if mode in modes:
                self._calls.remove((modes, call))
                call()

    def click(self, key: str, action: str = DEFAULT_ACTION) -> None:
        self.shown.pop(key)
        request = SimpleNamespace(identifier=lambda: key)
        response = SimpleNamespace(
            actionIdentifier=lambda: action,
            notification=lambda: SimpleNamespace(request=lambda: request),
        )
        done = threading.Event()
        method = "userNotificationCenter_didReceiveNotificationResponse_withCompletionHandler_"
        getattr(self.delegate, method)(None, response, done.set)
        assert done.is_set(), "the system waits for the handler"

    def presented(self) -> int:
        """How a notification is shown while the program is in front."""
        answers: list[int] = []
        method = "userNotificationCenter_willPresentNotification_withCompletionHandler_"
        getattr(self.delegate, method)(None, None, answers.append)
        (options,) = answers
        return options

    def _call_after(self, call: Callable[[], None]) -> None:
        self._calls.append((COMMON_MODES, call))

    def _object_class(self) -> type:
        mac = self

        class NSObject:
            protocols: tuple[str, ...] = ()

            def __init_subclass__(cls, protocols: list[str] | None = None) -> None:
                cls.protocols = tuple(protocols or ())

            @classmethod
            def alloc(cls) -> Any:
                return cls()

            def init(self) -> Any:
                return self

            def performSelectorOnMainThread_withObject_waitUntilDone_modes_(
                self, selector: Any, argument: Any, wait: bool, modes: list[str]
            ) -> None:
                assert wait is False, "a wait from the main thread's own callback would not end"
                assert set(modes) <= COMMON_MODES
                mac._calls.append((frozenset(modes), lambda: selector(argument)))

        return NSObject

    def _user_notifications(self) -> dict[str, Any]:
        return {
            "UNAuthorizationOptionAlert": 1 << 2,
            "UNAuthorizationStatusDenied": DENIED,
            "UNNotificationPresentationOptionBanner": BANNER,
            "UNNotificationPresentationOptionList": LIST,
            "UNMutableNotificationContent": _Content,
            "UNNotificationAction": SimpleNamespace(
                actionWithIdentifier_title_options_=lambda name, label, options: (name, label)
            ),
            "UNNotificationCategory": SimpleNamespace(
                categoryWithIdentifier_actions_intentIdentifiers_options_=(
                    lambda name, actions, intents, options: (name, tuple(actions))
                )
            ),
            "UNNotificationRequest": SimpleNamespace(
                requestWithIdentifier_content_trigger_=lambda key, content, trigger: (key, content)
            ),
            "UNUserNotificationCenter": SimpleNamespace(
                currentNotificationCenter=lambda: _Center(self)
            ),
        }


class _Set(tuple[Any, ...]):
    """An NSSet: the system takes no list in its place."""


class _Content:
    @classmethod
    def alloc(cls) -> "_Content":
        return cls()

    def init(self) -> "_Content":
        self.title = self.body = self.category = ""
        return self

    def setTitle_(self, text: str) -> None:
        self.title = _text(text)

    def setBody_(self, text: str) -> None:
        self.body = _text(text)

    def setCategoryIdentifier_(self, name: str) -> None:
        self.category = _text(name)


class _Center:
    def __init__(self, mac: FakeMac) -> None:
        # What macOS does, by ending the program: bundleProxyForCurrentProcess is nil.
        assert mac.bundle is not None, "the program is ended"
        self._mac = mac

    def setDelegate_(self, delegate: Any) -> None:
        assert delegate is None or DELEGATE in delegate.protocols
        self._mac.delegate = delegate

    def setNotificationCategories_(self, categories: Any) -> None:
        assert isinstance(categories, _Set)
        self._mac.buttons = {name: list(actions) for name, actions in categories}

    def requestAuthorizationWithOptions_completionHandler_(
        self, options: int, done: Callable[[bool, Any], None]
    ) -> None:
        assert options == 1 << 2
        assert done is not None, "this handler must not be nil"
        self._mac.asked += 1

    def getNotificationSettingsWithCompletionHandler_(self, done: Any) -> None:
        status = self._mac.status
        self._answer(done, SimpleNamespace(authorizationStatus=lambda: status))

    def addNotificationRequest_withCompletionHandler_(
        self, request: tuple[str, _Content], done: Any
    ) -> None:
        key, content = request
        if (number := self._mac.error) is not None:
            self._answer(done, SimpleNamespace(code=lambda: number))
            return
        assert content.category in self._mac.buttons, "its buttons are not known"
        self._mac.shown[_text(key)] = content
        self._answer(done, None)

    def _answer(self, done: Any, *answer: Any) -> None:
        if not self._mac.is_silent:
            threading.Thread(target=done, args=answer, name="system").start()


def _text(text: str) -> str:
    if not isinstance(text, str):
        raise TypeError("Expecting NSString")
    return text


def _module(name: str, **contents: Any) -> ModuleType:
    module = ModuleType(name)
    vars(module).update(contents)
    return module
