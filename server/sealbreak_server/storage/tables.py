"""The tables. Times are seconds since the epoch."""

from peewee import (
    SQL,
    AutoField,
    BigIntegerField,
    BooleanField,
    CharField,
    CompositeKey,
    DoubleField,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
    fn,
)

from sealbreak_server.storage.engine.database import CurrentDatabase


class Table(Model):
    class Meta:
        database = CurrentDatabase()
        legacy_table_names = False


class Account(Table):
    id = AutoField()
    owner = CharField(8, unique=True)
    name = TextField()
    created_at = DoubleField()
    last_event = IntegerField(default=0)
    """The number of the newest event; raised in the transaction that writes the event."""
    device_changes = IntegerField(default=0)
    """Raised when a device is paired or revoked, or a test mail is visited, so that other processes
    read the devices and show it."""
    preference_changes = IntegerField(default=0)
    """Raised when preferences, a snooze, a mute or what is read changes, to update devices."""
    erasures = IntegerField(default=0)
    """Raised when events are erased, so that devices erase their copies."""
    alerted_by_tray = IntegerField(default=0)
    """The number of the newest event that went to a tray app."""
    alerted_by_browser = IntegerField(default=0)
    """The number of the newest event that a browser was allowed to alert about."""
    contact = TextField(default="")
    """How recipients reach the owner; stands on their page."""


class Device(Table):
    id = CharField(16, primary_key=True)
    account = ForeignKeyField(Account, backref="devices", on_delete="CASCADE")
    name = TextField()
    kind = CharField(16)
    token_hash = CharField(64, unique=True)
    created_at = DoubleField()
    seen_at = DoubleField()
    revoked_at = DoubleField(null=True)
    live_until = DoubleField(default=0)
    """A tray app counts as connected until then, unless it says more."""


class OwnAddress(Table):
    """Recent addresses of the account's own devices."""

    account = ForeignKeyField(Account, on_delete="CASCADE")
    address = TextField()
    seen_at = DoubleField(index=True)

    class Meta:
        primary_key = CompositeKey("account", "address")


class PublicAddress(Table):
    """Where this server was reached: mails that were sent then contain the address."""

    url = TextField(primary_key=True)
    since = DoubleField()
    """When a server with this address started last."""


class Pairing(Table):
    code_hash = CharField(64, primary_key=True)
    account = ForeignKeyField(Account, on_delete="CASCADE")
    expires_at = DoubleField(index=True)


class SignIn(Table):
    device_id: str
    code_hash = CharField(64, primary_key=True)
    device = ForeignKeyField(Device, on_delete="CASCADE")
    path = TextField()
    expires_at = DoubleField(index=True)


class Session(Table):
    token_hash = CharField(64, primary_key=True)
    device = ForeignKeyField(Device, on_delete="CASCADE")
    expires_at = DoubleField(index=True)


class SelfTest(Table):
    """A test mail to oneself, see `model/self_test.py`."""

    account_id: int
    nonce = CharField(32, primary_key=True)
    account = ForeignKeyField(Account, on_delete="CASCADE")
    public_url = TextField()
    made_at = DoubleField()
    expires_at = DoubleField()


class SelfTestVisit(Table):
    """A visit to a test mail: the first by Gmail, or the newest by others or of its page."""

    test = ForeignKeyField(SelfTest, on_delete="CASCADE", index=False)
    kind = CharField(8)
    """`gmail`, `other` or `device`."""
    time = DoubleField()
    address = TextField()
    visitor = CharField(16)
    host = TextField()

    class Meta:
        primary_key = CompositeKey("test", "kind")


class SetUp(Table):
    """What the user told the first steps."""

    account = ForeignKeyField(Account, primary_key=True, on_delete="CASCADE")
    situation = CharField(16, default="")
    told = TextField(default="")
    """Names of `checks.judgements.set_up.Told`, with spaces between them."""


class Message(Table):
    account_id: int
    id = CharField(16, primary_key=True)
    account = ForeignKeyField(Account, backref="messages", on_delete="CASCADE", index=False)
    registered_at = DoubleField()
    sent_at = DoubleField(index=True)
    """By the server's clock."""
    sender_sent_at = DoubleField(null=True)
    """By the sender's clock, to tell a repeated registration from another sending."""
    scheduled_for = DoubleField(null=True)
    subject = TextField()
    people = TextField()
    """Subject and recipients, folded for the search."""
    level = CharField(8)
    draft_id = TextField(null=True)
    thread_id = TextField(null=True)
    gmail_message_id = TextField(null=True)
    gmail_thread_id = TextField(null=True)
    gmail_account = TextField(null=True)
    pixel = BooleanField(default=True)
    withdrawn = BooleanField(default=False)
    """It did not leave: undone, discarded, failed, or its schedule cancelled."""
    opens = IntegerField(default=0)
    clicks = IntegerField(default=0)
    machines = IntegerField(default=0)
    unclear = IntegerField(default=0)
    """Hits by an unknown actor."""
    own = IntegerField(default=0)
    """Hits by the sender."""
    apple = IntegerField(default=0)
    """Loads by Apple's proxy, which hides the readers."""
    first_opened_at = DoubleField(null=True)
    last_event_at = DoubleField(null=True)

    class Meta:
        indexes = (
            (("account", "sent_at", "id"), False),  # and no index of the account alone
            (("account", "opens", "sent_at", "id"), False),
            (("account", "thread_id"), False),
            (("account", "gmail_thread_id"), False),
            (("account", "gmail_account", "sent_at", "id"), False),
        )


ACTIVITY = fn.COALESCE(Message.last_event_at, Message.sent_at)
Message.add_index(Message.account, ACTIVITY, Message.id, name="message_activity")

OPENED = SQL("(opens <> 0 AND NOT withdrawn)")
"""Not a range, so that SQLite does not choose the index of the opens; hence the sums below, too."""
CLICKED = SQL("(clicks > 0 AND NOT withdrawn)")
UNREAD = SQL(
    "(opens + clicks + apple + unclear = 0 AND pixel AND level <> 'off' AND NOT withdrawn)"
)
"""As `model.open_state.is_unopened`. A click implies that the copy was read."""
ONLY_MACHINES = SQL("(opens + clicks + apple + unclear = 0 AND machines > 0 AND NOT withdrawn)")
UNKNOWABLE = SQL("(opens + clicks = 0 AND apple > 0 AND NOT withdrawn)")
UNCLEAR = SQL("(unclear > 0 AND NOT withdrawn)")
OWN = SQL("(own > 0 AND NOT withdrawn)")

_LISTED = {
    "opened": OPENED, "clicked": CLICKED, "unread": UNREAD, "only_machines": ONLY_MACHINES,
    "unknowable": UNKNOWABLE, "unclear": UNCLEAR, "own": OWN,
}  # fmt: skip
for _name, _which in _LISTED.items():
    Message.add_index(
        Message.account, Message.sent_at, Message.id, where=_which, name=f"message_{_name}"
    )


class Recipient(Table):
    message_id: str
    message = ForeignKeyField(Message, backref="recipients", on_delete="CASCADE")
    position = IntegerField()
    address = TextField()
    name = TextField(null=True)
    kind = CharField(3)
    copy_number = IntegerField()
    person = TextField()
    """The address, folded: addresses that differ in case only belong to one person."""
    folded_name = TextField()
    """For the search; empty without a name."""

    class Meta:
        primary_key = CompositeKey("message", "position")
        indexes = ((("person", "message"), False),)


class Link(Table):
    message_id: str
    message = ForeignKeyField(Message, backref="links", on_delete="CASCADE")
    n = IntegerField()
    url = TextField()
    hidden = BooleanField(default=False)

    class Meta:
        primary_key = CompositeKey("message", "n")


class Hit(Table):
    """A hit as it arrived. `message` has no row until its registration arrives."""

    id = BigIntegerField(primary_key=True)
    owner = CharField(8)
    message = CharField(16)
    copy_number = IntegerField()
    kind = CharField(8)
    link = IntegerField(null=True)
    time = DoubleField(index=True)
    method = TextField()
    address = TextField()
    headers = TextField()
    """JSON; deleted together with the address after the time in `retention`."""
    own_click = BooleanField()

    class Meta:
        indexes = ((("message", "time"), False),)


Hit.add_index(Hit.time, where=SQL("headers <> '[]'"), name="hit_evidence")


class Verdict(Table):
    """The current verdict on a hit. A hit without one waits for its registration."""

    hit = ForeignKeyField(Hit, primary_key=True, on_delete="CASCADE")
    message = CharField(16)
    actor = CharField(8)
    via = TextField()
    reason = TextField()
    evidence = TextField()
    device = TextField(null=True)
    country = CharField(2, null=True)
    network = TextField(null=True)
    device_known = BooleanField()
    location_known = BooleanField()
    sure = BooleanField()
    rules = IntegerField()
    counted = BooleanField()
    """The hit adds one to the opens or the clicks of its message."""
    due = DoubleField(null=True)
    """When to classify again and emit the event: later hits may change the verdict until then."""
    event = IntegerField(null=True)
    """The number of the valid event that announced the hit."""

    class Meta:
        indexes = ((("message", "counted", "actor"), False),)


Verdict.add_index(Verdict.due, where=SQL("due IS NOT NULL"))

BY_GMAIL = SQL("reason IN ('gmail-image-proxy', 'gmail-elsewhere')")
"""The reasons that Gmail's agent gives only from Google's network. SQLite takes the index only for
the same text."""
Verdict.add_index(Verdict.hit, where=BY_GMAIL, name="verdict_by_gmail")


class Doubt(Table):
    """Hits of a message that wait to be classified, for the first time or once more, because
    something that their verdicts rest on has changed. A few are classified at a time."""

    message = CharField(16, primary_key=True)
    since = DoubleField()
    number = BigIntegerField()
    """Hits at `since` wait if their numbers are greater."""
    until = DoubleField()
    waits_since = DoubleField(index=True)
    """The message whose turn was the longest ago is the next."""


class HitCount(Table):
    """The number of similar hits of a message, for its page."""

    message = CharField(16)
    kind = CharField(8)
    copy_number = IntegerField()
    link = IntegerField()
    """0 for none."""
    actor = CharField(8)
    hits = IntegerField()
    counted = IntegerField()

    class Meta:
        primary_key = CompositeKey("message", "kind", "copy_number", "link", "actor")


class Total(Table):
    """What the overview adds up; see `storage/totals.py`."""

    account = ForeignKeyField(Account, on_delete="CASCADE")
    name = CharField(16)
    at = IntegerField()
    """A day or a quarter of an hour, counted from the epoch."""
    count = IntegerField()

    class Meta:
        primary_key = CompositeKey("account", "name", "at")


class CopyState(Table):
    """The state of a copy, stored so that a flood of hits is never scanned for it."""

    message = CharField(16)
    copy_number = IntegerField()
    opened_at = DoubleField(null=True)
    """When the newest visit by a reader began."""
    event = IntegerField(null=True)
    """The number of the valid `opened` event."""
    hot_at = DoubleField(null=True)
    """The time of the last event about frequent opens of this copy."""

    class Meta:
        primary_key = CompositeKey("message", "copy_number")


class Event(Table):
    """An event as it was sent. Numbers have no gaps within an account."""

    account_id: int

    account = ForeignKeyField(Account, on_delete="CASCADE")
    number = IntegerField()
    message = CharField(16, index=True)
    created_at = DoubleField(index=True)
    body = TextField()
    revision = IntegerField(null=True)
    """`Account.erasures` when an erased person was removed from the body; devices then replace
    their copy of the event."""

    class Meta:
        primary_key = CompositeKey("account", "number")


Event.add_index(
    Event.account, Event.revision, where=SQL("revision IS NOT NULL"), name="event_revision"
)


class SenderView(Table):
    """The sender viewed a message."""

    message = CharField(16)
    time = DoubleField(index=True)

    class Meta:
        primary_key = CompositeKey("message", "time")


class OptOut(Table):
    """The reader of a copy opted out of tracking."""

    message = CharField(16)
    copy_number = IntegerField()
    time = DoubleField()

    class Meta:
        primary_key = CompositeKey("message", "copy_number")


class Tombstone(Table):
    """An erased message: its later hits are not kept, and it cannot be registered again."""

    account_id: int

    message = CharField(16, primary_key=True)
    account = ForeignKeyField(Account, on_delete="CASCADE", index=False)
    erased_at = DoubleField()


class ErasedReader(Table):
    """A person who was erased from a message that others got too."""

    message = CharField(16)
    copy_number = IntegerField()
    person = CharField(64)
    """`tombstones.person_hash`: an address would not be erased."""

    class Meta:
        primary_key = CompositeKey("message", "copy_number", "person")


class Preference(Table):
    """The preferences of an account. An account without a row has the defaults."""

    account = ForeignKeyField(Account, primary_key=True, on_delete="CASCADE")
    preferences = TextField(default="{}")
    """JSON: the preferences as the API has them, or a part of them."""
    snoozed_until = DoubleField(null=True)
    read_up_to = IntegerField(default=0)
    """The number of the newest event that was read on any device."""
    digest_at = DoubleField(default=0.0)
    """When the last digest was due, or when digests were switched on."""


class MutedMessage(Table):
    message_id: str
    message = ForeignKeyField(Message, primary_key=True, on_delete="CASCADE")


class MutedRecipient(Table):
    account = ForeignKeyField(Account, on_delete="CASCADE")
    address = TextField()
    """In lower case."""

    class Meta:
        primary_key = CompositeKey("account", "address")


class Reminder(Table):
    """The account was reminded of an unopened copy: the row prevents a second reminder."""

    message = CharField(16)
    copy_number = IntegerField()
    told_at = DoubleField()

    class Meta:
        primary_key = CompositeKey("message", "copy_number")


class Webhook(Table):
    """A URL that events are posted to, in the order of their numbers."""

    id = CharField(16, primary_key=True)
    account = ForeignKeyField(Account, on_delete="CASCADE")
    url = TextField()
    secret = TextField()
    """In plain text, because it signs what is posted."""
    created_at = DoubleField()
    try_at = DoubleField(default=0.0)
    """The earliest time of the next post. A server that posts moves it, and so does a failure."""
    failures = IntegerField(default=0)
    """In a row."""
    failing_since = DoubleField(null=True)
    problem = TextField(null=True)
    disabled_at = DoubleField(null=True)
    template = CharField(16, default="json")
    """One of `model.webhook_templates.TEMPLATES`."""


class WebhookDelivery(Table):
    """An event that a webhook has yet to get, written together with the event."""

    webhook = ForeignKeyField(Webhook, on_delete="CASCADE")
    number = IntegerField()

    class Meta:
        primary_key = CompositeKey("webhook", "number")


class IngestedBatch(Table):
    """A batch of hits that was recorded: the row prevents a second time."""

    id = CharField(32, primary_key=True)
    taken_at = DoubleField(index=True)


class Counter(Table):
    """The last number given to a hit; a row, so that several processes share it."""

    name = CharField(16, primary_key=True)
    value = BigIntegerField()


TABLES: tuple[type[Table], ...] = (
    Account, Device, OwnAddress, Pairing, SignIn, Session, Message, Recipient, Link, Hit, Verdict,
    Doubt, HitCount, Total, CopyState, Event, SenderView, OptOut, Tombstone, ErasedReader,
    Preference, MutedMessage, MutedRecipient, Reminder, Webhook, WebhookDelivery, IngestedBatch,
    Counter, PublicAddress, SelfTest, SelfTestVisit, SetUp,
)  # fmt: skip
