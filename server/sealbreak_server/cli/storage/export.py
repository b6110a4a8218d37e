"""`sealbreak-server export`: everything about an account, as JSON."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path

from sealbreak_server.cli.arguments import Options, add_account, add_database, read_options
from sealbreak_server.cli.database import open_storage
from sealbreak_server.cli.storage.files import writing
from sealbreak_server.storage.accounts import meant_account
from sealbreak_server.storage.export import export_account

DESCRIPTION = """\
Write everything that the server knows about an account as JSON.

  sealbreak-server export --output sealbreak.json
"""


def add_arguments(parser: ArgumentParser) -> None:
    add_account(parser)
    parser.add_argument("--output", type=Path, metavar="FILE", help="default: standard output")
    add_database(parser)


def run(options: Options) -> int:
    with open_storage(read_options(options)) as storage:
        parts = storage.transaction(lambda: dict(export_account(meant_account(options.account))))
    text = json.dumps(parts, indent=2, ensure_ascii=False)
    if options.output is None:
        sys.stdout.write(text + "\n")
    else:
        _write(options.output, text)
    return 0


def _write(output: Path, text: str) -> None:
    """Readable by its owner only."""
    with writing(output):
        output.touch(mode=0o600)
        output.write_text(text, encoding="utf-8")
