"""Opens a page in the user's browser."""

import os
import threading
import webbrowser
from contextlib import AsyncExitStack

from platformdirs import user_downloads_path

from sealbreak_server.cli.run.desktop import desktop_obstacle
from sealbreak_server.cli.run.redirect_file import redirect_file


def open_page(stack: AsyncExitStack, page: str) -> None:
    """In a graphical browser only; a text browser would take over the terminal."""
    if desktop_obstacle(os.environ):
        return
    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return
    if os.environ.get("BROWSER") or type(browser) is not webbrowser.GenericBrowser:
        address = _address(stack, page)
        # Some browsers keep their caller waiting until they are closed.
        threading.Thread(target=browser.open, args=(address,), daemon=True).start()


def _address(stack: AsyncExitStack, page: str) -> str:
    """A file in the downloads folder, or in the home folder where that does not exist.

    A browser from Snap sees no hidden folder, one from Flatpak may see the downloads only, and
    both have their own /tmp.
    """
    downloads = user_downloads_path()
    try:
        return redirect_file(stack, page, downloads if downloads.is_dir() else downloads.parent)
    except OSError:
        return page
