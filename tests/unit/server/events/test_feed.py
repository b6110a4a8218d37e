import asyncio

from sealbreak_server.events.feed import Feed


def test_a_wake_reaches_the_listeners_of_that_owner_only() -> None:
    feed = Feed()
    with (
        feed.subscribe("ann") as first,
        feed.subscribe("ann") as second,
        feed.subscribe("ben") as other,
    ):
        feed.wake(["ann", "nobody"])
        assert [first.is_set(), second.is_set(), other.is_set()] == [True, True, False]


def test_all_listeners_are_woken_when_the_owner_is_not_known() -> None:
    feed = Feed()
    with feed.subscribe("ann") as first, feed.subscribe("ben") as second:
        feed.wake_all()
        assert first.is_set()
        assert second.is_set()


def test_a_listener_that_left_is_removed() -> None:
    feed = Feed()
    with feed.subscribe("ann") as subscription:
        assert feed.is_needed()
    feed.wake(["ann"])
    assert not subscription.is_set()
    assert not feed.is_needed()


def test_a_wake_before_the_wait_is_not_lost() -> None:
    async def follow() -> None:
        feed = Feed()
        with feed.subscribe("ann") as subscription:
            feed.wake(["ann"])
            async with asyncio.timeout(1):
                await subscription.wait()

    asyncio.run(follow())
