"""`sealbreak` without a command: the tray."""

import argparse

from sealbreak_desktop.files.paths import Paths


def run(paths: Paths, _: argparse.Namespace) -> int:
    from sealbreak_desktop.app import run_tray

    if not run_tray(paths):
        print("Sealbreak is running already. It opens the history now.")
    return 0
