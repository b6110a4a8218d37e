"""A local file that redirects a browser to a secret address.

Anybody who knows the address may do what it allows, and every user of the machine can read the
browser's command line. The file can be read by its owner only.
"""

import asyncio
import html
import tempfile
from contextlib import AsyncExitStack, suppress
from pathlib import Path

LIFETIME_SECONDS = 60.0
"""Enough for a browser to start and to follow the redirect."""
FOLDER_PREFIX, FILE_NAME = "sealbreak-first-steps-", "open.html"
CONTENT = """\
<!doctype html>
<meta charset="utf-8">
<meta http-equiv="refresh" content="0; url={page}">
<title>Sealbreak</title>
<a href="{page}">Go on to Sealbreak</a>
"""


def redirect_file(stack: AsyncExitStack, page: str, place: Path) -> str:
    """The address of a new file in `place`. It is removed with the stack or after a minute."""
    _remove_old_files(place)
    folder = tempfile.TemporaryDirectory(
        prefix=FOLDER_PREFIX, dir=place, ignore_cleanup_errors=True
    )
    stack.callback(folder.cleanup)
    asyncio.get_running_loop().call_later(LIFETIME_SECONDS, folder.cleanup)
    file = Path(folder.name, FILE_NAME)
    file.touch(mode=0o600)
    file.write_text(CONTENT.format(page=html.escape(page)), encoding="utf-8")
    return file.as_uri()


def _remove_old_files(place: Path) -> None:
    """Of launchers that were killed."""
    for file in place.glob(f"{FOLDER_PREFIX}*/{FILE_NAME}"):
        with suppress(OSError):
            file.unlink()
            file.parent.rmdir()
