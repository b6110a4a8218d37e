import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from sealbreak_server.cli.run.ports import is_taken, port_owner


@pytest.fixture
def listener() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def test_a_port_with_a_listener_is_taken(listener: int) -> None:
    assert is_taken("127.0.0.1", listener)


def test_a_port_without_a_listener_is_free() -> None:
    assert not is_taken("127.0.0.1", free_port())


def test_the_owner_is_named_with_its_process(listener: int) -> None:
    assert port_owner(listener).endswith(f"(process {os.getpid()})")


def test_no_owner_is_named_for_a_free_port() -> None:
    assert port_owner(free_port()) == "another program"


def test_no_owner_is_named_on_a_system_without_proc(tmp_path: Path) -> None:
    assert port_owner(8787, tmp_path) == "another program"
