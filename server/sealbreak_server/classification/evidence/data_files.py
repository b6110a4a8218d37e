"""The data files of the classification: where they are found, checked, installed and made.

`data/README.md` names the source and the licence of each file.
"""

import csv
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_address, ip_network
from ipaddress import summarize_address_range as summarize
from pathlib import Path

import maxminddb
from platformdirs import user_data_path

SHIPPED = Path(__file__).parents[1] / "data"
COUNTRY = "country.mmdb"
EGRESS = "apple-egress.csv"
PREFIXES = "prefixes.tsv"
HEADING = (
    "# system\tits networks. Made by `sealbreak-server data prefixes`; "
    "sources and licence: README.md"
)


def installed_folder() -> Path:
    """Newer files that the owner installs go here unless another folder is named."""
    return user_data_path("sealbreak-server", appauthor=False) / "data"


def fetched_folder() -> Path:
    """The set-up puts files here that are too large to ship: beside the program, not its data."""
    return Path(sys.prefix) / "share" / "sealbreak-server"


def find(name: str, folder: Path | None) -> Path | None:
    """The file in `folder`, else what the owner installed, else what the set-up fetched."""
    places = [folder, installed_folder(), fetched_folder(), SHIPPED]
    files = (place / name for place in places if place is not None)
    return next((file for file in files if _is_readable(file)), None)


def _is_readable(file: Path) -> bool:
    """A file in a folder that this user may not enter counts as missing."""
    try:
        return file.is_file()
    except PermissionError:
        return False


def missing(folder: Path | None = None) -> Iterator[str]:
    """A sentence for each missing file: what is lost without it and how to get it."""
    if find(COUNTRY, folder) is None:
        yield (
            "No country database, so countries are not shown. Install one, for "
            "example DB-IP's free file (.mmdb), with `sealbreak-server data country FILE`."
        )
    if find(EGRESS, folder) is None:
        yield (
            "Apple's egress list is not installed, so larger blocks of addresses are used: some "
            "users of Cloudflare's WARP count as users of Apple's relay. Install the list with "
            "`sealbreak-server data apple FILE`."
        )


def country_of(row: object) -> str | None:
    """The country code in a row of DB-IP's flat database or of MaxMind's nested one."""
    if not isinstance(row, dict):
        return None
    nested = row.get("country")
    code = row.get("country_code") or (nested.get("iso_code") if isinstance(nested, dict) else None)
    return code if isinstance(code, str) and len(code) == 2 else None


def read_networks(path: Path) -> Iterator[str]:
    """The networks of a list such as Apple's: CSV with the network first, or plain lines.

    Raises `ValueError` on a line that holds no network.
    """
    with path.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            cidr = line.partition(",")[0].strip()
            if cidr and not cidr.startswith("#"):
                yield str(ip_network(cidr, strict=False))


def check_country(path: Path) -> None:
    """Raises `ValueError` when the file is not a database of countries."""
    try:
        with maxminddb.open_database(str(path)) as database:
            if country_of(database.get("8.8.8.8")) is None:
                raise ValueError("it names no country for a well-known address")
    except maxminddb.InvalidDatabaseError as error:
        raise ValueError("it is not a MaxMind database") from error


def check_egress(path: Path) -> None:
    """Raises `ValueError` when the file holds anything but networks, or too few of them."""
    if sum(1 for _ in read_networks(path)) < 100:
        raise ValueError("Apple's list holds thousands of networks, this file holds fewer than 100")


INSTALLABLE: dict[str, tuple[str, Callable[[Path], None]]] = {
    "country": (COUNTRY, check_country),
    "apple": (EGRESS, check_egress),
}


def install(kind: str, file: Path, folder: Path) -> Path:
    """Checks the file, then puts it in place atomically. Raises `ValueError` or `OSError`."""
    name, check = INSTALLABLE[kind]
    check(file)
    folder.mkdir(parents=True, exist_ok=True)
    half = folder / f".{name}.new"
    shutil.copyfile(file, half)
    return half.replace(folder / name)


def _systems(path: Path) -> set[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return {line.partition("\t")[0] for line in lines if line and not line.startswith("#")}


Announced = tuple[list[IPv4Network], list[IPv6Network]]


def _add(found: Announced, first: str, last: str) -> None:
    for network in summarize(ip_address(first), ip_address(last)):
        if isinstance(network, IPv4Network):
            found[0].append(network)
        else:
            found[1].append(network)


def build_prefixes(owners: Path, files: Iterable[Path]) -> str:
    """The table of prefixes of the systems in `owners`, from rows of `first,last,system,owner`."""
    wanted = _systems(owners)
    found: dict[str, Announced] = {}
    for path in files:
        with path.open(encoding="utf-8", newline="") as rows:
            for first, last, system, _ in csv.reader(rows):
                if system in wanted:
                    _add(found.setdefault(system, ([], [])), first, last)
    lines = [HEADING]
    for system in sorted(found, key=int):
        v4, v6 = found[system]
        joined = [*map(str, collapse_addresses(v4)), *map(str, collapse_addresses(v6))]
        lines.append(f"{system}\t{' '.join(joined)}")
    return "\n".join(lines) + "\n"


def describe(folder: Path | None = None) -> Iterator[str]:
    """One line for each file in use, then what is missing."""
    for name in (COUNTRY, EGRESS, PREFIXES):
        file = find(name, folder)
        if file is not None:
            day = datetime.fromtimestamp(file.stat().st_mtime, UTC).date()
            yield f"{name}: {file}, {day}, {file.stat().st_size:,} bytes"
    yield from missing(folder)
