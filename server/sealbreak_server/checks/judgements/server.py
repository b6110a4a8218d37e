"""What answers at the address on which this server listens. Pure."""

from collections.abc import Iterator

from sealbreak_server.checks.finding import Finding, not_checked, ok, problem, warning
from sealbreak_server.checks.judgements.answers import Answer, Seen, Stale, Stranger

SAME_SETTINGS = "give doctor the settings of `serve`."


def judge_server(url: str, answer: Answer, public_url: str) -> Iterator[Finding]:
    """`public_url`: as doctor was told, or empty."""
    if isinstance(answer, Seen) and public_url not in ("", answer.public_url):
        yield warning(  # doctor may look at an address before the server moves there
            "server",
            f"The server at {url} puts {answer.public_url} into mails, and not {public_url}.",
            f"Restart it with the right address; else {SAME_SETTINGS}",
        )
    elif isinstance(answer, Seen | Stale):
        yield ok("server", f"It answers at {url}.")
    elif isinstance(answer, Stranger) and answer.is_sealbreak:
        yield problem(
            "server",
            f"The Sealbreak server at {url} has other keys than this data folder.",
            f"Restart it if the keys were changed; else {SAME_SETTINGS}",
        )
    else:
        what = "Another program" if isinstance(answer, Stranger) else "No server"
        yield not_checked(
            "server", f"{what} answers at {url}.", f"Start the server, and {SAME_SETTINGS}"
        )
