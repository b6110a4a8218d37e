"""`sealbreak-server restore`: puts a backup in the place of the database."""

from argparse import ArgumentParser
from pathlib import Path

from sealbreak_server.cli.arguments import Options, add_database, read_options
from sealbreak_server.cli.storage.files import writing
from sealbreak_server.errors import SettingsError
from sealbreak_server.settings import Settings
from sealbreak_server.storage.migrations.restore import restore

DESCRIPTION = """\
Put a copy that `backup` made in the place of the SQLite database. Stop the server first. The
database before is kept in the folder `backups`. Hits that wait in the spool are taken in when the
server starts.

  sealbreak-server restore sealbreak-backup.sqlite3
"""


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE")
    add_database(parser)


def run(options: Options) -> int:
    settings: Settings = read_options(options)
    if settings.database_url:
        raise SettingsError("PostgreSQL has its own tools: use pg_dump and pg_restore.")
    with writing(settings.data):
        kept = restore(options.file, settings.data, settings.data / "backups")
    print(f"Restored from {options.file}. Start the server now.")
    if kept:
        print(f"The database before is kept as {kept}.")
    if not settings.keys_file.exists():
        print(
            f"{settings.keys_file} is missing: put your copy of it there before you start the"
            " server. Without it, links in sent mails stop working."
        )
    return 0
