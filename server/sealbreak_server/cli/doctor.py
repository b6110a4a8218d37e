"""`sealbreak-server doctor`: checks the set-up and says what to do about each problem."""

import time
from argparse import ArgumentParser

from sealbreak_server.checks.examination import Examination
from sealbreak_server.checks.finding import Finding, Status
from sealbreak_server.cli.arguments import Options, add_settings, read_options
from sealbreak_server.cli.database import open_storage

INDENT = 25
"""Columns before the text of a finding."""
DESCRIPTION = """\
Check settings, keys, database, disk, clock, and the whole way from the public address to this
server. "ok" stands only for what was checked in this moment. The exit status is 1 if there is a
problem, else 0. Give it the same settings as `serve`. It takes half a minute, as it watches a live
connection for that long.

  sealbreak-server doctor --public-url https://track.example.com
"""


def add_arguments(parser: ArgumentParser) -> None:
    add_settings(parser)


def run(options: Options) -> int:
    settings, found = read_options(options), set()
    with open_storage(settings) as storage:
        for finding in Examination(settings, storage, time.time).findings():
            print(_line(finding), flush=True)  # the next one may take seconds
            found.add(finding.status)
    return 1 if Status.PROBLEM in found else 0


def _line(finding: Finding) -> str:
    advice = f"\n{'':<{INDENT}}-> {finding.advice}" if finding.advice else ""
    return f"{finding.status.value:<12} {finding.topic:<12}{finding.summary}{advice}"
