"""Asks before a command changes what cannot be changed back."""

import sys


def agrees(question: str) -> bool:
    """False where nobody can answer."""
    if not sys.stdin.isatty():
        return False
    return input(f"\n{question} [y/N] ").strip().lower() in {"y", "yes"}
