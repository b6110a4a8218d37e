"""What one check has found, in words that doctor and pages share."""

from dataclasses import dataclass
from enum import Enum


class Status(Enum):
    OK = "ok"
    """It was checked just now."""
    WARNING = "warning"
    """It works, and something will be wrong or lost."""
    PROBLEM = "problem"
    NOT_CHECKED = "not checked"
    """It could not be looked at from here: nothing is proven either way."""


@dataclass(frozen=True, slots=True)
class Finding:
    topic: str
    status: Status
    summary: str
    advice: str = ""
    """What to do about it."""


def ok(topic: str, summary: str) -> Finding:
    return Finding(topic, Status.OK, summary)


def warning(topic: str, summary: str, advice: str = "") -> Finding:
    return Finding(topic, Status.WARNING, summary, advice)


def problem(topic: str, summary: str, advice: str = "") -> Finding:
    return Finding(topic, Status.PROBLEM, summary, advice)


def not_checked(topic: str, why: str, advice: str = "") -> Finding:
    return Finding(topic, Status.NOT_CHECKED, why, advice)
