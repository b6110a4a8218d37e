"""The pages for people: history for the account, and what a recipient may know and stop."""

from sealbreak_server.services import Services
from sealbreak_server.web.auth import Authenticator
from sealbreak_server.web.pages.base import PageRenderer
from sealbreak_server.web.pages.digest import Digest
from sealbreak_server.web.pages.events import Events
from sealbreak_server.web.pages.export import Export
from sealbreak_server.web.pages.messages import Messages
from sealbreak_server.web.pages.overview import Overview
from sealbreak_server.web.pages.people import People
from sealbreak_server.web.pages.recipient import RecipientsPage
from sealbreak_server.web.pages.record import RecordPage
from sealbreak_server.web.pages.settings import SettingsPage
from sealbreak_server.web.pages.sign_in import SignIn


class Pages:
    def __init__(self, services: Services, authenticator: Authenticator) -> None:
        renderer = PageRenderer(services, authenticator)
        self.signed_in = renderer.signed_in
        self.sign_in = SignIn(renderer)
        self.recipient = RecipientsPage(renderer)
        self.messages = Messages(renderer)
        self.record = RecordPage(renderer)
        self.events = Events(renderer)
        self.digest = Digest(renderer)
        self.people = People(renderer)
        self.overview = Overview(renderer)
        self.export = Export(renderer)
        self.settings = SettingsPage(renderer)
