from sealbreak_server.web.middleware.headers import SecurityHeadersMiddleware, security_headers
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send
from support.server.asgi import call, http_scope, ok

APP = SecurityHeadersMiddleware(ok, https=False)


def test_every_response_has_the_security_headers() -> None:
    headers = call(APP, http_scope("/healthz")).headers
    assert headers == dict(security_headers(https=False))
    assert headers[b"content-security-policy"].startswith(b"default-src 'none'; ")
    assert b"script-src" not in headers[b"content-security-policy"]


def test_only_the_history_may_run_our_script() -> None:
    policy = call(APP, http_scope("/history/events")).headers[b"content-security-policy"]
    assert policy.endswith(b"; script-src 'self'; connect-src 'self'")


def test_only_an_https_server_asks_browsers_to_stay_on_https() -> None:
    assert b"strict-transport-security" not in dict(security_headers(https=False))
    assert b"max-age" in dict(security_headers(https=True))[b"strict-transport-security"]


def test_pages_of_any_origin_may_call_the_api_and_nothing_else() -> None:
    allowed = call(APP, http_scope("/api/v1/events")).headers
    assert allowed[b"access-control-allow-origin"] == b"*"
    assert allowed[b"cache-control"] == b"no-store"
    assert b"access-control-allow-origin" not in call(APP, http_scope("/history")).headers


def test_no_cache_may_store_an_error() -> None:
    async def missing(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse("", 404)(scope, receive, send)

    async def kept(scope: Scope, receive: Receive, send: Send) -> None:
        await PlainTextResponse("", 404, {"Cache-Control": "private"})(scope, receive, send)

    for app, expected in ((missing, b"no-store"), (kept, b"private")):
        answer = call(SecurityHeadersMiddleware(app, https=False), http_scope("/o/x"))
        assert answer.headers[b"cache-control"] == expected
    assert b"cache-control" not in call(APP, http_scope("/static/style.css")).headers


def test_a_preflight_request_of_the_api_is_answered_without_the_app() -> None:
    response = call(APP, http_scope("/api/v1/events", "OPTIONS"))
    assert (response.status, response.body) == (204, b"")
    assert response.headers[b"access-control-allow-headers"] == b"authorization, content-type"
    assert call(APP, http_scope("/history", "OPTIONS")).status == 200
