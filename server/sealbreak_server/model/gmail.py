"""Where a mail is in Gmail. Pure."""

import re
from urllib.parse import quote

_NUMBER = re.compile("[0-9a-f]{1,16}")


def is_thread(number: str | None) -> bool:
    """Gmail may have given the thread no number yet."""
    return _NUMBER.fullmatch(number or "") is not None


def gmail_page(thread: str | None, account: str | None) -> str:
    """Its address, in the account that sent the mail. Empty when the thread has no number."""
    if not is_thread(thread):
        return ""
    chosen = f"?authuser={quote(account, safe='')}" if account else ""
    return f"https://mail.google.com/mail/u/{chosen}#all/{thread}"
