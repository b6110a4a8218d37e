"""HTML pages: the account's history, and the page where a recipient can stop the tracking."""

from sealbreak_server.services import Services
from sealbreak_server.web.auth import Authenticator
from sealbreak_server.web.pages.about import about_page
from sealbreak_server.web.pages.base import PageRenderer
from sealbreak_server.web.pages.history.digest import Digest
from sealbreak_server.web.pages.history.events import Events
from sealbreak_server.web.pages.history.export import Export
from sealbreak_server.web.pages.history.first_steps import FirstStepsPage
from sealbreak_server.web.pages.history.messages import Messages
from sealbreak_server.web.pages.history.overview import Overview
from sealbreak_server.web.pages.history.people import People
from sealbreak_server.web.pages.history.record import RecordPage
from sealbreak_server.web.pages.history.settings import SettingsPage
from sealbreak_server.web.pages.recipient import RecipientPage
from sealbreak_server.web.pages.sign_in import SignIn


class Pages:
    def __init__(self, services: Services, authenticator: Authenticator) -> None:
        renderer = PageRenderer(services, authenticator)
        self.signed_in = renderer.signed_in
        self.about = about_page(renderer)
        self.sign_in = SignIn(renderer)
        self.recipient = RecipientPage(renderer)
        self.messages = Messages(renderer)
        self.record = RecordPage(renderer)
        self.events = Events(renderer)
        self.digest = Digest(renderer)
        self.people = People(renderer)
        self.overview = Overview(renderer)
        self.export = Export(renderer)
        self.settings = SettingsPage(renderer)
        self.first_steps = FirstStepsPage(renderer)
