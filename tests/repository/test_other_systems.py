"""What other hosts run, and what is installed on the systems that this one is not."""

import re
import tomllib
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from support.paths import ROOT

WORKFLOW = ROOT / ".github/workflows/ci.yml"
SYSTEMS = {"ubuntu-latest", "windows-latest", "macos-latest"}
PINNED = {
    canonicalize_name(line.partition("==")[0])
    for line in (ROOT / "constraints.txt").read_text().splitlines()
    if "==" in line
}


def project() -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return found


def jobs() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(WORKFLOW.read_text())["jobs"]
    return found


def commands() -> list[str]:
    return [step["run"] for job in jobs().values() for step in job["steps"] if "run" in step]


def test_the_three_systems_are_checked() -> None:
    named = {job["runs-on"] for job in jobs().values()}
    matrix = jobs()["others"]["strategy"]["matrix"]
    assert (named - {"${{ matrix.os }}"}) | set(matrix["os"]) == SYSTEMS
    assert matrix["python"][0] == project()["requires-python"].removeprefix(">=")


def test_each_step_of_the_matrix_is_filled_in_by_it() -> None:
    known = jobs()["others"]["strategy"]["matrix"]
    used = re.findall(r"\$\{\{ matrix\.(\w+) \}\}", WORKFLOW.read_text())
    assert set(used) == set(known)


def test_each_command_exists() -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    programs = project()["scripts"].keys() | {f"make {target}" for target in targets}
    for command in commands():
        first, second, *_ = command.split()
        if first == "python":
            assert (second, command.split()[2] in {"pip", "pytest"}) == ("-m", True)
        else:
            assert {first, f"{first} {second}"} & programs, command
        for path in re.findall(r"tests/\S+|\S+\.txt", command):
            assert (ROOT / path).exists(), path


def test_the_extras_of_the_commands_exist() -> None:
    (extras,) = {found for line in commands() for found in re.findall(r"\.\[(.*?)\]", line)}
    assert set(extras.split(",")) <= project()["optional-dependencies"].keys()


def system_requirements() -> list[Requirement]:
    """Those that only one system installs."""
    extras = project()["optional-dependencies"]
    found = [Requirement(text) for extra in ("server", "desktop") for text in extras[extra]]
    return [one for one in found if one.marker is not None]


@pytest.mark.parametrize(
    ("system", "expected"),
    [
        ("win32", {"tzdata", "windows-toasts"}),
        ("darwin", {"pyobjc-framework-usernotifications", "uvloop"}),
        ("linux", {"uvloop"}),
    ],
)
def test_each_system_installs_its_own_and_pinned(system: str, expected: set[str]) -> None:
    environment = {"sys_platform": system}
    names = {
        canonicalize_name(one.name)
        for one in system_requirements()
        if one.marker is not None and one.marker.evaluate(environment)
    }
    assert names == expected
    assert names <= PINNED


def test_a_program_without_a_console_is_installed_for_windows() -> None:
    assert project()["gui-scripts"] == {"sealbreak-tray": project()["scripts"]["sealbreak"]}
