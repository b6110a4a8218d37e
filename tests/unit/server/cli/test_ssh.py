"""The line for another computer that reaches a page on loopback."""

import getpass
import socket

import pytest
from sealbreak_server.cli.ssh import ssh_line


def test_the_line_leads_to_the_same_port_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "ann")
    monkeypatch.setattr(socket, "gethostname", lambda: "nas")
    assert ssh_line(8787) == "ssh -L 8787:127.0.0.1:8787 ann@nas"


@pytest.mark.parametrize("error", [KeyError("uid"), OSError("no user")])
def test_a_user_without_a_name_fills_it_in(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody() -> str:
        raise error

    monkeypatch.setattr(getpass, "getuser", nobody)
    assert " USER@" in ssh_line(8787)
