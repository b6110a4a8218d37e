"""The page for recipients."""

import httpx2
from support.server.process import Sender, Server, csrf_token_of


def test_a_recipient_sees_who_tracks_and_can_stop_it(server: Server, sender: Sender) -> None:
    page = server.url + sender.mail().page()
    assert sender.paired["account"]["name"] in httpx2.get(page).text
    assert "Stopped." in httpx2.post(page).text
    assert "Stopped." in httpx2.get(page).text


def test_a_recipient_reads_the_name_and_the_contact_from_the_settings(
    server: Server, sender: Sender
) -> None:
    page = server.url + sender.mail().page()
    with httpx2.Client(base_url=server.url, follow_redirects=True) as browser:
        settings = sender.sign_in(browser, "/history/settings").text
        form = {"name": "Ann <Example>", "contact": "ann@example.com"}
        saved = browser.post(
            "/history/settings/owner",
            data={**form, "csrf_token": csrf_token_of(settings)},
            headers={"Origin": server.url},
        )
        assert "Ann &lt;Example&gt;" in saved.text
        no_name = {"name": " ", "contact": "", "csrf_token": csrf_token_of(settings)}
        refused = browser.post(
            "/history/settings/owner", data=no_name, headers={"Origin": server.url}
        )
        assert (refused.status_code, "Enter your name." in refused.text) == (400, True)
    shown = httpx2.get(page).text
    assert "Ann &lt;Example&gt; wants to know" in shown
    assert "ann@example.com" in shown


def test_a_forged_recipients_page_is_not_found(server: Server, sender: Sender) -> None:
    mail = sender.mail()
    forged = mail.page()[:-1] + ("a" if mail.page()[-1] != "a" else "b")
    assert httpx2.get(server.url + forged).status_code == 404
    assert httpx2.post(server.url + forged).status_code == 404
