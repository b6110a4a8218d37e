from sealbreak_server.web.pages.base import address


def test_an_address_carries_what_is_wanted() -> None:
    assert (
        address("/history", q="tea & cake", show="opened") == "/history?q=tea+%26+cake&show=opened"
    )


def test_an_address_leaves_out_what_is_empty() -> None:
    assert address("/history", q="", cursor=None) == "/history"


def test_zero_is_not_empty() -> None:
    assert address("/history/events", before=0) == "/history/events?before=0"
