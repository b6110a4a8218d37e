import httpx2
from support.server.process import Server


def test_it_says_what_the_server_is_and_nothing_about_its_owner(server: Server) -> None:
    answer = httpx2.get(f"{server.url}/")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "no-store" in answer.headers["cache-control"]
    for words in ("This is a Sealbreak server", "You got such a mail", "You use this server"):
        assert words in answer.text
    assert "<script" not in answer.text
