import pytest
from sealbreak_server.web.middleware.csrf import CsrfMiddleware
from support.server.asgi import Headers, call, http_scope, ok

APP = CsrfMiddleware(ok, "https://track.example.com")
HOST = (b"host", b"127.0.0.1:8080")


def status(headers: Headers, path: str = "/history/settings", method: str = "POST") -> int:
    return call(APP, http_scope(path, method, [HOST, *headers])).status


@pytest.mark.parametrize(
    "headers",
    [
        [(b"sec-fetch-site", b"cross-site")],
        [(b"sec-fetch-site", b"same-site")],
        [(b"origin", b"https://example.org")],
        [(b"origin", b"http://127.0.0.1:8081")],
        [(b"sec-fetch-site", b"same-origin"), (b"origin", b"https://example.org")],
    ],
)
def test_a_post_from_another_site_is_refused(headers: Headers) -> None:
    assert status(headers) == 403


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [(b"sec-fetch-site", b"same-origin")],
        [(b"sec-fetch-site", b"none")],
        [(b"origin", b"null")],
        [(b"origin", b"http://127.0.0.1:8080")],
        [(b"origin", b"https://127.0.0.1:8080")],
        [(b"origin", b"https://track.example.com")],
    ],
)
def test_a_post_from_our_own_pages_reaches_the_app(headers: Headers) -> None:
    assert status(headers) == 200


def test_reading_is_allowed_from_anywhere() -> None:
    assert status([(b"sec-fetch-site", b"cross-site")], method="GET") == 200


def test_the_api_is_left_out_as_it_takes_no_cookies() -> None:
    assert status([(b"origin", b"https://example.org")], "/api/v1/ids") == 200
