import logging

import pytest
from sealbreak_server.web.uvicorn.capacity import LOG_SECONDS, Capacity


class Fake:
    aborted = False

    def abort(self) -> None:
        self.aborted = True


def test_below_the_limit_nothing_ends() -> None:
    capacity, some = Capacity(most=2), [Fake(), Fake()]
    for number, connection in enumerate(some, 1):
        capacity.admit(connection, number)
    assert not any(connection.aborted for connection in some)


def test_the_longest_wait_makes_room() -> None:
    capacity, (first, second, third) = Capacity(most=2), (Fake(), Fake(), Fake())
    capacity.admit(first, 1)
    capacity.admit(second, 2)
    capacity.forget(first)
    capacity.wait(first)  # has had an answer meanwhile
    capacity.admit(third, 3)
    assert (first.aborted, second.aborted, third.aborted) == (False, True, False)


def test_a_connection_with_a_request_is_left_alone() -> None:
    capacity, (busy, new) = Capacity(most=1), (Fake(), Fake())
    capacity.admit(busy, 1)
    capacity.forget(busy)
    capacity.admit(new, 2)
    assert (busy.aborted, new.aborted) == (False, True)


def test_it_is_logged_once_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    now = 0.0
    capacity = Capacity(most=0, monotonic=lambda: now)
    with caplog.at_level(logging.WARNING):
        for moment in (0.0, 1.0, LOG_SECONDS):
            now = moment
            capacity.admit(Fake(), 1)
    assert len(caplog.records) == 2
    assert "ulimit -n" in caplog.text


def test_the_default_leaves_open_files_for_the_rest() -> None:
    resource = pytest.importorskip("resource")
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    capacity, connection = Capacity(), Fake()
    capacity.admit(connection, 1)
    assert not connection.aborted
    if files != resource.RLIM_INFINITY:
        capacity.admit(Fake(), files)
        assert connection.aborted
