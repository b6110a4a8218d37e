import sys
from pathlib import Path

import pytest
from sealbreak_desktop.system import system_gi
from sealbreak_desktop.system.system_gi import OURS, Libraries, link, obstacle


@pytest.fixture
def found(tmp_path: Path) -> Libraries:
    folder = tmp_path / "dist-packages"
    for name in ("gi", "dbus", "numpy"):
        (folder / name).mkdir(parents=True)
    (folder / "_dbus_bindings.cpython.so").touch()
    return Libraries(OURS, folder)


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    (tmp_path / f"lib/python{OURS}/site-packages").mkdir(parents=True)
    return tmp_path


def test_exactly_the_wanted_libraries_are_linked(found: Libraries, prefix: Path) -> None:
    folder = link(found, prefix)
    assert {path.name for path in folder.iterdir()} == {"gi", "dbus", "_dbus_bindings.cpython.so"}
    assert (folder / "gi").resolve() == (found.folder / "gi").resolve()
    named = prefix / f"lib/python{OURS}/site-packages/system-gi.pth"
    assert named.read_text() == f"{folder.resolve()}\n"


def test_linking_again_changes_nothing(found: Libraries, prefix: Path) -> None:
    link(found, prefix)
    first = sorted(prefix.rglob("*"))
    link(found, prefix)
    assert sorted(prefix.rglob("*")) == first


def test_another_python_is_an_obstacle() -> None:
    assert "for Python 3.99" in obstacle(Libraries("3.99", Path()))
    assert obstacle(Libraries(OURS, Path())) == ""


def test_missing_libraries_are_named_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr("shutil.which", lambda name: name == "dnf")
    assert "run dnf install python3-gobject python3-dbus libayatana" in obstacle(None)


@pytest.mark.parametrize("text", ["exit(1)", "print('no JSON')", "import absent_module"])
def test_a_system_python_without_them_finds_nothing(
    monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setattr(system_gi, "SYSTEM_PYTHON", sys.executable)
    monkeypatch.setattr(system_gi, "FIND", text)
    assert system_gi.find() is None


def test_without_a_system_python_nothing_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_gi, "SYSTEM_PYTHON", "/nowhere/python3")
    assert system_gi.find() is None
