"""`sealbreak-server data`: shows, installs and makes the data files of the classification."""

import argparse
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from sealbreak_server.classification.evidence.data_files import (
    COUNTRY,
    EGRESS,
    INSTALLABLE,
    PREFIXES,
    SHIPPED,
    build_prefixes,
    find,
    install,
    installed_folder,
    missing,
)


def describe(folder: Path | None = None) -> Iterator[str]:
    """One line for each file in use, then what is missing."""
    for name in (COUNTRY, EGRESS, PREFIXES):
        file = find(name, folder)
        if file is not None:
            day = datetime.fromtimestamp(file.stat().st_mtime, UTC).date()
            yield f"{name}: {file}, {day}, {file.stat().st_size:,} bytes"
    yield from missing(folder)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--into", type=Path, help="folder to install to, or to look in")
    what = parser.add_subparsers(dest="what", metavar="WHAT")
    what.add_parser("show", help="say which files are in use (the default)")
    for kind, words in (
        ("country", "a country database (.mmdb)"),
        ("apple", "Apple's list (.csv)"),
    ):
        what.add_parser(kind, help=f"install {words}").add_argument("file", type=Path)
    prefixes = what.add_parser("prefixes", help="make the shipped table of networks anew")
    prefixes.add_argument("files", type=Path, nargs="+", help="asn-ipv4.csv and asn-ipv6.csv")


def run(args: argparse.Namespace) -> int:
    try:
        if args.what in INSTALLABLE:
            print(install(args.what, args.file, args.into or installed_folder()))
        elif args.what == "prefixes":
            table = build_prefixes(SHIPPED / "owners.tsv", args.files)
            ((args.into or SHIPPED) / PREFIXES).write_text(table, encoding="utf-8")
        else:
            print("\n".join(describe(args.into)))
    except (ValueError, OSError) as error:
        print(f"Not installed: {error}", file=sys.stderr)
        return 1
    return 0
