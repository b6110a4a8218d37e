"""Where the mailbox of an address is, as far as the address itself or its mail server says.

Nothing is looked up in the network. Of a company's own domain nothing is known.
"""

from functools import cache
from typing import NamedTuple

from sealbreak_server.classification.evidence.data_files import SHIPPED


class Provider(NamedTuple):
    id: str
    name: str


_Table = dict[str, dict[str, Provider]]


@cache
def _table() -> _Table:
    found: _Table = {"domain": {}, "mx": {}}
    for line in (SHIPPED / "providers.tsv").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            kind, provider, name, suffixes = line.split("\t")
            found[kind].update(dict.fromkeys(suffixes.split(), Provider(provider, name)))
    return found


def provider_of(domain: str, mx: str = "") -> Provider | None:
    """`None` when it is not known."""
    return _of_domain(domain.strip().lower().rstrip(".")) or _of_server(mx.lower().rstrip("."))


def _of_domain(domain: str) -> Provider | None:
    """`yahoo.*` holds `yahoo.de` and `yahoo.co.uk`, but not `yahoo.example.com`."""
    domains = _table()["domain"]
    name, _, rest = domain.partition(".")
    country = len(rest) <= 3 or (len(rest) <= 6 and rest.startswith(("co.", "com.")))
    return domains.get(domain) or (domains.get(f"{name}.*") if rest and country else None)


def _of_server(server: str) -> Provider | None:
    servers = _table()["mx"]
    labels = server.split(".")
    suffixes = (".".join(labels[at:]) for at in range(len(labels)))
    return next((servers[suffix] for suffix in suffixes if suffix in servers), None)
