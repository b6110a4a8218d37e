"""Pop-ups through `osascript`, on macOS. They cannot be clicked."""

import subprocess

from sealbreak_desktop.errors import NotifierFailedError, NotifierUnavailableError
from sealbreak_desktop.state.notification import Notification
from sealbreak_desktop.text import BODY_LIMIT, BODY_LINES, TITLE_LIMIT, sanitise

PROGRAM = "/usr/bin/osascript"
SCRIPT = (
    "on run argv",
    "display notification (item 3 of argv) with title (item 2 of argv)",
    "end run",
)
TIMEOUT = 5.0
"""Seconds."""


class ScriptNotifier:
    name = "osascript"

    def show(self, notification: Notification) -> None:
        lines = [word for line in SCRIPT for word in ("-e", line)]
        # The texts are arguments and no part of the script. The first argument ends the options.
        texts = [
            "Sealbreak",
            sanitise(notification.title, TITLE_LIMIT),
            sanitise(notification.body, BODY_LIMIT, lines=BODY_LINES),
        ]
        try:
            subprocess.run(  # noqa: S603 -- a fixed program
                [PROGRAM, *lines, *texts], check=True, capture_output=True, timeout=TIMEOUT
            )
        except subprocess.TimeoutExpired:
            raise NotifierFailedError("osascript does not answer") from None
        except (OSError, subprocess.SubprocessError) as error:
            raise NotifierUnavailableError(type(error).__name__) from None

    def close(self) -> None:
        pass
