"""A browser that only records the addresses it is asked to open."""

from support.desktop.display import Display
from support.desktop.processes import eventually


class BrowserRecorder:
    def __init__(self, display: Display) -> None:
        self._opened = display.folder / "opened.txt"
        script = display.folder / "browser"
        script.write_text(f'#!/bin/sh\nprintf "%s\\n" "$1" >> {self._opened}\n')
        script.chmod(0o755)
        display.env["BROWSER"] = str(script)

    def opened(self) -> list[str]:
        return self._opened.read_text().splitlines() if self._opened.exists() else []

    def wait(self, number: int = 1) -> str:
        """The address that was opened as the `number`th."""
        eventually(lambda: len(self.opened()) >= number, "a page in the browser")
        return self.opened()[number - 1]
