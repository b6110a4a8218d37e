from sealbreak_server.model.message import Link, Message, Recipient

ANN = Recipient("ann@example.com", "Ann", "to", 1)
BEN = Recipient("ben@example.org", None, "cc", 0)
OFFER = Link(2, "https://example.com/offer")
MESSAGE = Message("a" * 16, 1, "b" * 8, "Offer", "full", 0.0, (ANN, BEN), (OFFER,))


def test_the_readers_of_a_copy_are_the_people_who_got_it() -> None:
    assert [MESSAGE.readers(copy) for copy in (0, 1, 2)] == [(BEN,), (ANN,), ()]


def test_a_link_is_found_by_its_number() -> None:
    assert (MESSAGE.link(2), MESSAGE.link(1), MESSAGE.link(None)) == (OFFER, None, None)
