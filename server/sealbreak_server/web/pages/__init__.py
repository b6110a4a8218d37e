"""The pages for people: history for the account, and what a recipient may know and stop."""

from sealbreak_server.parts import Parts
from sealbreak_server.web.callers import Callers
from sealbreak_server.web.pages.digest import Digest
from sealbreak_server.web.pages.events import Events
from sealbreak_server.web.pages.export import Export
from sealbreak_server.web.pages.frame import Frame
from sealbreak_server.web.pages.messages import Messages
from sealbreak_server.web.pages.overview import Overview
from sealbreak_server.web.pages.people import People
from sealbreak_server.web.pages.recipient import RecipientsPage
from sealbreak_server.web.pages.record import RecordPage
from sealbreak_server.web.pages.settings import SettingsPage
from sealbreak_server.web.pages.sign_in import SignIn


class Pages:
    def __init__(self, parts: Parts, callers: Callers) -> None:
        frame = Frame(parts, callers)
        self.signed_in = frame.signed_in
        self.sign_in = SignIn(frame)
        self.recipient = RecipientsPage(frame)
        self.messages = Messages(frame)
        self.record = RecordPage(frame)
        self.events = Events(frame)
        self.digest = Digest(frame)
        self.people = People(frame)
        self.overview = Overview(frame)
        self.export = Export(frame)
        self.settings = SettingsPage(frame)
