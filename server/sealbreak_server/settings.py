"""Every setting with its flag, environment variable, default and help; read once at the start."""

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

import idna
from platformdirs import user_data_path

from sealbreak_server.errors import SettingsError

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Settings:
    host: str
    port: int
    data: Path
    public_url: str
    """Without a slash at the end; empty until the port is known."""
    database_url: str
    trusted_proxies: tuple[Network, ...]
    client_address_header: str
    """In lower case."""
    keep_days: int
    access_log: bool
    webhook_networks: tuple[Network, ...] = ()
    metrics_port: int | None = None
    """`None` without metrics."""
    log_format: str = "text"
    """Or `json`."""

    @property
    def keys_file(self) -> Path:
        return self.data / "keys"

    @property
    def spool_folder(self) -> Path:
        return self.data / "spool"

    @property
    def is_https(self) -> bool:
        return self.public_url.startswith("https://")


@dataclass(frozen=True, slots=True)
class Setting:
    name: str
    default: str
    help: str
    parse: Callable[[str], Any]

    @property
    def flag(self) -> str:
        return "--" + self.name.replace("_", "-")

    @property
    def env(self) -> str:
        return "SEALBREAK_" + self.name.upper()


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise ValueError("a port must be between 0 and 65535")
    return port


def _port_or_none(text: str) -> int | None:
    return _port(text) if text else None


def _log_format(text: str) -> str:
    if text not in {"text", "json"}:
        raise ValueError("it must be text or json")
    return text


def _public_url(text: str) -> str:
    url = urlsplit(text)
    if text and (url.scheme not in {"http", "https"} or not url.hostname or url.query):
        raise ValueError("it must be an address such as https://track.example.com")
    return _with_ascii_name(url).geturl().rstrip("/")


def _with_ascii_name(url: SplitResult) -> SplitResult:
    """As browsers write the name: mail programs do not all read letters beyond ASCII in a link."""
    if url.netloc.isascii():
        return url
    name, colon, port = url.netloc.partition(":")
    try:
        ascii_name = idna.encode(name, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise ValueError(f"{name} is no valid name of a server") from error
    return url._replace(netloc=ascii_name + colon + port)


def _networks(text: str) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip())


def _header(text: str) -> str:
    if text and not re.fullmatch(r"[A-Za-z0-9-]+", text):
        raise ValueError("it must be the name of a header, such as CF-Connecting-IP")
    return text.lower()


def _count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise ValueError("it must be 0 or more")
    return number


def _switch(text: str) -> bool:
    if text.lower() not in {"yes", "no"}:
        raise ValueError("it must be yes or no")
    return text.lower() == "yes"


SETTINGS = (
    Setting("host", "127.0.0.1", "the address to listen on", str),
    Setting("port", "8787", "the port to listen on; 0 picks a free one", _port),
    Setting("data", "", "the folder for database, keys and spool (default: the platform's)", Path),
    Setting(
        "public_url",
        "",
        "the address of this server in mails (default: http://HOST:PORT)",
        _public_url,
    ),
    Setting(
        "database_url", "", "postgresql://... (default: an SQLite file in the data folder)", str
    ),
    Setting(
        "trusted_proxies",
        "",
        "networks of proxies whose X-Forwarded-For is trusted, such as 10.0.0.0/8,::1/128",
        _networks,
    ),
    Setting(
        "client_address_header",
        "",
        "a header of these proxies that holds only the client's address, such as CF-Connecting-IP",
        _header,
    ),
    Setting(
        "keep_days", "0", "erase what is older than this number of days; 0 keeps everything", _count
    ),
    Setting(
        "access_log",
        "no",
        "yes logs route name, status and time of each request; never an address or a token",
        _switch,
    ),
    Setting(
        "webhook_networks",
        "",
        "private networks that webhooks may reach, such as 10.1.0.0/16; public ones are allowed",
        _networks,
    ),
    Setting(
        "metrics_port",
        "",
        "a port on 127.0.0.1 with metrics for Prometheus (default: none); 0 picks a free one",
        _port_or_none,
    ),
    Setting("log_format", "text", "json writes each line of the log as a JSON object", _log_format),
)


def read_settings(flags: Mapping[str, str | None], environ: Mapping[str, str]) -> Settings:
    """A flag wins over its environment variable, which wins over the default.

    Raises `SettingsError`.
    """
    values: dict[str, Any] = {s.name: _read(s, flags, environ) for s in SETTINGS}
    if values["data"] == Path():
        values["data"] = user_data_path("sealbreak", appauthor=False)
    return Settings(**values)


def _read(setting: Setting, flags: Mapping[str, str | None], environ: Mapping[str, str]) -> object:
    flag = flags.get(setting.name)
    source = setting.flag if flag is not None else setting.env
    text = flag if flag is not None else environ.get(setting.env) or setting.default
    try:
        return setting.parse(text)
    except ValueError as error:
        raise SettingsError(f"{source} is {text!r}: {error}.") from error
