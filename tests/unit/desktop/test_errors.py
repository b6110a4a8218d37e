from sealbreak_desktop.errors import NotPairedError, SealbreakError, SignedOutError


def test_an_error_reads_as_title_message_and_advice() -> None:
    assert str(SealbreakError("Title", "Message.", "Advice.")) == "Title\nMessage.\nAdvice."


def test_what_is_not_known_leaves_no_gap() -> None:
    assert str(SealbreakError("Title", advice="Advice.")) == "Title\nAdvice."


def test_who_is_not_signed_in_learns_how_to() -> None:
    for error in (NotPairedError(), SignedOutError()):
        assert "sealbreak pair ADDRESS CODE" in error.advice
