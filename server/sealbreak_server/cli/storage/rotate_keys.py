"""`sealbreak-server rotate-keys`: adds a server key, which signs from the next start on."""

from argparse import ArgumentParser

from sealbreak_server.cli.arguments import Options, add_settings, read_options
from sealbreak_server.cli.storage.files import writing
from sealbreak_server.security.keyring import add_key

DESCRIPTION = """\
Add a server key. New tracking IDs are signed with it once the server is restarted. The keys before
stay, so links and images in sent mails go on working. Do this when a copy of the file `keys` may
have been seen by others.

  sealbreak-server rotate-keys
"""


def add_arguments(parser: ArgumentParser) -> None:
    add_settings(parser, "data")


def run(options: Options) -> int:
    keys = read_options(options).keys_file
    with writing(keys):
        count = add_key(keys)
    print(f"{keys} holds {count} keys now. Restart the server, and keep a new copy of the file.")
    return 0
