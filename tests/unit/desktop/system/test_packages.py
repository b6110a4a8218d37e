import sys

import pytest
from sealbreak_desktop.system.packages import MANAGERS, Package, command, installing


@pytest.mark.parametrize(
    ("manager", "expected"),
    [
        ("apt", "apt install python3-gi gir1.2-ayatanaappindicator3-0.1"),
        ("dnf", "dnf install python3-gobject libayatana-appindicator-gtk3"),
        ("pacman", "pacman -S python-gobject libayatana-appindicator"),
        ("zypper", "zypper install python3-gobject typelib-1_0-AyatanaAppIndicator3-0_1"),
        ("brew", ""),
    ],
)
def test_each_manager_has_its_own_names(manager: str, expected: str) -> None:
    assert command(manager, Package.PYGOBJECT, Package.INDICATOR) == expected


@pytest.mark.parametrize("package", Package)
def test_each_package_has_a_name_for_each_manager(package: Package) -> None:
    assert len(package.value) == len(MANAGERS)


def test_only_linux_has_such_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: name == "apt")
    monkeypatch.setattr(sys, "platform", "linux")
    assert installing(Package.POP_UPS) == "apt install dunst"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert installing(Package.POP_UPS) == ""
