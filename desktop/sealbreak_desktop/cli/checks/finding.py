"""What one check has found."""

from dataclasses import dataclass
from enum import Enum

from sealbreak_desktop.errors import SealbreakError

INDENT = 26
"""Columns before the text of a finding."""


class Status(Enum):
    OK = "ok"
    WARNING = "warning"
    """It works, and something may be wrong."""
    PROBLEM = "problem"
    NOT_CHECKED = "not checked"


@dataclass(frozen=True, slots=True)
class Finding:
    topic: str
    status: Status
    summary: str
    advice: str = ""

    def __str__(self) -> str:
        advice = f"\n{'':<{INDENT}}-> {self.advice}" if self.advice else ""
        return f"{self.status.value:<12} {self.topic:<13}{self.summary}{advice}"


def ok(topic: str, summary: str) -> Finding:
    return Finding(topic, Status.OK, summary)


def problem(topic: str, summary: str, advice: str = "") -> Finding:
    return Finding(topic, Status.PROBLEM, summary, advice)


def problem_of(topic: str, error: SealbreakError) -> Finding:
    words = filter(None, (error.title, error.message))
    return problem(topic, ". ".join(one.rstrip(".") for one in words), error.advice)


def not_checked(topic: str, why: str) -> Finding:
    return Finding(topic, Status.NOT_CHECKED, why)
