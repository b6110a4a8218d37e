from ipaddress import ip_address
from pathlib import Path

import pytest
from sealbreak_server.classification.evidence.data_files import SHIPPED, read_networks
from sealbreak_server.classification.evidence.networks import (
    Networks,
    Role,
    parse_address,
    same_block,
    same_line,
    same_neighbourhood,
)

NETWORKS = Networks.load(SHIPPED)


def role(address: str) -> Role:
    return NETWORKS.find(parse_address(address)).role


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("66.249.84.1", Role.GOOGLE),
        ("::ffff:66.249.84.1", Role.GOOGLE),
        ("2a00:1450:4864::1", Role.GOOGLE),
        ("34.77.10.20", Role.CLOUD),
        ("98.137.183.10", Role.YAHOO),
        ("40.107.1.2", Role.FILTER),
        ("40.94.1.2", Role.FILTER),
        ("52.97.1.2", Role.EXCHANGE),
        ("20.42.111.9", Role.CLOUD),
        ("209.222.82.9", Role.FILTER),
        ("208.84.67.221", Role.SCANNER),
        ("85.158.142.9", Role.SCANNER),
        ("17.58.98.44", Role.APPLE),
        ("172.225.10.1", Role.RELAY),
        ("2a02:26f7::1", Role.RELAY),
        ("165.225.72.9", Role.GATEWAY),
        ("185.245.24.169", Role.VPN),
        ("2a09:bac1::1", Role.VPN),
        ("54.93.75.24", Role.CLOUD),
        ("78.207.100.113", Role.ACCESS),
        ("2001:559:8044:9459::1", Role.ACCESS),
        ("100.64.1.1", Role.PRIVATE),
        ("fe80::1%eth0", Role.PRIVATE),
        ("example.com", Role.NONE),
    ],
)
def test_an_address_has_the_role_of_its_network(address: str, expected: Role) -> None:
    assert role(address) is expected


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (" 192.0.2.1 ", "192.0.2.1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("64:ff9b::c000:201", "192.0.2.1"),
        ("2002:c000:201::", "192.0.2.1"),
    ],
)
def test_an_address_is_unwrapped(text: str, address: str) -> None:
    assert parse_address(text) == ip_address(address)


@pytest.mark.parametrize("text", ["", "192.0.2.1:80", "192.0.2", "192.0.2.01", "a" * 5000])
def test_what_is_no_address_is_none(text: str) -> None:
    assert parse_address(text) is None


def test_a_line_is_one_ipv4_address_or_one_ipv6_64() -> None:
    assert same_line(ip_address("2001:db8::1"), ip_address("2001:db8::ffff:1"))
    assert not same_line(ip_address("2001:db8::1"), ip_address("2001:db8:0:1::1"))
    assert not same_line(ip_address("192.0.2.1"), ip_address("192.0.2.2"))


def test_a_block_is_a_24_or_a_48() -> None:
    assert same_block(ip_address("192.0.2.1"), ip_address("192.0.2.254"))
    assert not same_block(ip_address("192.0.2.1"), ip_address("2001:db8::1"))
    assert same_block(ip_address("2001:db8::1"), ip_address("2001:db8:0:ffff::1"))


@pytest.fixture(scope="module")
def with_list(tmp_path_factory: pytest.TempPathFactory) -> Networks:
    path: Path = tmp_path_factory.mktemp("egress") / "apple-egress.csv"
    path.write_text("104.28.42.0/24,DE,DE-BE,Berlin,\n2a02:26f7:c9c8:4000::/64,FR,,,\n")
    return Networks.load(SHIPPED, path)


def test_apples_own_list_is_used_when_it_is_installed(with_list: Networks) -> None:
    assert with_list.find(parse_address("104.28.42.9")).role is Role.RELAY
    assert with_list.find(parse_address("2a02:26f7:c9c8:4000::9")).role is Role.RELAY


def test_addresses_that_apples_list_leaves_out_are_a_vpn_and_hide_the_place(
    with_list: Networks,
) -> None:
    assert with_list.find(parse_address("104.28.200.9")).role is Role.VPN


def test_no_system_is_listed_twice_and_every_role_is_known() -> None:
    rows = [
        line.split("\t")
        for line in (SHIPPED / "owners.tsv").read_text().splitlines()
        if line and not line.startswith("#")
    ]
    assert len({row[0] for row in rows}) == len(rows) > 1000
    assert all(Role(row[1]) and row[3] for row in rows)


def test_no_shipped_file_is_large() -> None:
    assert all(path.stat().st_size < 2_000_000 for path in SHIPPED.iterdir())


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("14.1.70.3", Role.ROAMING),
        ("103.242.88.20", Role.ROAMING),
        ("2001:470:1f0b:12::2", Role.ROAMING),
        ("2001:471::2", Role.ACCESS),
        ("64.145.90.7", Role.VPN),
        ("185.177.207.139", Role.VPN),
    ],
)
def test_satellites_aircraft_tunnels_and_exits_are_no_place(address: str, expected: Role) -> None:
    assert role(address) is expected


def test_a_small_exit_beside_whole_networks_is_no_place() -> None:
    exits = list(read_networks(SHIPPED / "exits.txt"))
    found = [role(cidr.partition("/")[0]) for cidr in exits]
    assert len(exits) > 2000
    assert set(found) == {Role.ROAMING}


def test_a_neighbourhood_is_a_16_or_a_32() -> None:
    assert same_neighbourhood(ip_address("192.0.2.1"), ip_address("192.0.99.1"))
    assert not same_neighbourhood(ip_address("192.0.2.1"), ip_address("192.1.2.1"))
    assert same_neighbourhood(ip_address("2001:db8::1"), ip_address("2001:db8:9::1"))
    assert not same_neighbourhood(ip_address("192.0.2.1"), ip_address("2001:db8::1"))
