from sealbreak_server.security.rate_limit import RateBucket


def test_the_bucket_empties_and_refills() -> None:
    bucket = RateBucket(capacity=2, seconds=10)
    assert [bucket.wait("a", 0.0) for _ in range(3)] == [0.0, 0.0, 10.0]
    assert bucket.wait("b", 0.0) == 0.0
    assert bucket.wait("a", 10.0) == 0.0


def test_a_good_attempt_costs_nothing() -> None:
    bucket = RateBucket(capacity=1, seconds=10)
    for _ in range(5):
        assert bucket.wait("a", 0.0) == 0.0
        bucket.give_back("a")


def test_the_bucket_drops_keys_rather_than_growing() -> None:
    bucket = RateBucket(capacity=1, seconds=10, keys=3)
    for key in "abcd":
        bucket.wait(key, 0.0)
    assert bucket.wait("a", 0.0) == 0.0


def test_a_clock_that_is_set_back_locks_nobody_out() -> None:
    bucket = RateBucket(capacity=2, seconds=10)
    assert [bucket.wait("a", now) for now in (5000.0, 0.0, 0.0)] == [0.0, 0.0, 10.0]
    assert bucket.wait("a", 10.0) == 0.0


def test_an_attempt_given_back_late_does_not_grow_the_bucket() -> None:
    bucket = RateBucket(capacity=1, seconds=10, keys=1)
    for key in "abc":
        bucket.wait(key, 0.0)
    for key in "abc":
        bucket.give_back(key)
    assert list(bucket._levels) == ["c"]
