from sealbreak_server.events.reminders import Reminder, reminder
from sealbreak_server.model.message import Recipient
from sealbreak_server.model.preferences import DAY

BEN = Recipient("Ben@example.com", "Ben", "to", 0)
CLEO = Recipient("cleo@gmail.com", None, "cc", 0)
ANN = Recipient("ann@example.com", "Ann", "to", 0)


def of(*readers: Recipient, seen: dict[str, str] | None = None, days: float = 3) -> Reminder | None:
    return reminder(readers, (seen or {}).get, 0.0, days * DAY)


def test_an_address_whose_opens_may_never_show_is_not_reminded_of() -> None:
    assert of(BEN) is None


def test_a_reminder_is_based_on_earlier_opens() -> None:
    found = of(BEN, seen={"ben@example.com": "gmail-proxy"})
    assert found is not None
    assert found.words == (
        "Not opened for 3 days: earlier mails to this address were opened in Gmail"
    )
    assert found.evidence == ("Earlier mails to Ben@example.com were opened in Gmail",)


def test_a_program_that_loaded_images_before_is_not_named() -> None:
    found = of(BEN, seen={"ben@example.com": "direct"})
    assert found is not None
    assert found.words == "Not opened for 3 days: earlier mails to this address were opened"


def test_a_provider_that_loads_images_is_enough() -> None:
    found = of(CLEO, days=1.5)
    assert found is not None
    assert found.words == (
        "Not opened for 1 day: Gmail, which serves this address, shows images by default"
    )


def test_a_late_reminder_counts_the_days_that_really_passed() -> None:
    found = of(CLEO, days=5.9)
    assert found is not None
    assert found.days == 5


def test_a_reader_whose_opens_show_is_named_among_several() -> None:
    found = of(ANN, BEN, CLEO, seen={"ben@example.com": "gmail-proxy"})
    assert found is not None
    assert found.words.startswith("Not opened by any of 3 for 3 days: earlier mails to Ben@")
    assert len(found.evidence) == 2


def test_without_readers_there_is_no_reminder() -> None:
    assert of() is None


def test_the_provider_is_that_of_the_last_at_sign() -> None:
    quoted = Recipient('"cleo@home"@gmail.com', None, "to", 0)
    assert of(quoted) is not None
