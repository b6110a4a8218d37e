"""Which addresses are on the public internet. Pure.

Python's `is_global` differs between versions: some take 192.0.0.192 for public, where a cloud
answers with its secrets. These are the ranges of the IANA special-purpose registries that are "not
globally reachable" (https://www.iana.org/assignments/iana-ipv4-special-registry, and -ipv6-), as of
November 2025, and multicast.
"""

import ipaddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_SPECIAL = tuple(
    map(
        ipaddress.ip_network,
        (
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
            "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15",
            "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "::/128", "::1/128", "::ffff:0:0/96", "64:ff9b:1::/48", "100::/64", "100:0:0:1::/64",
            "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7",
            "fe80::/10", "fec0::/10", "ff00::/8",
        ),
    )
)  # fmt: skip
_PUBLIC = tuple(
    map(
        ipaddress.ip_network,
        (
            "192.0.0.9/32", "192.0.0.10/32", "2001:1::1/128", "2001:1::2/128", "2001:1::3/128",
            "2001:3::/32", "2001:4:112::/48", "2001:20::/28", "2001:30::/28",
        ),
    )
)  # fmt: skip
"""Parts of those ranges that are reachable all the same."""


def is_public(address: Address) -> bool:
    """An IPv4 address in IPv6 form (`::ffff:192.0.2.1`) counts as the IPv4 address."""
    plain = getattr(address, "ipv4_mapped", None) or address
    if any(plain in network for network in _PUBLIC):
        return True
    return not any(plain in network for network in _SPECIAL)
