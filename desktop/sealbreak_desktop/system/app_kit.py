"""Calls in the main thread of macOS, which ends a program that changes its menu in another one."""

from collections.abc import Callable
from functools import cache
from typing import Any


def call_in_main_thread(call: Callable[[], None]) -> None:
    """Soon, also while the user has a menu open. From any thread."""
    from PyObjCTools import AppHelper

    AppHelper.callAfter(call)


def call_between_menus(call: Callable[[], None]) -> None:
    """As soon as no menu is open: a click in an open one must find the rows that it shows.

    While one is open, the main loop runs in another mode. From any thread.
    """
    from Foundation import NSDefaultRunLoopMode

    caller = _caller_class().alloc().init()
    caller.performSelectorOnMainThread_withObject_waitUntilDone_modes_(
        caller.run_, call, False, [NSDefaultRunLoopMode]
    )


@cache
def _caller_class() -> Any:
    """Made once, as Objective-C knows each class by its name."""
    from Foundation import NSObject

    class SealbreakCaller(NSObject):  # type: ignore[misc, no-any-unimported, unused-ignore]
        def run_(self, call: Callable[[], None]) -> None:
            call()

    return SealbreakCaller
