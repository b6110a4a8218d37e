"""What is in the wheel, and what every file of the repository keeps to."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from functools import cache
from importlib.metadata import packages_distributions, requires
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from sealbreak_server.classification.evidence.data_files import COUNTRY, fetched_folder
from support.paths import ROOT

PACKAGES = {"server": "sealbreak_server", "desktop": "sealbreak_desktop"}
REGISTRIES = ("registry.npm" + "js.org", "py" + "pi.org", "files.python" + "hosted.org")
MACHINE_PATH = re.compile(r"(?<![\w.~-])/(work|root|home)/\w")


@cache
def files() -> tuple[Path, ...]:
    """Those that git tracks or would track; without git (an archive), all but what is built."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        names = [ROOT / name for name in done.stdout.split("\0") if name]
    else:
        names = [path for path in ROOT.rglob("*") if not _is_built(path.relative_to(ROOT))]
    return tuple(path for path in names if path.is_file())


def _is_built(path: Path) -> bool:
    built = {"node_modules", "dist", "__pycache__"}
    return any(part in built or part.endswith("_cache") for part in path.parts) or (
        path.parts[0] in {".venv", ".git", ".hypothesis"}
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names in it."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "hatchling",
        "build",
        "--target",
        "wheel",
        "--directory",
        str(folder),
    ]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    with ZipFile(next(folder.glob("*.whl"))) as archive:
        return set(archive.namelist())


def test_the_wheel_holds_exactly_two_packages(wheel: set[str]) -> None:
    tops = {name.split("/")[0] for name in wheel}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(PACKAGES.values())


def test_the_wheel_holds_each_file_of_the_packages(wheel: set[str]) -> None:
    ours = {
        str(path.relative_to(ROOT / folder))
        for folder, package in PACKAGES.items()
        for path in files()
        if path.is_relative_to(ROOT / folder / package)
    }
    assert ours - wheel == set()


@pytest.fixture(scope="module")
def distribution(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `make dist` writes, from a copy of the repository."""
    copy = tmp_path_factory.mktemp("copy")
    for path in files():
        target = copy / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
    shutil.copytree(ROOT / "extension/dist", copy / "extension/dist")
    (copy / ".venv").symlink_to(ROOT / ".venv")
    author = ["-c", "user.name=Test", "-c", "user.email=test@example.com"]
    for command in (["init", "-q"], ["add", "--all"], [*author, "commit", "-qm", "A copy"]):
        subprocess.run(["git", *command], cwd=copy, check=True)
    subprocess.run([".ci/make-dist"], cwd=copy, check=True, capture_output=True)
    return copy / "dist"


def test_the_distributed_wheel_needs_nothing_else(distribution: Path, tmp_path: Path) -> None:
    """Its extension is the one that was built, and a new country database needs no download."""
    (wheel,) = distribution.glob("*.whl")
    target, folder = tmp_path / "installed", tmp_path / "extension"
    with ZipFile(wheel) as archive:
        archive.extractall(target)
    command = [sys.executable, "-m", "sealbreak_server", "extension", str(folder)]
    environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(target)}
    subprocess.run(command, cwd=tmp_path, env=environ, check=True, capture_output=True)
    built = ROOT / "extension/dist"
    names = {path.relative_to(built) for path in built.rglob("*")}
    assert {path.relative_to(folder) for path in folder.rglob("*")} == names
    fetched = (fetched_folder() / COUNTRY).is_file()
    assert (target / "sealbreak_server/classification/data" / COUNTRY).is_file() == fetched


def test_reviewers_get_the_sources_of_the_extension(distribution: Path) -> None:
    with ZipFile(distribution / "sealbreak-extension-source.zip") as archive:
        names = archive.namelist()
    assert {"extension/package-lock.json", "extension/README.md"} <= set(names)
    assert not [name for name in names if "node_modules" in name or "/dist/" in name]


def test_the_stores_get_the_same_extension_without_its_key(distribution: Path) -> None:
    names = ("sealbreak-extension.zip", "sealbreak-extension-store.zip")
    with ZipFile(distribution / names[0]) as own, ZipFile(distribution / names[1]) as store:
        assert sorted(own.namelist()) == sorted(store.namelist())
        ours, theirs = (json.loads(archive.read("manifest.json")) for archive in (own, store))
    assert ours.pop("key")
    assert theirs == ours


def modules() -> list[tuple[str, Path]]:
    return [
        (folder, path.relative_to(ROOT / folder / package))
        for folder, package in PACKAGES.items()
        for path in sorted((ROOT / folder / package).rglob("*.py"))
    ]


def decides_nothing(folder: str, module: Path) -> bool:
    """Entry points, and modules that only declare: tables, values, reasons."""
    tree = ast.parse((ROOT / folder / PACKAGES[folder] / module).read_text())
    functions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    return module.stem == "__main__" or not any(isinstance(n, functions) for n in ast.walk(tree))


def possible_tests(module: Path) -> set[str]:
    """`web/live.py` is tested by test_live.py or test_web_live.py, a package by its own name."""
    parts = module.with_suffix("").parts
    parts = parts[:-1] if parts[-1] == "__init__" else parts
    return {f"test_{'_'.join(parts[at:])}.py" for at in range(len(parts))}


def dotted(folder: str, module: Path) -> str:
    parts = [PACKAGES[folder], *module.with_suffix("").parts]
    return ".".join(part for part in parts if part != "__init__")


@pytest.mark.parametrize("folder", PACKAGES)
def test_each_module_has_a_test_file_that_is_named_after_it_or_imports_it(folder: str) -> None:
    tests = list((ROOT / "tests").rglob("test_*.py"))
    there = {path.name for path in tests}
    imported = set(re.findall(r"^from (sealbreak_\S+) import", "\n".join(
        path.read_text() for path in tests
    ), re.MULTILINE))  # fmt: skip
    lacking = [
        str(module)
        for its_folder, module in modules()
        if its_folder == folder
        and not decides_nothing(folder, module)
        and not possible_tests(module) & there
        and dotted(folder, module) not in imported
    ]
    assert lacking == []


def texts() -> list[tuple[Path, str]]:
    found = []
    for path in files():
        try:
            found.append((path.relative_to(ROOT), path.read_text()))
        except UnicodeDecodeError:
            continue
    return found


def test_no_file_names_a_package_registry() -> None:
    assert [
        (str(path), host) for path, text in texts() for host in REGISTRIES if host in text
    ] == []


def test_no_file_names_a_path_of_the_machine_it_was_written_on() -> None:
    found = [
        (str(path), match[0]) for path, text in texts() if (match := MACHINE_PATH.search(text))
    ]
    assert found == []


WITHOUT_OTHERS = """
import importlib, pkgutil, sys
sys.modules.update(dict.fromkeys(sys.argv[2].split(",")))
package = importlib.import_module("sealbreak_server")
for module in pkgutil.walk_packages(package.__path__, "sealbreak_server."):
    if module.name not in sys.argv[1].split(","):
        importlib.import_module(module.name)
"""
"""`None` in `sys.modules` is a module that cannot be imported."""
OF_EXTRAS = ("sealbreak_server.__main__", "sealbreak_server.storage.engine.postgresql")


def installed_with(extra: str) -> set[str]:
    """The distributions that come with our extra of this name, and what they need."""
    found: set[str] = set()
    new = {(canonicalize_name("sealbreak"), extra)}
    seen = set()
    while new:
        name, chosen = new.pop()
        seen.add((name, chosen))
        found.add(name)
        for line in requires(name) or []:
            needed = Requirement(line)
            if needed.marker is None or needed.marker.evaluate({"extra": chosen}):
                key = canonicalize_name(needed.name)
                new |= {(key, more) for more in (needed.extras or {""})} - seen
    return found


def test_the_server_needs_nothing_but_its_extra() -> None:
    """No PyGObject, no pystray: it is imported as where nothing else is installed."""
    mine = installed_with("server")
    others = {
        module
        for module, owners in packages_distributions().items()
        if not {canonicalize_name(owner) for owner in owners} & mine and module.isidentifier()
    }
    assert {"pystray", "plyer", "keyring", "psycopg"} <= others
    hidden = ",".join(sorted(others | {"gi", "dbus", "sealbreak_desktop"} - {"sealbreak_server"}))
    command = [sys.executable, "-c", WITHOUT_OTHERS, ",".join(OF_EXTRAS), hidden]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
