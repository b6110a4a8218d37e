"""A test mail to oneself, and what has asked for its picture."""

from dataclasses import dataclass
from enum import StrEnum


class Visitor(StrEnum):
    """By what the request says, and by the network that it comes from."""

    GMAIL = "gmail"
    """It says that it is Gmail's image proxy, and comes from Google's network."""
    CLAIMS_GMAIL = "claims-gmail"
    """It says so, and comes from elsewhere."""
    GOOGLE = "google"
    """It comes from Google's network, and does not say that it is the image proxy."""
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class SelfTestVisit:
    time: float
    address: str
    visitor: Visitor
    host: str = ""
    """The name that was asked, as the request says."""


@dataclass(frozen=True, slots=True)
class SelfTest:
    nonce: str
    public_url: str
    """The picture's address begins with it."""
    made_at: float
    expires_at: float
    gmail: SelfTestVisit | None = None
    """The first visit of Gmail."""
    other: SelfTestVisit | None = None
    """The newest visit of the picture by anybody else."""
    device: SelfTestVisit | None = None
    """The newest visit of the page that a phone or another browser opens."""

    @property
    def subject(self) -> str:
        """The extension recognises the mail by it, and adds the picture at Send."""
        return f"Sealbreak test {self.nonce}"

    @property
    def pixel(self) -> str:
        return f"{self.public_url}/o/check/{self.nonce}.gif"

    @property
    def page(self) -> str:
        return f"{self.public_url}/check/{self.nonce}"
