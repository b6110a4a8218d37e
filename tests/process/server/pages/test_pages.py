import httpx2
from support.server.process import Sender, Server


def test_history_needs_a_session(server: Server, sender: Sender) -> None:
    mail = sender.mail()
    for path in ("/history", f"/history/{mail.id}"):
        answer = httpx2.get(server.url + path)
        assert answer.status_code == 401
        assert "Offer 12" not in answer.text
