from sealbreak_server.web.pages.base import with_query


def test_query_values_are_quoted() -> None:
    address = with_query("/history", q="tea & cake", show="opened")
    assert address == "/history?q=tea+%26+cake&show=opened"


def test_empty_query_values_are_left_out() -> None:
    assert with_query("/history", q="", cursor=None) == "/history"


def test_zero_is_not_empty() -> None:
    assert with_query("/history/events", before=0) == "/history/events?before=0"
