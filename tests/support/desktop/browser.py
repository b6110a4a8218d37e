"""A browser that only writes down what it was asked to open."""

from support.desktop.display import Desktop
from support.desktop.processes import eventually


class BrowserRecorder:
    def __init__(self, desktop: Desktop) -> None:
        self._opened = desktop.folder / "opened.txt"
        script = desktop.folder / "browser"
        script.write_text(f'#!/bin/sh\nprintf "%s\\n" "$1" >> {self._opened}\n')
        script.chmod(0o755)
        desktop.env["BROWSER"] = str(script)

    def opened(self) -> list[str]:
        return self._opened.read_text().splitlines() if self._opened.exists() else []

    def wait(self, number: int = 1) -> str:
        """The address that was opened as the so-manieth."""
        eventually(lambda: len(self.opened()) >= number, "a page in the browser")
        return self.opened()[number - 1]
