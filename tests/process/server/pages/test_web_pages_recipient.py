"""The page for recipients."""

import httpx2
from support.server.process import Sender, Server


def test_a_recipient_sees_who_tracks_and_can_stop_it(server: Server, sender: Sender) -> None:
    page = server.url + sender.mail().page()
    assert sender.paired["account"]["name"] in httpx2.get(page).text
    assert "Stopped." in httpx2.post(page).text
    assert "Stopped." in httpx2.get(page).text


def test_a_forged_recipients_page_is_not_found(server: Server, sender: Sender) -> None:
    mail = sender.mail()
    forged = mail.page()[:-1] + ("a" if mail.page()[-1] != "a" else "b")
    assert httpx2.get(server.url + forged).status_code == 404
    assert httpx2.post(server.url + forged).status_code == 404
