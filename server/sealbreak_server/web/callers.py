"""Who is calling: devices by their token, browsers by their cookie."""

import hmac
import ipaddress
from collections import OrderedDict

from starlette.requests import HTTPConnection

from sealbreak_server.errors import NotSignedInError, TooManyError, UnavailableError
from sealbreak_server.security import RateBucket, form_proof
from sealbreak_server.services import Services
from sealbreak_server.storage import accounts
from sealbreak_server.storage.accounts import Caller

SEEN_SECONDS = 5 * 60
MOST_SEEN = 10_000
"""Remembered: of more, those seen longest ago are written again before their time."""
MOST_AT_ONCE = 1000
SECONDS_EACH = 0.02
"""Requests of a device: so many at once, and then one in so many seconds."""


class Callers:
    def __init__(self, services: Services) -> None:
        self._services = services
        self._seen: OrderedDict[tuple[str, str], float] = OrderedDict()
        self._requests = RateBucket(MOST_AT_ONCE, SECONDS_EACH)

    async def of_request(self, connection: HTTPConnection) -> Caller:
        scheme, _, token = connection.headers.get("authorization", "").partition(" ")
        caller = await self.of_token(token) if scheme.lower() == "bearer" else None
        if caller is None:
            raise NotSignedInError(
                "The device token is missing, wrong or revoked. Pair this device again."
            )
        wait = self._requests.wait(caller.device, self._services.clock())
        if wait:
            raise TooManyError("Too many requests of this device.", retry_after=int(wait) + 1)
        await self.note(caller, connection)
        return caller

    async def of_token(self, token: str) -> Caller | None:
        return await self._services.storage.read(accounts.caller_of_token, token.strip())

    async def of_cookie(self, connection: HTTPConnection) -> Caller | None:
        token = connection.cookies.get(self.cookie_name)
        if not token:
            return None
        now = self._services.clock()
        return await self._services.storage.read(accounts.caller_of_session, token, now)

    def form_proof(self, connection: HTTPConnection) -> str:
        return form_proof(connection.cookies.get(self.cookie_name, ""))

    def proves(self, connection: HTTPConnection, proof: str, cookie: str = "") -> bool:
        """Whoever sent the form saw our page: the proof is of the cookie that came along."""
        secret = connection.cookies.get(cookie or self.cookie_name, "")
        given = proof.encode("utf-8", "surrogatepass")
        return bool(secret) and hmac.compare_digest(form_proof(secret).encode(), given)

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

    async def note(self, caller: Caller, connection: HTTPConnection) -> None:
        """Where the sender is: an open from there is no reader's. Written once in a while."""
        address = connection.client.host if connection.client else ""
        now = self._services.clock()
        key = (caller.device, address)
        if abs(now - self._seen.get(key, 0.0)) < SEEN_SECONDS:  # clocks are set back, too
            return
        self._seen[key] = now
        self._seen.move_to_end(key)
        if len(self._seen) > MOST_SEEN:
            self._seen.popitem(last=False)
        sighting = (caller.account, caller.device, address if is_public(address) else "", now)
        try:
            await self._services.storage.write(accounts.note_seen, [sighting])
        except UnavailableError:
            self._seen.pop(key, None)


def is_public(address: str) -> bool:
    """Private ones tell nobody apart: behind a proxy that is not trusted, they are everybody's."""
    try:
        return ipaddress.ip_address(address).is_global
    except ValueError:
        return False
