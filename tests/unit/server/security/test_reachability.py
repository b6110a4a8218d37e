"""The address shows who can reach it, by the list that the extension shares."""

import json

import pytest
from sealbreak_server.security.reachability import Reach, reach
from support.paths import CONTRACT

SHARED = json.loads((CONTRACT / "reach.json").read_text())
READERS = {
    Reach.LOOPBACK: "this-computer",
    Reach.PRIVATE: "this-network",
    Reach.PLAIN: "everyone",
    Reach.PUBLIC: "everyone",
}


@pytest.mark.parametrize("case", SHARED, ids=[case["address"] for case in SHARED])
def test_an_address_shows_where_it_can_be_reached_from(case: dict[str, str]) -> None:
    assert READERS[reach(case["address"])] == case["reach"]


def test_an_address_without_encryption_is_told_apart() -> None:
    assert reach("http://track.example.com") is Reach.PLAIN
    assert reach("https://track.example.com") is Reach.PUBLIC
