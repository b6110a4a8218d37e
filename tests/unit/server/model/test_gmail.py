import pytest
from sealbreak_server.model.gmail import gmail_page


@pytest.mark.parametrize(
    ("thread", "account", "page"),
    [
        ("18f2a", "ann+b@example.com", "?authuser=ann%2Bb%40example.com#all/18f2a"),
        ("18f2a", None, "#all/18f2a"),
        ("18f2a", "x#all/1&y=", "?authuser=x%23all%2F1%26y%3D#all/18f2a"),
    ],
)
def test_a_mail_is_opened_in_the_account_that_sent_it(
    thread: str, account: str | None, page: str
) -> None:
    assert gmail_page(thread, account) == f"https://mail.google.com/mail/u/{page}"


@pytest.mark.parametrize("thread", [None, "", "thread-a:r-1", "18f2a\n", "18F2A", "1" * 17])
def test_a_thread_without_a_number_of_gmail_has_no_page(thread: str | None) -> None:
    assert gmail_page(thread, "ann@example.com") == ""
