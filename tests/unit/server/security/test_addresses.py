from ipaddress import ip_address

import pytest
from sealbreak_server.security.addresses import is_public


@pytest.mark.parametrize(
    "address",
    [
        "192.0.0.192", "192.0.0.8", "192.0.0.170", "192.0.2.1", "10.0.0.1", "100.64.0.1",
        "127.0.0.1", "169.254.169.254", "172.31.255.255", "192.168.0.1", "198.19.0.1",
        "203.0.113.9", "224.0.0.251", "239.1.1.1", "240.0.0.1", "255.255.255.255", "0.0.0.0",
        "::1", "::", "::ffff:10.0.0.1", "::ffff:192.0.0.192", "64:ff9b:1::1", "2001:2::1",
        "2001:db8::1", "2002:a00:1::1", "3fff::1", "5f00::1", "fd00::4", "fe80::1", "fec0::1",
        "ff02::1", "2001:0:1::1",
    ],
)  # fmt: skip
def test_a_special_address_is_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8", "192.0.0.9", "192.0.0.10", "192.0.1.1", "192.0.66.233", "172.32.0.1",
        "100.128.0.1", "198.20.0.1", "223.255.255.255", "2a00:1450:4001::1", "2001:470::1",
        "2001:4860:4860::8888", "2001:20::1", "2001:4:112::1", "::ffff:8.8.8.8",
        "2606:4700::1111",
    ],
)  # fmt: skip
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(ip_address(address))
