from urllib.parse import urlsplit

import pytest
from sealbreak_desktop.errors import ProxyError, UnreachableError
from sealbreak_desktop.server.proxies import choose, proxy_for

HTTPS, HTTP = urlsplit("https://track.example.com"), urlsplit("http://10.1.2.3:8787")
PROXY = "http://proxy.example:3128"


@pytest.mark.parametrize(
    ("proxies", "address"),
    [
        ({}, None),
        ({"https": PROXY}, PROXY),
        ({"http": PROXY}, None),
        ({"all": PROXY}, PROXY),
        ({"https": PROXY, "all": "http://other.example:1"}, PROXY),
        ({"https": "proxy.example:3128"}, PROXY),
        ({"https": "http://proxy.example/"}, "http://proxy.example:80"),
        ({"https": "http://[::1]:3128"}, "http://[::1]:3128"),
        ({"https": "http://ann:p%40ss@proxy.example:1"}, "http://ann:p%40ss@proxy.example:1"),
        ({"https": "http://ann@proxy.example:1"}, "http://ann:@proxy.example:1"),
    ],
)
def test_the_proxy_of_the_scheme_is_used(proxies: dict[str, str], address: str | None) -> None:
    chosen = choose(HTTPS, proxies)
    assert (chosen and chosen.address) == address


def test_an_unencrypted_server_has_the_proxy_for_http() -> None:
    chosen = choose(HTTP, {"http": PROXY, "https": "http://other.example:1"})
    assert chosen
    assert chosen.address == PROXY


@pytest.mark.parametrize("no_proxy", ["10.0.0.0/8", "example.com, 10.1.2.3", "10.1.0.0/16"])
def test_a_network_without_a_proxy_is_connected_directly(no_proxy: str) -> None:
    assert choose(HTTP, {"http": PROXY, "no": no_proxy}) is None


def test_another_network_has_the_proxy() -> None:
    assert choose(HTTP, {"http": PROXY, "no": "192.168.0.0/16,nonsense/99"}) is not None


@pytest.mark.parametrize("no_proxy", ["example.com", ".example.com", "*", "track.example.com:443"])
def test_a_name_without_a_proxy_is_connected_directly(
    monkeypatch: pytest.MonkeyPatch, no_proxy: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", PROXY)
    assert proxy_for("https://track.example.com") is not None
    monkeypatch.setenv("NO_PROXY", no_proxy)
    assert proxy_for("https://track.example.com") is None


@pytest.mark.parametrize("host", ["localhost:8787", "127.0.0.1", "127.8.8.8", "[::1]:8787"])
def test_this_computer_never_has_a_proxy(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "socks5://proxy.example:1080")
    assert proxy_for(f"http://{host}") is None
    assert proxy_for(f"https://{host}") is None


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ("socks5://ann:secret@proxy.example:1080", "a SOCKS proxy"),
        ("socks5h://proxy.example:1080", "a SOCKS proxy"),
        ("https://proxy.example:3128", "not an HTTP proxy"),
        ("http://", "not an HTTP proxy"),
        ("http://proxy.example:99999", "not an HTTP proxy"),
        ("http://ann:secret@[::1:3128", "not an HTTP proxy"),
        ("http://proxy..example:3128", "not an HTTP proxy"),
        ("ann:se[cret@proxy.example", "not an HTTP proxy"),
    ],
)
def test_a_proxy_that_cannot_be_used_is_said_without_its_password(given: str, kind: str) -> None:
    with pytest.raises(ProxyError, match="cannot be used") as caught:
        choose(HTTPS, {"https": given})
    assert kind in caught.value.message
    assert "HTTPS_PROXY" in caught.value.advice
    assert "track.example.com to NO_PROXY" in caught.value.advice
    assert "secret" not in str(caught.value)
    assert "se[cret" not in caught.value.title
    assert isinstance(caught.value, UnreachableError)


def test_the_name_of_a_proxy_holds_no_password() -> None:
    chosen = choose(HTTPS, {"https": "http://ann:secret@proxy.example:1"})
    assert chosen
    assert chosen.name == "proxy.example:1"
