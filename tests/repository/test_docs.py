"""The README lists what the programs can do, with the values that they have."""

import argparse
import re
from pathlib import Path

import pytest
from sealbreak_desktop.cli import make_parser as desktop_parser
from sealbreak_server.cli.main import make_parser as server_parser
from sealbreak_server.settings import SETTINGS, Setting
from support.paths import ROOT

README = (ROOT / "README.md").read_text()


def commands(parser: argparse.ArgumentParser) -> list[str]:
    (subs,) = (a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    return sorted(subs.choices)


def table(heading: str) -> str:
    """The rows of the table under a heading."""
    section = README.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return "\n".join(line for line in section.splitlines() if line.startswith("|"))


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: str(setting.name))
def test_each_setting_is_listed_with_flag_variable_and_default(setting: Setting) -> None:
    rows = [row for row in table("Settings").splitlines() if f"`{setting.flag}`" in row]
    assert len(rows) == 1
    assert f"`{setting.env}`" in rows[0]
    assert setting.default in rows[0]


def test_no_setting_is_listed_that_does_not_exist() -> None:
    rows = table("Settings").splitlines()[2:]
    assert len(rows) == len(SETTINGS)


@pytest.mark.parametrize("command", commands(server_parser()))
def test_each_command_of_the_server_is_listed(command: str) -> None:
    assert f"`sealbreak-server {command}" in README or f"`{command}`" in table("Commands")


@pytest.mark.parametrize("command", commands(desktop_parser()))
def test_each_command_of_the_tray_is_listed(command: str) -> None:
    row = next(row for row in table("Commands").splitlines() if row.startswith("| `sealbreak` "))
    assert f"`{command}`" in row


def test_each_target_of_make_is_explained_by_make_itself() -> None:
    lines = (ROOT / "Makefile").read_text().splitlines()
    phony = [name for line in lines if line.startswith(".PHONY:") for name in line.split()[1:]]
    explained = {line.partition(":")[0] for line in lines if ": " in line and " ## " in line}
    inner = ("set-up-", "packages-")
    helpers = {"link-gi", "node", "fetch-data", "fetch-proxies"}
    assert {n for n in phony if not n.startswith(inner)} - helpers == explained


@pytest.mark.parametrize("target", ["run", "demo", "test"])
def test_the_first_targets_are_in_the_readme(target: str) -> None:
    assert f"make {target} " in README


PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def used_commands(page: str, program: str) -> set[str]:
    """The words that follow the name of the program in backticks."""
    return set(re.findall(rf"`{program} ([a-z][a-z-]+)", page))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_command_that_a_page_names_exists(page: Path) -> None:
    text = page.read_text()
    assert used_commands(text, "sealbreak-server") <= set(commands(server_parser()))
    assert used_commands(text, "sealbreak") <= set(commands(desktop_parser()))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_link_in_a_page_leads_to_a_file(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text())
    assert [one for one in targets if not (page.parent / one).exists()] == []


ROOTS = ("", "server/sealbreak_server", "desktop/sealbreak_desktop", "extension/src")


def named_paths(page: str) -> list[str]:
    """What stands in backticks and looks like the path of a file or of a folder below another.

    Files of the system begin with a slash.
    """
    names = re.findall(r"`([\w.][\w./-]*)`", page)
    return [name for name in names if "/" in name or name.endswith((".py", ".ts", ".md"))]


@pytest.mark.parametrize("page", sorted((ROOT / "docs").glob("*.md")), ids=lambda page: page.name)
def test_each_path_that_a_page_names_exists(page: Path) -> None:
    lacking = [
        name
        for name in named_paths(page.read_text())
        if not any((ROOT / root / name).exists() for root in ROOTS)
    ]
    assert lacking == []
