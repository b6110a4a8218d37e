"""README and docs say what the programs can do, with the values that they have."""

import argparse
import re
import shlex
from pathlib import Path

import pytest
from PIL import Image
from sealbreak_desktop.cli import make_parser as desktop_parser
from sealbreak_server.cli.main import make_parser as server_parser
from sealbreak_server.settings import SETTINGS, Setting
from support.paths import ROOT

README = (ROOT / "README.md").read_text()
REFERENCE = (ROOT / "docs" / "reference.md").read_text()
WORDS = range(700, 1101)
"""Of the README, as a stranger reads it."""


def commands(parser: argparse.ArgumentParser) -> list[str]:
    (subs,) = (a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    return sorted(subs.choices)


def table(heading: str) -> str:
    """The rows of the table under a heading."""
    section = REFERENCE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
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
    rows = table("Commands")
    assert f"`sealbreak-server {command}" in rows or f"`{command}`" in rows


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


def test_the_readme_is_read_in_a_few_minutes() -> None:
    text = re.sub(r"\]\([^)]*\)", "]", README)
    assert len(re.findall(r"[^\s|#`*\-]*\w[^\s|]*", text)) in WORDS


PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def used_commands(page: str, program: str) -> set[str]:
    """The words that follow the name of the program in backticks."""
    return set(re.findall(rf"`{program} ([a-z][a-z-]+)", page))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_command_that_a_page_names_exists(page: Path) -> None:
    text = page.read_text()
    assert used_commands(text, "sealbreak-server") <= set(commands(server_parser()))
    assert used_commands(text, "sealbreak") <= set(commands(desktop_parser()))


CALL = re.compile(
    r"(?:(?:\w+=\S*|sudo -u \w+|docker compose exec app)\s+)*"
    r"(?:/\S+/)?(?P<program>sealbreak(?:-server)?)(?P<arguments>(?:\s.*)?)"
)


def called(page: str) -> list[tuple[str, list[str]]]:
    """Programs and arguments: each line of a block, and what stands in backticks with arguments."""
    blocks = re.findall(r"^```sh\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    lines = [line.partition(" #")[0].strip() for block in blocks for line in block.splitlines()]
    inline = re.findall(r"`([^`\n]+)`", page)
    lines += [code for code in inline if len(code.split()) > 2]
    found = [match for line in lines if (match := CALL.fullmatch(line))]
    return [(match["program"], shlex.split(match["arguments"])) for match in found]


CALLS = [
    pytest.param(program, arguments, id=f"{page.name}-{program} {' '.join(arguments)}")
    for page in PAGES
    for program, arguments in called(page.read_text())
]


@pytest.mark.parametrize(("program", "arguments"), CALLS)
def test_each_command_line_can_be_parsed(program: str, arguments: list[str]) -> None:
    if program == "sealbreak":
        desktop_parser().parse_args(arguments)
    else:
        server_parser(arguments[0]).parse_args(arguments)


def test_there_are_command_lines_of_both_programs() -> None:
    programs = [str(call.values[0]) for call in CALLS]
    assert min(programs.count("sealbreak"), programs.count("sealbreak-server")) >= 2


def anchors(page: Path) -> set[str]:
    """The names that headings get where the page is shown."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    words = [re.sub(r"[^\w\- ]", "", heading).strip().lower() for heading in headings]
    return {heading.replace(" ", "-") for heading in words}


def links(page: Path) -> list[tuple[str, str]]:
    """File and heading of each link to another place of the repository."""
    return re.findall(r"\]\(([^)#:]*)(?:#([^)]*))?\)", page.read_text())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_link_in_a_page_leads_to_a_file_and_a_heading(page: Path) -> None:
    for file, heading in links(page):
        target = page.parent / file if file else page
        assert target.exists(), file
        assert not heading or heading in anchors(target), f"{file}#{heading}"


def test_each_page_can_be_reached_from_the_readme() -> None:
    reached, new = set(), {ROOT / "README.md"}
    while new:
        reached |= new
        targets = {(p.parent / file).resolve() for p in new for file, _ in links(p) if file}
        new = {target for target in targets if target.suffix == ".md"} - reached
    assert set(PAGES) <= reached


ROOTS = ("", "server/sealbreak_server", "desktop/sealbreak_desktop", "extension/src")


def named_paths(page: str) -> list[str]:
    """What stands in backticks and looks like the path of a file or of a folder below another.

    Files of the system begin with a slash.
    """
    names = re.findall(r"`([\w.][\w./-]*)`", page)
    named = [name for name in names if "/" in name or name.endswith((".py", ".ts", ".md"))]
    return [name for name in named if not re.fullmatch(r"[\d.]+/\d+", name)]  # networks


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_path_that_a_page_names_exists(page: Path) -> None:
    lacking = [
        name
        for name in named_paths(page.read_text())
        if not any((ROOT / root / name).exists() for root in ROOTS)
    ]
    assert lacking == []


def test_the_pictures_for_the_stores_have_the_sizes_that_the_page_says() -> None:
    text = (ROOT / "docs" / "publishing.md").read_text()
    rows = re.findall(r"^\| `(tests/\S+\.png)` \| (\d+) × (\d+) \|", text, re.MULTILINE)
    assert len(rows) == 6
    for name, width, height in rows:
        with Image.open(ROOT / name) as picture:
            assert picture.size == (int(width), int(height)), name
