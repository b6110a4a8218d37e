"""What the handlers and background tasks of a running server share."""

from collections.abc import Callable
from dataclasses import dataclass

from sealbreak_server.classification.classifier import Classifier
from sealbreak_server.events.feed import Feed
from sealbreak_server.ingest.intake import Intake
from sealbreak_server.model.context import Classify
from sealbreak_server.security.tokens import Keyring
from sealbreak_server.settings import Settings
from sealbreak_server.storage import Storage


@dataclass(frozen=True, slots=True)
class Services:
    settings: Settings
    keyring: Keyring
    storage: Storage
    classifier: Classifier
    feed: Feed
    intake: Intake
    clock: Callable[[], float]

    @property
    def classify(self) -> Classify:
        return self.classifier.classify
