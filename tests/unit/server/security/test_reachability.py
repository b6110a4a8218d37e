import pytest
from sealbreak_server.security.reachability import Reach, reach


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("http://127.0.0.1:8787", Reach.LOOPBACK),
        ("http://[::1]:8787", Reach.LOOPBACK),
        ("http://0.0.0.0:8787", Reach.LOOPBACK),
        ("http://localhost:8787", Reach.LOOPBACK),
        ("https://192.168.1.4", Reach.PRIVATE),
        ("https://[fd00::4]", Reach.PRIVATE),
        ("https://cellar.local", Reach.PRIVATE),
        ("http://cellar:8787", Reach.PRIVATE),
        ("http://track.example.com", Reach.PLAIN),
        ("https://track.example.com", Reach.PUBLIC),
        ("https://8.8.8.8", Reach.PUBLIC),
    ],
)
def test_an_address_shows_where_it_can_be_reached_from(address: str, expected: Reach) -> None:
    assert reach(address) is expected
