"""The commands of `sealbreak-server`: their arguments and help."""

import argparse
import logging
import os
import signal
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import TypeAlias

from sealbreak_server.cli import commands, preferences
from sealbreak_server.errors import SealbreakError
from sealbreak_server.settings import SETTINGS, Settings, read_settings

STOPPED = 130
"""What a shell says of a command that Ctrl+C ended."""
DESCRIPTION = """\
Sealbreak tells you when a mail you sent from Gmail is opened or a link in it is followed.

Start with `sealbreak-server serve`, then make a code with `sealbreak-server pair` and type it
in the options of the browser extension and in the tray program.
"""

Options = argparse.Namespace
Run = Callable[[Options], int]
Subs: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

BORROWED = {
    "classify": ("cli.classify", "judge requests given as JSON lines", "add_arguments", "run"),
    "data": (
        "cli.data",
        "show or replace data files",
        "add_arguments",
        "run",
    ),
    "run": (
        "cli.run.launcher",
        "set up and start the server and the tray",
        "add_run_arguments",
        "run",
    ),
    "demo": (
        "cli.run.launcher",
        "play a small story on throw-away data",
        "add_demo_arguments",
        "demo",
    ),
}
"""Command -> module, summary, two functions in it. Imported only when it is asked for."""


def main(arguments: Sequence[str] | None = None) -> int:
    given = list(sys.argv[1:] if arguments is None else arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s: %(message)s")
    options = make_parser(given[0] if given else "").parse_args(given)
    try:
        return int(options.run(options))
    except SealbreakError as error:
        print(f"{error.title}: {error.message}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return STOPPED


def settings_of(options: Options) -> Settings:
    return read_settings({s.name: getattr(options, s.name, None) for s in SETTINGS}, os.environ)


def make_parser(command: str = "") -> argparse.ArgumentParser:
    """`command`: the one that will run; of borrowed commands only its arguments are known."""
    parser = argparse.ArgumentParser(
        prog="sealbreak-server",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    subs = parser.add_subparsers(metavar="COMMAND", required=True)
    for add in (
        _serve,
        _pair,
        _devices,
        _export,
        _erase,
        _prune,
        _rejudge,
        _backup,
        _doctor,
        _account_settings,
        _webhooks,
    ):
        add(subs)
    for name in BORROWED:
        _borrow(subs, name, chosen=name == command)
    return parser


def _command(subs: Subs, name: str, summary: str, run: Run, more: str = "") -> ArgumentParser:
    described = f"{summary[0].upper()}{summary[1:]}. {more}"
    parser = subs.add_parser(name, help=summary, description=described)
    parser.set_defaults(run=run)
    return parser


def _add_settings(parser: ArgumentParser, *names: str) -> None:
    group = parser.add_argument_group("settings", "each flag wins over its environment variable")
    for setting in SETTINGS:
        if names and setting.name not in names:
            continue
        default = f", default {setting.default}" if setting.default else ""
        shown = f"{setting.help} [{setting.env}{default}]"
        group.add_argument(setting.flag, metavar=setting.name.upper(), help=shown)


def _add_place(parser: ArgumentParser) -> None:
    _add_settings(parser, "data", "database_url")


def _add_account(parser: ArgumentParser) -> None:
    parser.add_argument("--account", metavar="NAME", help="whose, when several share this server")


def _serve(subs: Subs) -> None:
    def run(options: Options) -> int:
        return int(import_module("sealbreak_server.cli.serve").serve(settings_of(options)))

    parser = _command(subs, "serve", "run the server in the foreground", run, "Ctrl+C drains it.")
    _add_settings(parser)


def _pair(subs: Subs) -> None:
    def run(options: Options) -> int:
        settings = settings_of(options)
        return commands.pair(settings, options.name, options.account, as_json=options.json)

    parser = _command(subs, "pair", "make a code that pairs one device", run)
    parser.add_argument("--name", help="your name, as recipients see it on their page")
    parser.add_argument(
        "--account", metavar="NAME", help="one of several people on this server; made when new"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    _add_place(parser)


def _devices(subs: Subs) -> None:
    def run(options: Options) -> int:
        if options.revoke:
            return commands.revoke_device(settings_of(options), options.account, options.revoke)
        return commands.list_devices(settings_of(options), options.account, as_json=options.json)

    parser = _command(subs, "devices", "list the paired devices, or revoke one", run)
    _add_account(parser)
    parser.add_argument("--revoke", metavar="ID", help="sign this device out, at once")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    _add_place(parser)


def _account_settings(subs: Subs) -> None:
    def run(options: Options) -> int:
        return preferences.settings(
            settings_of(options), options.account, options.change, mute=options.mute,
            unmute=options.unmute, snooze_hours=options.snooze, as_json=options.json,
        )  # fmt: skip

    parser = _command(
        subs, "settings", "show what you are alerted to, or change it", run,
        "As in: settings quiet_hours=22:00-07:00 time_zone=Europe/Berlin reminder_days=5 hot=no",
    )  # fmt: skip
    _add_account(parser)
    parser.add_argument("change", nargs="*", metavar="NAME=VALUE")
    whom = "a mail address, or the ID of a message"
    parser.add_argument("--mute", action="append", default=[], metavar="WHAT", help=whom)
    parser.add_argument("--unmute", action="append", default=[], metavar="WHAT", help=whom)
    parser.add_argument("--snooze", type=_hours, metavar="HOURS", help="0 ends it")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    _add_place(parser)


def _hours(text: str) -> float:
    hours = float(text)
    if not 0 <= hours <= 24 * 366:
        raise ValueError
    return hours


def _webhooks(subs: Subs) -> None:
    def run(options: Options) -> int:
        settings, account, as_json = settings_of(options), options.account, options.json
        if options.add:
            return preferences.add_webhook(settings, account, options.add, as_json=as_json)
        if options.enable:
            return preferences.enable_webhook(settings, account, options.enable, as_json=as_json)
        if options.remove:
            return preferences.remove_webhook(settings, account, options.remove)
        return preferences.list_webhooks(settings, account, as_json=as_json)

    parser = _command(
        subs, "webhooks", "list where events are posted, add or remove such an address", run
    )
    _add_account(parser)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--add", metavar="URL", help="post each event there from now on")
    what.add_argument("--remove", metavar="ID")
    what.add_argument("--enable", metavar="ID", help="one that was given up after days of failing")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    _add_settings(parser, "data", "database_url", "webhook_networks")


def _export(subs: Subs) -> None:
    def run(options: Options) -> int:
        return commands.export(settings_of(options), options.account, options.output)

    parser = _command(subs, "export", "write everything about the account as JSON", run)
    _add_account(parser)
    parser.add_argument("--output", type=Path, metavar="FILE", help="default: standard output")
    _add_place(parser)


def _erase(subs: Subs) -> None:
    def run(options: Options) -> int:
        if options.message:
            return commands.erase_message(settings_of(options), options.account, options.message)
        return commands.erase_recipient(settings_of(options), options.account, options.recipient)

    parser = _command(
        subs, "erase", "forget a message or a person for ever", run,
        "Links in sent mails go on working.",
    )  # fmt: skip
    _add_account(parser)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--message", metavar="ID", help="the last part of its history page's address")
    what.add_argument("--recipient", metavar="ADDRESS", help="the mail address of the person")
    _add_place(parser)


def _prune(subs: Subs) -> None:
    def run(options: Options) -> int:
        return commands.prune(settings_of(options), options.days)

    parser = _command(subs, "prune", "forget all messages older than so many days", run)
    parser.add_argument("days", type=_days, metavar="DAYS")
    _add_place(parser)


def _days(text: str) -> int:
    days = int(text)
    if days < 1:
        raise ValueError
    return days


def _rejudge(subs: Subs) -> None:
    def run(options: Options) -> int:
        module = import_module("sealbreak_server.cli.reclassify")
        settings = settings_of(options)
        return int(module.run(settings, apply=options.apply, as_json=options.json))

    parser = _command(
        subs, "reclassify", "judge the hits of the last day by today's rules", run,
        "It first says what would change. Older hits have lost their evidence and stay.",
    )  # fmt: skip
    parser.add_argument("--apply", action="store_true", help="do it without being asked")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    _add_place(parser)


def _backup(subs: Subs) -> None:
    def run(options: Options) -> int:
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # no half of a copy stays
        return commands.backup(settings_of(options), options.file)

    parser = _command(subs, "backup", "copy the database, also while the server runs", run)
    parser.add_argument("file", type=Path, metavar="FILE")
    _add_place(parser)


def _doctor(subs: Subs) -> None:
    def run(options: Options) -> int:
        return int(import_module("sealbreak_server.cli.doctor").examine(settings_of(options)))

    parser = _command(subs, "doctor", "check settings, keys, database and reachability", run)
    _add_settings(parser)


def _borrow(subs: Subs, name: str, *, chosen: bool) -> None:
    module, summary, arguments, action = BORROWED[name]

    def run(options: Options) -> int:
        return int(getattr(import_module(f"sealbreak_server.{module}"), action)(options))

    parser = _command(subs, name, summary, run)
    if chosen:
        add = getattr(import_module(f"sealbreak_server.{module}"), arguments, None)
        if add is not None:
            add(parser)
