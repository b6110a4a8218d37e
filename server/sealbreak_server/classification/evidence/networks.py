"""The network of an address: its owner, and whether people use it."""

import socket
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from itertools import pairwise
from pathlib import Path

from sealbreak_server.classification.evidence.data_files import read_networks
from sealbreak_server.security.addresses import is_public

Address = IPv4Address | IPv6Address
_V6_SHIFT = 64
"""Nobody gets less than a /64, so the upper half of an IPv6 address is enough."""


class Role(StrEnum):
    ACCESS = "access"
    """Residential, mobile and office networks: all that are in no list. People usually."""
    GOOGLE = "google"
    YAHOO = "yahoo"
    MAIL = "mail"
    """Another mail provider; `service` names its proxy."""
    EXCHANGE = "exchange"
    """Exchange Online: Outlook on the web fetches images from here."""
    APPLE = "apple"
    RELAY = "relay"
    """The exits of Apple's Private Relay and Mail Privacy Protection."""
    FILTER = "filter"
    """Mail filtering only. People never."""
    SCANNER = "scanner"
    """A security vendor. People sometimes: isolation browsers, the vendor's own office."""
    GATEWAY = "gateway"
    """A company gateway. People usually, but not at this place."""
    CLOUD = "cloud"
    """Hosting. People sometimes."""
    VPN = "vpn"
    """People usually, but not at this place."""
    ROAMING = "roaming"
    """People at an unknown place: satellites, aircraft, tunnels, and single exits of VPNs in the
    networks of others."""
    PRIVATE = "private"
    """Not a public network: the address has no place."""
    NONE = "none"
    """Not an address."""


DATACENTERS = (Role.CLOUD, Role.GOOGLE, Role.YAHOO, Role.MAIL, Role.EXCHANGE)


@dataclass(frozen=True, slots=True)
class Network:
    role: Role
    owner: str | None = None
    service: str = ""
    """The `via` of a machine's hit from here, or the name of the proxy."""


ACCESS = Network(Role.ACCESS)
PRIVATE = Network(Role.PRIVATE)
NOWHERE = Network(Role.NONE)

_NAT64 = IPv6Network("64:ff9b::/96")


@lru_cache(maxsize=8192)
def parse_address(text: str) -> Address | None:
    """The address itself, not its IPv4-mapped, 6to4 or NAT64 form; `None` for invalid text."""
    text = text.strip().strip("[]").partition("%")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        return inner or address
    return address


def same_line(one: Address, other: Address) -> bool:
    """Equal, or in one /64: a household has a /64, and its machines change addresses in it."""
    if isinstance(one, IPv6Address) and isinstance(other, IPv6Address):
        return int(one) >> _V6_SHIFT == int(other) >> _V6_SHIFT
    return one == other


def same_block(one: Address, other: Address) -> bool:
    """In one /24 or /48: the machines of a scanner have neighbouring addresses."""
    if one.version != other.version:
        return False
    shift = 8 if one.version == 4 else 80
    return int(one) >> shift == int(other) >> shift


def same_neighbourhood(one: Address, other: Address) -> bool:
    """In one /16 or /32: a block as large as providers mostly assign addresses from."""
    if one.version != other.version:
        return False
    shift = 16 if one.version == 4 else 96
    return int(one) >> shift == int(other) >> shift


class _Ranges:
    """Disjoint ranges of numbers, each with the index of its network."""

    def __init__(self, rows: Iterable[tuple[int, int, int]]) -> None:
        ordered = sorted(rows)
        self._starts = array("Q", (row[0] for row in ordered))
        self._ends = array("Q", (row[1] for row in ordered))
        self._values = array("H", (row[2] for row in ordered))

    def find(self, number: int) -> int | None:
        at = bisect_right(self._starts, number) - 1
        return self._values[at] if at >= 0 and number <= self._ends[at] else None


def _span(cidr: str) -> tuple[int, int, int]:
    """IP version, first and last number. `ipaddress` would take 0.6 s for the whole table."""
    text, _, length = cidr.partition("/")
    if ":" in text:
        start = int.from_bytes(socket.inet_pton(socket.AF_INET6, text)[:8], "big")
        return 6, start, start | ((1 << max(64 - int(length or 64), 0)) - 1)
    start = int.from_bytes(socket.inet_aton(text), "big")
    return 4, start, start | ((1 << (32 - int(length or 32))) - 1)


class _Table:
    """Ranges of both IP versions. Those of one version must not overlap."""

    def __init__(self, rows: Iterable[tuple[int, int, int, int]], networks: list[Network]) -> None:
        families: dict[int, list[tuple[int, int, int]]] = {4: [], 6: []}
        for version, start, end, value in rows:
            families[version].append((start, end, value))
        self._ranges = {version: _Ranges(rows) for version, rows in families.items()}
        self._networks = networks

    def find(self, version: int, number: int) -> Network | None:
        value = self._ranges[version].find(number)
        return None if value is None else self._networks[value]


def _rows(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip() and not line.startswith("#"):
                yield line.rstrip("\n").split("\t")


def _flatten(
    blocks: list[tuple[int, int, int, int]],
) -> Iterator[tuple[int, int, int, int]]:
    """Cuts nested blocks into disjoint ones. The narrowest block wins."""
    for version in (4, 6):
        family = sorted((b for b in blocks if b[0] == version), key=lambda b: b[2] - b[1])
        edges = sorted({edge for _, start, end, _ in family for edge in (start, end + 1)})
        for start, after in pairwise(edges):
            value = next((b[3] for b in family if b[1] <= start <= b[2]), None)
            if value is not None:
                yield version, start, after - 1, value


def _load_blocks(path: Path) -> _Table:
    networks: list[Network] = []
    spans: list[tuple[int, int, int, int]] = []
    for cidr, role, service, owner in _rows(path):
        spans.append((*_span(cidr), len(networks)))
        networks.append(Network(Role(role), owner, service))
    return _Table(_flatten(spans), networks)


def _load_systems(owners: Path, prefixes: Path) -> _Table:
    networks: list[Network] = []
    index: dict[str, int] = {}
    for number, role, service, owner in _rows(owners):
        index[number] = len(networks)
        networks.append(Network(Role(role), owner, service))
    rows = (
        (*_span(cidr), index[number])
        for number, cidrs in _rows(prefixes)
        if number in index
        for cidr in cidrs.split(" ")
    )
    return _Table(rows, networks)


def _load_lines(path: Path, network: Network) -> _Table:
    spans = [(*_span(cidr), 0) for cidr in read_networks(path)]
    return _Table(_flatten_many(spans), [network])


class Networks:
    def __init__(
        self, blocks: _Table, systems: _Table, exits: _Table, egress: _Table | None = None
    ) -> None:
        self._blocks = blocks
        self._systems = systems
        self._exits = exits
        self._egress = egress

    @classmethod
    def load(cls, shipped: Path, egress: Path | None = None) -> "Networks":
        """`egress`: Apple's own list, if the owner installed it."""
        listed = None
        if egress is not None and egress.is_file():
            listed = _load_lines(egress, Network(Role.RELAY, "Apple"))
        return cls(
            _load_blocks(shipped / "blocks.tsv"),
            _load_systems(shipped / "owners.tsv", shipped / "prefixes.tsv"),
            _load_lines(shipped / "exits.txt", Network(Role.ROAMING)),
            listed,
        )

    def find(self, address: Address | None) -> Network:
        if address is None:
            return NOWHERE
        version = address.version
        number = int(address) if version == 4 else int(address) >> _V6_SHIFT
        if self._egress is not None:
            listed = self._egress.find(version, number)
            if listed is not None:
                return listed
        found = (
            self._blocks.find(version, number)
            or self._systems.find(version, number)
            or self._exits.find(version, number)
        )
        if found is None:
            return ACCESS if is_public(address) else PRIVATE
        if found.role is Role.RELAY and self._egress is not None:
            return replace(found, role=Role.VPN)
        return found


def _flatten_many(
    spans: list[tuple[int, int, int, int]],
) -> Iterator[tuple[int, int, int, int]]:
    """Joins overlapping spans that all mean the same; `_flatten` is too slow for thousands."""
    last: tuple[int, int, int, int] | None = None
    for span in sorted(spans):
        if last and span[0] == last[0] and span[1] <= last[2] + 1:
            last = (last[0], last[1], max(last[2], span[2]), last[3])
            continue
        if last:
            yield last
        last = span
    if last:
        yield last
