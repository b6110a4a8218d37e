import getpass
import socket

import pytest
from sealbreak_server.cli.ssh import ssh_line


def test_the_line_leads_the_port_of_the_other_computer_here(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "ann")
    monkeypatch.setattr(socket, "gethostname", lambda: "attic")
    assert ssh_line(8787) == "ssh -L 8787:127.0.0.1:8787 ann@attic"


def test_a_user_without_a_name_is_left_to_fill_in(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise KeyError("uid not found")

    monkeypatch.setattr(getpass, "getuser", nobody)
    assert " USER@" in ssh_line(80)
