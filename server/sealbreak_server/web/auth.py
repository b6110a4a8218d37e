"""Who is calling: devices by their token, browsers by their cookie."""

import hmac
import ipaddress
from collections import OrderedDict

from starlette.requests import HTTPConnection

from sealbreak_server.errors import NotSignedInError, TooManyError, UnavailableError
from sealbreak_server.security.rate_limit import RateBucket
from sealbreak_server.security.secrets import csrf_token_for
from sealbreak_server.services import Services
from sealbreak_server.storage import accounts
from sealbreak_server.storage.accounts import Principal

TOUCH_SECONDS = 5 * 60
MOST_SEEN = 10_000
"""Remembered: of more, those seen longest ago are written again before their time."""
MOST_AT_ONCE = 1000
SECONDS_EACH = 0.02
"""Requests of a device: so many at once, and then one in so many seconds."""


class Authenticator:
    def __init__(self, services: Services) -> None:
        self._services = services
        self._seen: OrderedDict[tuple[str, str], float] = OrderedDict()
        self._requests = RateBucket(MOST_AT_ONCE, SECONDS_EACH)

    async def of_request(self, connection: HTTPConnection) -> Principal:
        scheme, _, token = connection.headers.get("authorization", "").partition(" ")
        principal = await self.of_token(token) if scheme.lower() == "bearer" else None
        if principal is None:
            raise NotSignedInError(
                "The device token is missing, wrong or revoked. Pair this device again."
            )
        wait = self._requests.wait(principal.device, self._services.clock())
        if wait:
            raise TooManyError("Too many requests of this device.", retry_after=int(wait) + 1)
        await self.touch_device(principal, connection)
        return principal

    async def of_token(self, token: str) -> Principal | None:
        return await self._services.storage.read(accounts.principal_of_token, token.strip())

    async def of_cookie(self, connection: HTTPConnection) -> Principal | None:
        token = connection.cookies.get(self.cookie_name)
        if not token:
            return None
        now = self._services.clock()
        return await self._services.storage.read(accounts.principal_of_session, token, now)

    def csrf_token(self, connection: HTTPConnection) -> str:
        return csrf_token_for(connection.cookies.get(self.cookie_name, ""))

    def holds_csrf_token(
        self, connection: HTTPConnection, csrf_token: str, cookie: str = ""
    ) -> bool:
        """Whoever sent the form saw our page: the proof is of the cookie that came along."""
        secret = connection.cookies.get(cookie or self.cookie_name, "")
        given = csrf_token.encode("utf-8", "surrogatepass")
        return bool(secret) and hmac.compare_digest(csrf_token_for(secret).encode(), given)

    def is_our_page(self, connection: HTTPConnection) -> bool:
        """As the browser says of the page that asks; no page can say it of itself."""
        origin = connection.headers.get("origin", "")
        host = connection.headers.get("host", "")
        here = (f"http://{host}", f"https://{host}", self._services.settings.public_url)
        return origin in here

    @property
    def cookie_name(self) -> str:
        return "__Host-sealbreak" if self._services.settings.is_https else "sealbreak"

    @property
    def entry_name(self) -> str:
        """The cookie that proves the form of the sign-in page, when there is no session yet."""
        return f"{self.cookie_name}-entry"

    async def touch_device(self, principal: Principal, connection: HTTPConnection) -> None:
        """Where the sender is: an open from there is no reader's. Written once in a while."""
        address = connection.client.host if connection.client else ""
        now = self._services.clock()
        key = (principal.device, address)
        if abs(now - self._seen.get(key, 0.0)) < TOUCH_SECONDS:  # clocks are set back, too
            return
        self._seen[key] = now
        self._seen.move_to_end(key)
        if len(self._seen) > MOST_SEEN:
            self._seen.popitem(last=False)
        sight = (principal.account, principal.device, address if is_public(address) else "", now)
        try:
            await self._services.storage.write(accounts.touch_devices, [sight])
        except UnavailableError:
            self._seen.pop(key, None)


def is_public(address: str) -> bool:
    """Private ones tell nobody apart: behind a proxy that is not trusted, they are everybody's."""
    try:
        return ipaddress.ip_address(address).is_global
    except ValueError:
        return False
