"""Arguments that several commands share, and the settings made from them."""

import os
from argparse import ArgumentParser, Namespace

from sealbreak_server.settings import SETTINGS, Settings, read_settings

Options = Namespace


def read_options(options: Options) -> Settings:
    """Raises `SettingsError`."""
    return read_settings({s.name: getattr(options, s.name, None) for s in SETTINGS}, os.environ)


def add_settings(parser: ArgumentParser, *names: str) -> None:
    """The settings with these names; without names, all of them."""
    group = parser.add_argument_group("settings", "each flag wins over its environment variable")
    for setting in SETTINGS:
        if names and setting.name not in names:
            continue
        default = f", default {setting.default}" if setting.default else ""
        shown = f"{setting.help} [{setting.env}{default}]"
        group.add_argument(setting.flag, metavar=setting.name.upper(), help=shown)


def add_database(parser: ArgumentParser) -> None:
    add_settings(parser, "data", "database_url")


def add_account(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--account", metavar="NAME", help="the account, when several share this server"
    )


def add_json(parser: ArgumentParser, shape: str = "one JSON object per line") -> None:
    parser.add_argument("--json", action="store_true", help=f"print {shape}")
