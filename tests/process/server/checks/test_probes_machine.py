from pathlib import Path

from sealbreak_server.checks.probes.machine import (
    free_room,
    is_synchronised,
    time_zone,
    unknown_zones,
)


def test_the_room_of_a_folder_that_is_still_to_come_is_known(tmp_path: Path) -> None:
    octets, files = free_room(tmp_path / "not" / "yet")
    assert octets > 0
    assert files is None or files > 0


def test_asking_for_the_clock_changes_nothing() -> None:
    assert is_synchronised() in (True, False, None)
    assert is_synchronised() == is_synchronised()


def test_zones_that_this_machine_does_not_know_are_found() -> None:
    assert unknown_zones(["UTC", "+02:00", "Mars/Olympus"]) == ["Mars/Olympus"]
    assert time_zone().endswith(")")
