"""Whether the public address leads to this server, as far as can be seen from here. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sealbreak_server.checks.finding import Finding, not_checked, ok, problem, warning
from sealbreak_server.checks.judgements.answers import (
    Answer,
    Failed,
    Failure,
    Seen,
    Stale,
    Stranger,
)
from sealbreak_server.checks.words import count, listed
from sealbreak_server.security.reachability import Reach, reach

CERTIFICATE_DAYS = 14
"""Certificates that renew themselves have done so before."""
PROXY_ERRORS = (502, 503, 504)
UNKNOWN = (
    "This machine cannot look at its own public address (many routers forbid it). "
    "Nothing is proven either way: open {url}/healthz on a phone that is not on this network."
)
NOBODY_YET = " Nobody outside has come yet: open a test mail to be sure."


@dataclass(frozen=True, slots=True)
class Resolved:
    """What the system makes of the name."""

    host: str
    addresses: Sequence[str]
    error: str = ""
    is_temporary: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """An attempt to reach this server at one address."""

    address: str
    answer: Answer
    own_address: str = ""
    """This machine's end of the connection."""
    is_own: bool = False
    """The address belongs to this machine, so no router is in the way."""
    certificate_days: float | None = None

    @property
    def family(self) -> str:
        return "IPv6" if ":" in self.address else "IPv4"


def judge_kind(public_url: str) -> Iterator[Finding]:
    """By the text of the address."""
    if not public_url:
        yield not_checked(
            "address",
            "No public address is set: only mails opened on this machine are reported.",
            "Set SEALBREAK_PUBLIC_URL to the address under which readers reach this server.",
        )
        return
    kind = reach(public_url)
    if kind is Reach.PLAIN:
        yield problem(
            "address",
            f"{public_url} is not https: mail programs may refuse images.",
            "Put a proxy with a certificate in front, and begin the address with https.",
        )
    elif kind is not Reach.PUBLIC:
        who = "this machine" if kind is Reach.LOOPBACK else "this network"
        yield warning("address", f"Only {who} reaches {public_url}.")


def judge_name(resolved: Resolved) -> Iterator[Finding]:
    if resolved.addresses:
        yield ok("name", f"{resolved.host} is {listed(resolved.addresses)}.")
    elif resolved.is_temporary:
        yield not_checked("name", f"No name server answers for {resolved.host}: {resolved.error}.")
    else:
        yield problem(
            "name",
            f"{resolved.host} does not exist: {resolved.error}.",
            "Add an A record with the server's public address where you bought the domain.",
        )


def judge_looks(
    public_url: str, looks: Sequence[Look], local: Answer, *, is_shared: bool, gmail_came: bool
) -> Iterator[Finding]:
    """`is_shared`: several servers may use one database. `gmail_came`: which proves more."""
    right = [look for look in looks if _is_right(look, local, is_shared=is_shared)]
    if right:
        ways = [look.family for look in right]
        days = min((d for look in right if (d := look.certificate_days) is not None), default=None)
        good = "" if days is None else f"; certificate good for {count(int(days), 'day')}"
        found = f"This server reaches itself at {public_url} ({listed(ways)}{good})."
        yield ok("address", found if gmail_came else found + NOBODY_YET)
        yield from _certificate(days)
    for look in looks:
        if look not in right:
            yield _wrong(public_url, look)


def _is_right(look: Look, local: Answer, *, is_shared: bool) -> bool:
    """A server with the right keys that is not the one beside us has another database."""
    if not isinstance(look.answer, Seen):
        return False
    return is_shared or not isinstance(local, Seen) or look.answer.instance == local.instance


def _certificate(days: float | None) -> Iterator[Finding]:
    if days is not None and days < CERTIFICATE_DAYS:
        yield warning(
            "certificate",
            f"The certificate ends in {count(int(days), 'day')}.",
            "Look why it is not renewed: readers will see nothing and links will warn.",
        )


def _wrong(public_url: str, look: Look) -> Finding:
    match look.answer:
        case Seen():
            return problem(
                "address",
                f"{public_url} leads to {look.address}, where another server with the same keys"
                " answers. Hits go to its database.",
                "If it is an old one that moved here, stop it or change the name's address.",
            )
        case Stale():
            return problem(
                "clock",
                f"{public_url} leads to a server with these keys whose clock differs from this"
                " one's by more than a minute.",
            )
        case Stranger():
            return _stranger(public_url, look.address, look.answer)
        case Failed():
            return _failed(public_url, look, look.answer)


def _stranger(public_url: str, address: str, found: Stranger) -> Finding:
    leads = f"{public_url} leads to {address}"
    if found.status in PROXY_ERRORS:
        return problem(
            "address",
            f"{leads}, where a proxy answers {found.status}: it does not reach this server.",
            "Compare the address in the proxy's configuration with --host and --port.",
        )
    if found.location:
        return problem(
            "address",
            f"{leads}, which redirects to {found.location}.",
            "Set SEALBREAK_PUBLIC_URL to the address without a redirect.",
        )
    if found.is_sealbreak:
        return problem(
            "address",
            f"{leads}, where a Sealbreak server with other keys answers. Opens will not be seen.",
            "Restart it if its keys were changed; else it is another one.",
        )
    what = f"a page by {found.what}" if found.what else f"status {found.status}"
    return problem(
        "address",
        f"{leads}, where another program answers ({what}). Opens will not be seen.",
        "If that is your router, this machine cannot look from inside: try a phone.",
    )


def _failed(public_url: str, look: Look, failed: Failed) -> Finding:
    detail = f": {failed.detail}" if failed.detail else ""
    where = f"{public_url} leads to {look.address}, and {failed.failure.value}{detail}."
    if failed.failure is Failure.CERTIFICATE:
        advice = "Renew it. Readers' programs refuse the image, and links warn."
        return problem("certificate", where, advice)
    if failed.failure is Failure.NOT_TLS:
        return problem("address", where, "Let the proxy listen with a certificate on that port.")
    if failed.failure is Failure.NO_ROUTE and look.family == "IPv6":
        return not_checked("address", f"This machine has no IPv6 to look at {look.address}.")
    if look.is_own or failed.failure is Failure.BROKEN:
        return problem("address", where, "Start the proxy, and look in its log.")
    return not_checked("address", UNKNOWN.format(url=public_url), f"Tried: {where}")
