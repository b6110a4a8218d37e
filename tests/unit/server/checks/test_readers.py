from collections.abc import Sequence

import pytest
from sealbreak_server.checks.finding import Status
from sealbreak_server.checks.judgements.answers import Seen
from sealbreak_server.checks.judgements.readers import LIE, judge_forwarding, judge_hits

OWN = "192.168.1.20"


def judged(
    hops: Sequence[str], client: str, *, trusted: bool = True, host: str = "track.example.com",
    header: str = "", named: Sequence[str] = (),
) -> list[Status]:  # fmt: skip
    seen = Seen(
        0.0, "", "", "", host, "172.31.87.2", trusted, tuple(hops), client, header, tuple(named)
    )  # fmt: skip
    return [finding.status for finding in judge_forwarding(seen, OWN, "track.example.com")]


@pytest.mark.parametrize("client", [OWN, "8.8.4.4"])
def test_an_address_that_can_be_ours_comes_through(client: str) -> None:
    assert judged([client], client) == [Status.OK]
    assert judged([LIE, client], client) == [Status.OK]


@pytest.mark.parametrize("hops", [[], [LIE], ["8.8.4.4", LIE]])
def test_a_proxy_that_writes_no_address_is_a_problem(hops: list[str]) -> None:
    assert judged(hops, "172.31.87.2") == [Status.PROBLEM]


def test_a_proxy_that_is_not_trusted_is_a_warning() -> None:
    assert judged([OWN], "172.31.87.2", trusted=False) == [Status.WARNING]


def test_a_header_of_the_proxys_own_counts_before_x_forwarded_for() -> None:
    header = "cf-connecting-ip"
    assert judged([], "8.8.4.4", header=header, named=["8.8.4.4"]) == [Status.OK]
    assert judged([LIE], LIE, header=header, named=[LIE]) == [Status.PROBLEM]
    assert judged(["8.8.4.4"], "8.8.4.4", header=header) == [Status.OK]


def test_what_may_be_right_from_inside_is_not_checked() -> None:
    assert judged(["172.31.87.1"], "172.31.87.1") == [Status.NOT_CHECKED]
    assert judged([LIE, OWN], LIE) == [Status.NOT_CHECKED]


def test_a_name_that_the_proxy_replaces_is_told() -> None:
    assert judged([OWN], OWN, host="app:8787") == [Status.OK, Status.WARNING]
    assert judged([OWN], OWN, host="Track.Example.com") == [Status.OK]


@pytest.mark.parametrize(
    ("addresses", "told"),
    [
        (["172.31.87.1"] * 5, True),
        (["172.31.87.1"] * 4, False),
        (["172.31.87.1"] * 5 + ["8.8.4.4"], False),
        (["192.168.1.2", "192.168.1.3"] * 3, False),
        ([], False),
    ],
)
def test_hits_that_all_come_from_one_private_address_are_told(
    addresses: list[str], told: bool
) -> None:
    assert bool(list(judge_hits(addresses))) is told
