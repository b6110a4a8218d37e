"""Mail addresses: when two of them mean the same person. The extension has the same rule for its
do-not-track list (tests/contract/people.json)."""

import unicodedata

GMAIL = {"gmail.com", "googlemail.com"}


def person_of(address: str) -> str:
    """The same for all addresses of a person that a mail provider treats alike: letter case, what
    follows a plus sign, dots at Gmail, and a domain in Unicode or in ASCII."""
    local, at, domain = unicodedata.normalize("NFC", address.strip().lower()).rpartition("@")
    if not at:
        return address.strip().lower()
    domain = _ascii(domain.removesuffix("."))
    local = local[:1] + local[1:].partition("+")[0]
    if domain in GMAIL:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"


def _ascii(domain: str) -> str:
    if domain.isascii():
        return domain
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain
