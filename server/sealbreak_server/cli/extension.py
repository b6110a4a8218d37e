"""`sealbreak-server extension`: puts the browser extension into a folder."""

from argparse import ArgumentParser
from pathlib import Path

from sealbreak_server.cli.arguments import Options
from sealbreak_server.web.installation import extension_folder, unpack_extension

DESCRIPTION = """\
Put the browser extension into a folder, or a newer version in place of an older one. By default
the folder is `sealbreak-extension` in Downloads.

  sealbreak-server extension
  sealbreak-server extension ~/sealbreak-extension
"""
NEXT = """\
The extension is in {folder}

Chrome, Chromium, Edge, Brave: open chrome://extensions, turn on Developer mode, press
"Load unpacked" and choose the folder. After an update press the round arrow on its card.
Firefox 140 or later: open about:debugging#/runtime/this-firefox, press "Load Temporary Add-on"
and choose manifest.json in the folder. Firefox removes it when it is closed.
Then reload open Gmail tabs."""


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, nargs="?", metavar="FOLDER")


def run(options: Options) -> int:
    folder = (options.folder or extension_folder()).absolute()
    unpack_extension(folder)
    print(NEXT.format(folder=folder))
    return 0
