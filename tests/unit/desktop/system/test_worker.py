import threading
from functools import partial

import pytest
from sealbreak_desktop.system.worker import MAX_WAITING, Worker


def test_calls_run_one_after_another_in_their_order() -> None:
    worker, order = Worker("test"), list[int]()
    futures = [worker.submit(partial(order.append, number)) for number in range(20)]
    futures[-1].result(5)
    assert order == list(range(20))


def test_an_error_is_raised_in_the_caller() -> None:
    worker = Worker("test")
    with pytest.raises(ZeroDivisionError):
        worker.submit(lambda: 1 // 0).result(5)
    assert worker.submit(lambda: 7).result(5) == 7


def test_the_queue_is_bounded() -> None:
    worker, gate, busy = Worker("test"), threading.Event(), threading.Event()

    def block() -> None:
        busy.set()
        gate.wait(5)

    worker.submit(block)
    assert busy.wait(5)
    futures = [worker.submit(int) for _ in range(MAX_WAITING + 1)]
    assert futures[-1].cancelled()
    gate.set()
    assert futures[0].result(5) == 0
