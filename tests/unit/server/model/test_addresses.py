import json

import pytest
from sealbreak_server.model.addresses import person_of
from sealbreak_server.model.preferences import Mutes
from support.paths import CONTRACT

PEOPLE = [
    (address, case["person"])
    for case in json.loads((CONTRACT / "people.json").read_text())
    for address in case["addresses"]
]


@pytest.mark.parametrize(("address", "person"), PEOPLE)
def test_the_addresses_of_a_person_are_the_same_for_extension_and_server(
    address: str, person: str
) -> None:
    assert person_of(address) == person


def test_what_is_no_address_stays_itself() -> None:
    assert person_of(" Example.COM") == "example.com"


def test_a_person_is_muted_by_any_of_their_addresses() -> None:
    mutes = Mutes(recipients=frozenset({"ann.e@googlemail.com"}))
    assert mutes.all_of(["anne+news@gmail.com"])
    assert not mutes.all_of(["anne@example.com"])
