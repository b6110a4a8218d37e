from sealbreak_server.web.middleware.headers import SecurityHeadersMiddleware, security_headers
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


def test_a_preflight_request_of_the_api_is_answered_without_the_app() -> None:
    response = call(APP, http_scope("/api/v1/events", "OPTIONS"))
    assert (response.status, response.body) == (204, b"")
    assert response.headers[b"access-control-allow-headers"] == b"authorization, content-type"
    assert call(APP, http_scope("/history", "OPTIONS")).status == 200
