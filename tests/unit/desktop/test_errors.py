from sealbreak_desktop.errors import NotPairedError, SealbreakError, SignedOutError


def test_an_error_reads_as_title_message_and_advice() -> None:
    assert str(SealbreakError("Title", "Message.", "Advice.")) == "Title\nMessage.\nAdvice."


def test_an_empty_part_of_an_error_leaves_no_gap() -> None:
    assert str(SealbreakError("Title", advice="Advice.")) == "Title\nAdvice."


def test_an_error_without_a_pairing_says_how_to_pair() -> None:
    for error in (NotPairedError(), SignedOutError()):
        assert "sealbreak pair ADDRESS CODE" in error.advice
