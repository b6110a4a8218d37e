"""Secrets of devices and people, and the hashes that stand for them in the database."""

import hashlib
import hmac
import re
import secrets

CODE_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without I and O, 0 and 1, which people confuse."""
CODE_LENGTH = 8


def new_secret() -> str:
    return secrets.token_urlsafe(32)


def hash_secret(secret: str) -> str:
    """Without salt: the secrets are random and long, and are looked up by this."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def csrf_token_for(session: str) -> str:
    """What a form of our own page carries: another site can neither read nor make it."""
    return hmac.new(session.encode("utf-8", "surrogatepass"), b"form", "sha256").hexdigest()


def new_code() -> str:
    code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
    return f"{code[:4]}-{code[4:]}"


def hash_code(code: str) -> str:
    """Upper or lower case, with or without the dash: people type codes."""
    return hash_secret(re.sub(r"[\s-]", "", code).upper())
