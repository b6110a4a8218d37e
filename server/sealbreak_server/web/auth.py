"""Authentication: devices by their token, browsers by their cookie."""

import hmac
import ipaddress
from collections import OrderedDict

from starlette.requests import HTTPConnection

from sealbreak_server.errors import NotSignedInError, TooManyError, UnavailableError
from sealbreak_server.security import addresses
from sealbreak_server.security.rate_limit import RateBucket
from sealbreak_server.security.secrets import csrf_token_for
from sealbreak_server.services import Services
from sealbreak_server.storage import accounts
from sealbreak_server.storage.accounts import Principal

TOUCH_SECONDS = 5 * 60
"""A device's address and time of use are written at most once in this time."""
MAX_TOUCHED = 10_000
"""Remembered pairs of device and address. Beyond that, the oldest are written again early."""
BURST = 1000
"""Requests that a device may send at once."""
SECONDS_EACH = 0.02
"""After a burst, a device may send one request in this time."""


class Authenticator:
    def __init__(self, services: Services) -> None:
        self._services = services
        self._touched: OrderedDict[tuple[str, str], float] = OrderedDict()
        self._requests = RateBucket(BURST, SECONDS_EACH)

    async def of_request(self, connection: HTTPConnection) -> Principal:
        scheme, _, token = connection.headers.get("authorization", "").partition(" ")
        principal = await self.of_token(token) if scheme.lower() == "bearer" else None
        if principal is None:
            raise NotSignedInError(
                "The device token is missing, wrong or revoked. Pair this device again."
            )
        wait = self._requests.wait(principal.device, self._services.clock())
        if wait:
            raise TooManyError("Too many requests from this device.", retry_after=int(wait) + 1)
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
        """Whether the token was made for the cookie of this request, so by a page of ours."""
        secret = connection.cookies.get(cookie or self.cookie_name, "")
        given = csrf_token.encode("utf-8", "surrogatepass")
        return bool(secret) and hmac.compare_digest(csrf_token_for(secret).encode(), given)

    def is_our_page(self, connection: HTTPConnection) -> bool:
        """By the Origin header, which the browser sets and a page cannot."""
        origin = connection.headers.get("origin", "")
        host = connection.headers.get("host", "")
        here = (f"http://{host}", f"https://{host}", self._services.settings.public_url)
        return origin in here

    @property
    def cookie_name(self) -> str:
        return "__Host-sealbreak" if self._services.settings.is_https else "sealbreak"

    @property
    def entry_name(self) -> str:
        """The cookie behind the sign-in form's CSRF token, as there is no session yet."""
        return f"{self.cookie_name}-entry"

    async def touch_device(self, principal: Principal, connection: HTTPConnection) -> None:
        """Stores the device's address, because an open from there is the sender's own."""
        address = connection.client.host if connection.client else ""
        now = self._services.clock()
        key = (principal.device, address)
        if abs(now - self._touched.get(key, 0.0)) < TOUCH_SECONDS:  # the clock may be set back
            return
        self._touched[key] = now
        self._touched.move_to_end(key)
        if len(self._touched) > MAX_TOUCHED:
            self._touched.popitem(last=False)
        public = address if is_public(address) else ""
        touch = (principal.account, principal.device, public, now)
        try:
            await self._services.storage.write(accounts.touch_devices, [touch])
        except UnavailableError:
            self._touched.pop(key, None)


def is_public(address: str) -> bool:
    """Private addresses do not tell clients apart: an untrusted proxy shares one among all."""
    try:
        return addresses.is_public(ipaddress.ip_address(address))
    except ValueError:
        return False
