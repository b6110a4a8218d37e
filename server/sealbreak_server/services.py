"""What the handlers and background tasks of a running server share."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from sealbreak_server.classification.classifier import Classifier
from sealbreak_server.events.feed import Feed
from sealbreak_server.ingest.intake import Intake
from sealbreak_server.model.context import Classify
from sealbreak_server.security.tokens import Keyring
from sealbreak_server.settings import Settings
from sealbreak_server.storage import Storage


@dataclass(frozen=True, slots=True)
class Counts:
    """What this process has counted since its start."""

    beacons: Counter[tuple[str, bool]] = field(default_factory=Counter)
    """Requests by kind of beacon, and by whether their address is one that this server made."""
    webhook_posts: Counter[bool] = field(default_factory=Counter)
    """By whether they were delivered."""


@dataclass(frozen=True, slots=True)
class Services:
    settings: Settings
    keyring: Keyring
    storage: Storage
    classifier: Classifier
    feed: Feed
    intake: Intake
    clock: Callable[[], float]
    counts: Counts = field(default_factory=Counts)

    @property
    def classify(self) -> Classify:
        return self.classifier.classify
