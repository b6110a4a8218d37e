import ipaddress
from pathlib import Path

import pytest
from sealbreak_server.errors import SettingsError
from sealbreak_server.settings import SETTINGS, read_settings


def test_defaults_listen_on_loopback_only() -> None:
    settings = read_settings({}, {})
    assert (settings.host, settings.port, settings.trusted_proxies) == ("127.0.0.1", 8787, ())


def test_a_flag_wins_over_the_environment() -> None:
    environ = {"SEALBREAK_PORT": "1000", "SEALBREAK_HOST": "::1"}
    settings = read_settings({"port": "2000", "host": None}, environ)
    assert (settings.port, settings.host) == (2000, "::1")


def test_each_setting_has_flag_variable_and_help() -> None:
    assert all(s.flag.startswith("--") and s.env.startswith("SEALBREAK_") for s in SETTINGS)
    assert all(s.help for s in SETTINGS)


def test_networks_are_read() -> None:
    settings = read_settings({"trusted_proxies": "10.0.0.0/8, ::1"}, {})
    assert settings.trusted_proxies == (
        ipaddress.ip_network("10.0.0.0/8"),
        ipaddress.ip_network("::1/128"),
    )


def test_the_public_address_loses_its_trailing_slash() -> None:
    settings = read_settings({"public_url": "https://track.example.com/"}, {})
    assert settings.public_url == "https://track.example.com"
    assert settings.is_https


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("https://BÜCHER.example:8443/mail/", "https://xn--bcher-kva.example:8443/mail"),
        ("https://faß.example", "https://xn--fa-hia.example"),
        ("https://Track.example.com", "https://Track.example.com"),
    ],
)
def test_an_internationalised_name_is_written_as_browsers_write_it(text: str, address: str) -> None:
    assert read_settings({"public_url": text}, {}).public_url == address


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("port", "70000"),
        ("port", "x"),
        ("public_url", "track.example.com"),
        ("public_url", "https://-ü.example"),
        ("trusted_proxies", "10.0.0.1/8"),
        ("keep_days", "-1"),
        ("access_log", "maybe"),
    ],
)
def test_a_wrong_value_is_quoted_with_its_source(name: str, text: str) -> None:
    with pytest.raises(SettingsError, match=f"SEALBREAK_{name.upper()} is '{text}'"):
        read_settings({}, {f"SEALBREAK_{name.upper()}": text})


def test_a_data_folder_is_a_path(tmp_path: Path) -> None:
    settings = read_settings({"data": str(tmp_path)}, {})
    assert settings.keys_file == tmp_path / "keys"
