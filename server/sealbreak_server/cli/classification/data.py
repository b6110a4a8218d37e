"""`sealbreak-server data`: shows which data files are in use, and installs newer ones."""

import sys
from argparse import ArgumentParser
from pathlib import Path

from sealbreak_server.classification.evidence import data_files
from sealbreak_server.cli.arguments import Options

DESCRIPTION = """\
Show which data files the classification uses and how old they are, or install a newer one.

  sealbreak-server data country dbip-country.mmdb
"""


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--into", type=Path, help="the folder to install to, or to look in")
    what = parser.add_subparsers(dest="what", metavar="WHAT")
    what.add_parser("show", help="show which files are in use (the default)")
    for kind, words in (
        ("country", "a country database (.mmdb)"),
        ("apple", "Apple's list of egress networks (.csv)"),
    ):
        what.add_parser(kind, help=f"install {words}").add_argument("file", type=Path)
    prefixes = what.add_parser("prefixes", help="rebuild the shipped table of networks")
    prefixes.add_argument("files", type=Path, nargs="+", help="asn-ipv4.csv and asn-ipv6.csv")


def run(options: Options) -> int:
    try:
        if options.what in data_files.INSTALLABLE:
            folder = options.into or data_files.installed_folder()
            print(data_files.install(options.what, options.file, folder))
        elif options.what == "prefixes":
            _build_prefixes(options.into or data_files.SHIPPED, options.files)
        else:
            print("\n".join(data_files.describe(options.into)))
    except (ValueError, OSError) as error:
        print(f"Not installed: {error}", file=sys.stderr)
        return 1
    return 0


def _build_prefixes(folder: Path, files: list[Path]) -> None:
    table = data_files.build_prefixes(data_files.SHIPPED / "owners.tsv", files)
    (folder / data_files.PREFIXES).write_text(table, encoding="utf-8")
