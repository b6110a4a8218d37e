from argparse import ArgumentParser

import pytest
from sealbreak_server.cli.arguments import add_settings, read_options
from sealbreak_server.settings import SETTINGS


def test_a_command_shows_its_settings_with_flag_variable_and_default() -> None:
    parser = ArgumentParser()
    add_settings(parser)
    text = parser.format_help()
    assert all(setting.flag in text for setting in SETTINGS)
    assert all(setting.env in "".join(text.split()) for setting in SETTINGS)


def test_a_command_may_have_some_of_the_settings_only() -> None:
    parser = ArgumentParser()
    add_settings(parser, "data")
    assert "--data" in parser.format_help()
    assert "--port" not in parser.format_help()


def test_settings_come_from_flags_and_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEALBREAK_PORT", "1000")
    monkeypatch.setenv("SEALBREAK_KEEP_DAYS", "7")
    parser = ArgumentParser()
    add_settings(parser, "data", "port")
    settings = read_options(parser.parse_args(["--port", "2000"]))
    assert (settings.port, settings.keep_days) == (2000, 7)
