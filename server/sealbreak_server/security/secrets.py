"""Secrets of devices and people, and the hashes that the database stores in their place."""

import hashlib
import hmac
import re
import secrets

CODE_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""I, O, 0 and 1 are left out because people confuse them."""
CODE_LENGTH = 8


def new_secret() -> str:
    return secrets.token_urlsafe(32)


def hash_secret(secret: str) -> str:
    """Unsalted: the secrets are long and random, and rows are found by this hash."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def csrf_token_for(session: str) -> str:
    """The token in the forms of our own pages. Another site can neither read nor make it."""
    return hmac.new(session.encode("utf-8", "surrogatepass"), b"form", "sha256").hexdigest()


def new_code() -> str:
    code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
    return f"{code[:4]}-{code[4:]}"


def hash_code(code: str) -> str:
    """The same for upper and lower case, with or without the dash: people type codes."""
    return hash_secret(re.sub(r"[\s-]", "", code).upper())
