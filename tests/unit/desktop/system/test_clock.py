from sealbreak_desktop.system.clock import ClockJump


def test_a_sleep_of_the_machine_is_noticed_once() -> None:
    clocks = ClockJump(wall=1000, monotonic=0)
    assert not clocks.happened(wall=1005, monotonic=5)
    assert clocks.happened(wall=1065, monotonic=10)
    assert not clocks.happened(wall=1070, monotonic=15)


def test_a_clock_set_back_is_no_sleep() -> None:
    assert not ClockJump(wall=1000, monotonic=0).happened(wall=400, monotonic=5)
