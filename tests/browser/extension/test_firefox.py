"""The same extension in Firefox, if it is installed."""

import json
from collections.abc import Iterator

import pytest
from support.desktop.processes import eventually
from support.desktop.server import Server, fetch
from support.gmail.firefox import FIREFOX, HOME, Firefox, FirefoxTab
from support.gmail.mails import Mail
from support.gmail.stand_in import TRACKER, StandIn, Thread, legacy_id

pytestmark = pytest.mark.skipif(FIREFOX is None, reason="Firefox is not installed")
GMAIL = "https://mail.google.com/mail/u/0/?"
PROXY = "ci3.googleusercontent.com"
OTHERS = f"{TRACKER}/o/zzzzzzzz/{'a' * 32}.gif"
RECORD_ALERTS = """(async () => {
    const page = await chrome.runtime.getBackgroundPage();
    const create = page.chrome.notifications.create;
    page.alerts = [];
    page.chrome.notifications.create = (key, alert) => {
        page.alerts.push([key, alert.title]);
        return create(key, alert);
    };
})"""
ALERTS = "chrome.runtime.getBackgroundPage().then((page) => page.alerts)"
HTML = '<p>See <a href="https://example.com/a">this</a></p>'


@pytest.fixture(scope="module")
def firefox(
    gmail: StandIn, tracker: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Firefox]:
    with Firefox(gmail, tmp_path_factory.mktemp("firefox")) as running:
        running.pair(tracker.address, tracker.pairing_code())
        yield running


@pytest.fixture
def tab(firefox: Firefox, gmail: StandIn) -> Iterator[FirefoxTab]:
    gmail.forget()
    opened = firefox.open(GMAIL)
    opened.until("document.body && document.body.dataset.ready")
    yield opened
    opened.close()


def write(tab: FirefoxTab, state: str | None = "tracked") -> None:
    """Waits until the switch shows the state; None for a window without a switch."""
    tab.run(
        f"""(() => {{
            const writing = standIn.compose();
            writing.form.elements.to.value = "ben@example.com";
            writing.form.elements.subjectbox.value = "From Firefox";
            standIn.write(writing.editor, {HTML!r});
        }})()"""
    )
    if state:
        tab.until(f"document.querySelector('[role=switch][data-state={state}]')")


def test_a_mail_is_tracked_and_registered(tab: FirefoxTab, gmail: StandIn, tracker: Server) -> None:
    write(tab)
    tab.run("document.querySelector('.T-I-atl').click()")
    (mail,) = gmail.mails(1)
    assert mail.links[0].startswith(f"{TRACKER}/l/")
    eventually(lambda: subject(tracker, mail.id) == "From Firefox", "the registration")


def subject(tracker: Server, message: str) -> str | None:
    known = tracker.call("GET", "messages")["messages"]
    return next((str(one["subject"]) for one in known if one["id"] == message), None)


def test_a_mail_that_is_switched_off_is_sent_unchanged(tab: FirefoxTab, gmail: StandIn) -> None:
    write(tab)
    tab.click("[role=switch]")
    tab.until("document.querySelector('[role=switch][data-state=off]')")
    tab.run("document.querySelector('.T-I-atl').click()")
    assert gmail.mails(1)[0].own == f'<div dir="ltr">{HTML}</div>'


def test_the_own_pixel_is_never_loaded_in_any_way(
    tab: FirefoxTab, gmail: StandIn, tracker: Server
) -> None:
    own = tracker.message().pixel.replace(tracker.address, TRACKER)
    ways = tab.run("standIn.ways")
    for number, way in enumerate(ways):
        proxied_own = f"https://{PROXY}/meips/own-{number}#{own}"
        seen = f"https://{PROXY}/meips/seen-{number}#{OTHERS}"
        for url in (proxied_own, own, seen):
            tab.run(f"void standIn.load({way!r}, {url!r})")
    eventually(lambda: len(paths(gmail, "/meips/seen-")) == len(ways), "every other image")
    assert paths(gmail, "/meips/own-") == set()
    assert gmail.requests(TRACKER.removeprefix("https://")) == []


def test_an_own_click_carries_the_senders_mark(
    firefox: Firefox, gmail: StandIn, tracker: Server
) -> None:
    gmail.forget()
    message = tracker.message()
    link = message.link(1, "https://example.com/a").replace(tracker.address, TRACKER)
    page = firefox.open(link)
    host = TRACKER.removeprefix("https://")
    (asked,) = eventually(lambda: gmail.requests(host, "/l/"), "the click")
    assert len(asked.headers["x-sealbreak-sender"]) == 22
    page.close()


def paths(gmail: StandIn, start: str) -> set[str]:
    return {one.path for one in gmail.requests(PROXY, start)}


def test_the_options_say_that_a_temporary_add_on_ends_with_the_browser(firefox: Firefox) -> None:
    options = firefox.open(f"{HOME}/options.html")
    options.until("document.querySelector('#temporary:not([hidden])')")
    options.close()


def test_an_open_is_told_by_a_notification(firefox: Firefox, tracker: Server) -> None:
    options = firefox.open(f"{HOME}/options.html")
    options.until("!document.getElementById('options-form').disabled")
    options.click("#alerts")
    options.until("document.getElementById('saved').textContent === 'Saved'")
    gmail_tab = firefox.open(GMAIL)  # keeps the event page alive
    options.run(f"{RECORD_ALERTS}()")
    message = tracker.message("Told by Firefox")
    fetch(message.pixel)
    told = [f"{message.id}/0/open", "Your mail to Ann, 'Told by Firefox', was opened"]
    eventually(lambda: options.run(ALERTS) == [told], "the notification", within=60)
    gmail_tab.close()
    options.run("chrome.runtime.sendMessage({ kind: 'settings', request: { alerts: false } })")
    options.close()


def test_a_sent_mail_is_marked_in_the_list(tab: FirefoxTab, gmail: StandIn) -> None:
    write(tab)
    tab.run("document.querySelector('.T-I-atl').click()")
    thread = legacy_id(gmail.mails(1)[0].draft, "70")
    row = {"people": "To: Ben", "subject": "From Firefox", "thread": thread}
    tab.run(f"standIn.showList([{row!r}])")
    tab.until("document.querySelector('tr.zA .sealbreak-mark [data-progress=sent]')")


def test_after_an_update_an_open_tab_keeps_tracking_with_one_switch_and_one_registration(
    tab: FirefoxTab, firefox: Firefox, gmail: StandIn, tracker: Server
) -> None:
    write(tab)
    tab.run("document.querySelector('[role=switch]').dataset.old = true")
    firefox.install()
    tab.until("document.querySelector('[role=switch][data-state=tracked]:not([data-old])')")
    tab.until("document.querySelectorAll('[role=switch]').length === 1")
    tab.run("document.querySelector('.T-I-atl').click()")
    (mail,) = gmail.mails(1)
    eventually(lambda: subject(tracker, mail.id) == "From Firefox", "the registration")


def test_a_mail_sent_in_another_way_than_its_switch_showed_causes_a_notice(
    firefox: Firefox, gmail: StandIn
) -> None:
    gmail.forget()
    tab = firefox.open(f"{GMAIL}locked=1")
    tab.until("document.body && document.body.dataset.ready")
    write(tab)
    tab.run("document.querySelector('.T-I-atl').click()")
    assert "/o/" not in gmail.mails(1)[0].html
    tab.until("document.querySelector('.sealbreak-notice')?.textContent.includes('confidential')")
    tab.close()


def said(firefox: Firefox, kind: str, request: object = None) -> None:
    """Says something to the background, as the extension's own pages do."""
    page = firefox.open(f"{HOME}/options.html")
    page.until("typeof chrome !== 'undefined' && chrome.runtime?.id && document.body")
    message = json.dumps({"kind": kind, "request": request})
    page.run(f"chrome.runtime.sendMessage({message})")
    page.close()


CLICK = "document.querySelector('.T-I-atl').click()"
KEYS = """document.querySelector('[g_editable]').dispatchEvent(
    new KeyboardEvent('keydown', { key: 'Enter', ctrlKey: true, bubbles: true }))"""
SCHEDULE = "document.querySelector('.oh').click(), document.querySelector('#pick').click()"
LISTED = "cleo@example.org"
CHANGES = {
    "a renamed draft input": ("renamed=1", None, CLICK, 1, "No switch was shown"),
    "an id that comes late": ("lateid=60000", "waiting", CLICK, 1, "Tracked (opens and links)."),
    "suggestions": (f"shown=chips&suggested={LISTED}", "tracked", CLICK, 1, None),
    "a copy to a listed person": (f"added={LISTED}", "tracked", CLICK, 0, "do-not-track list"),
    "a body as Blob": ("body=blob", "tracked", CLICK, 0, "may have changed"),
    "a body as bytes": ("body=bytes", "tracked", CLICK, 0, "may have changed"),
    "a moved endpoint": ("elsewhere=1", "tracked", CLICK, 0, "may have changed"),
    "keys, unseen": ("beacon=1", "tracked", KEYS, 0, "could not see"),
    "a menu, unseen": ("beacon=1&pick=1", "tracked", SCHEDULE, 0, "could not see"),
}
"""Query, what the switch says, how it is sent, pixels, and what the user is told."""


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_in_a_changed_gmail_switch_outcome_and_notice_agree(
    firefox: Firefox, gmail: StandIn, change: tuple[str, str | None, str, int, str | None]
) -> None:
    query, state, send, pixels, told = change
    gmail.forget()
    said(firefox, "edit-list", {"list": "doNotTrack", "add": [LISTED], "remove": []})
    tab = firefox.open(f"{GMAIL}{query}")
    tab.until("document.body && document.body.dataset.ready")
    write(tab, state)
    tab.run(f"void ({send})")
    assert len(gmail.mails(1)[0].pixels) == pixels
    notices = "[...document.querySelectorAll('.sealbreak-notice')].map((one) => one.textContent)"
    if told is None:
        tab.until("document.body.dataset.sent")
        assert tab.run(notices) == []
    else:
        tab.until(f"({notices})[0]?.includes({told!r})")
    tab.close()
    said(firefox, "edit-list", {"list": "doNotTrack", "add": [], "remove": [LISTED]})
    said(firefox, "dismiss-warning")


def test_a_mail_that_is_not_seen_is_noticed_and_the_next_switch_is_unsure(
    firefox: Firefox, gmail: StandIn
) -> None:
    gmail.forget()
    tab = firefox.open(f"{GMAIL}beacon=1")
    tab.until("document.body && document.body.dataset.ready")
    write(tab)
    tab.run("document.querySelector('.T-I-atl').click()")
    tab.until("document.querySelector('.sealbreak-notice')?.textContent.includes('could not see')")
    assert "/o/" not in gmail.mails(1)[0].html
    tab.run("void standIn.compose()")
    tab.until("document.querySelector('[role=switch][data-state=unsure]')")
    tab.close()


def test_a_send_that_is_understood_ends_the_doubt(tab: FirefoxTab, gmail: StandIn) -> None:
    tab.run(
        """(() => {
            const writing = standIn.compose();
            writing.form.elements.to.value = "ben@example.com";
            standIn.write(writing.editor, "<p>Seen</p>");
        })()"""
    )
    tab.until("document.querySelector('[role=switch][data-state=unsure]')")
    tab.run("document.querySelector('.T-I-atl').click()")
    assert len(gmail.mails(1)[0].pixels) == 1
    write(tab)


def sent_mail(tab: FirefoxTab, gmail: StandIn) -> Mail:
    write(tab)
    tab.run("document.querySelector('.T-I-atl').click()")
    return gmail.mails(1)[0]


def test_an_id_that_is_none_hides_no_mark_in_any_number_of_rows(
    tab: FirefoxTab, gmail: StandIn
) -> None:
    thread = legacy_id(sent_mail(tab, gmail).draft, "70")
    rows = [{"people": "Cleo", "subject": "Other", "thread": f"18ab{n:012x}"} for n in range(600)]
    rows[0]["thread"] = "undefined"
    rows.append({"people": "To: Ben", "subject": "From Firefox", "thread": thread})
    tab.run(f"standIn.showList({rows!r})")
    tab.until("document.querySelectorAll('.sealbreak-mark').length === 1")


def test_beside_a_vertical_pane_a_mail_has_a_mark_and_a_panel(
    tab: FirefoxTab, gmail: StandIn
) -> None:
    """Gmail may show a reply that was just sent under the former id of its draft."""
    mail = sent_mail(tab, gmail)
    thread = legacy_id(mail.draft, "70")
    gmail.threads["sent"] = Thread(mail.draft, "thread-f:1", "<p>Hi</p>", "18ff000000000001")
    row = {"people": "To: Ben", "subject": "From Firefox", "thread": thread}
    tab.run(f"void standIn.showSplit([{row!r}], {{ open: 'sent', vertical: true }})")
    tab.until("document.querySelector('tr.apv > td.apy > .sealbreak-mark')")
    tab.until("document.querySelector('.ii.gt + .sealbreak-panel')")


@pytest.mark.parametrize("change", ["latebar=1000", "latesend=1000"])
def test_a_late_toolbar_gets_one_switch_beside_send(
    firefox: Firefox, gmail: StandIn, change: str
) -> None:
    gmail.forget()
    tab = firefox.open(f"{GMAIL}{change}")
    tab.until("document.body && document.body.dataset.ready")
    write(tab)
    tab.until("document.querySelector('.btC > .Up + .sealbreak-cell [role=switch]')")
    assert tab.run("document.querySelectorAll('.sealbreak-cell').length") == 1
    tab.run("standIn.composes[0].drawToolbar()")
    tab.until("document.querySelector('.btC > .Up + .sealbreak-cell [role=switch]')")
    tab.run("document.querySelector('.T-I-atl').click()")
    assert len(gmail.mails(1)[0].pixels) == 1
    tab.close()


def test_ids_of_a_later_answer_reach_the_server(
    firefox: Firefox, gmail: StandIn, tracker: Server
) -> None:
    gmail.forget()
    tab = firefox.open(f"{GMAIL}noids=1")
    tab.until("document.body && document.body.dataset.ready")
    mail = sent_mail(tab, gmail)
    eventually(lambda: subject(tracker, mail.id) == "From Firefox", "the registration")
    tab.run(f"standIn.refetch({mail.draft!r})")
    thread = legacy_id(mail.draft, "70")
    path = f"messages/{mail.id}"
    eventually(lambda: tracker.call("GET", path)["gmail_thread_id"] == thread, "the ids")
    tab.close()


def test_events_of_an_erased_mail_leave_the_popup(firefox: Firefox, tracker: Server) -> None:
    message = tracker.message("Erased for Firefox")
    fetch(message.pixel)
    eventually(lambda: message.subject in listed(firefox), "the event")
    tracker.run("erase", "--yes", "--message", message.id)
    eventually(lambda: message.subject not in listed(firefox), "its end")


def listed(firefox: Firefox) -> str:
    """What the popup shows of events when it is opened."""
    popup = firefox.open(f"{HOME}/popup.html")
    popup.until("document.querySelector('#latest:not([hidden])')")
    popup.until("document.querySelectorAll('#events li').length || !empty.hidden")
    text = str(popup.run("document.getElementById('events').textContent"))
    popup.close()
    return text
