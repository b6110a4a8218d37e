"""What a user can click on a pop-up, as the system names it and as the user reads it."""

from sealbreak_desktop.state import wording
from sealbreak_desktop.state.notification import Action, Notification


def buttons(notification: Notification) -> list[tuple[str, str]]:
    """The name and the label of each."""
    labels = {
        Action.OPEN: wording.open_label(notification.event),
        Action.GMAIL: wording.OPEN_IN_GMAIL,
        Action.MUTE: wording.MUTE_MAIL,
    }
    return [(action.value, labels[action]) for action in notification.actions]


def action_named(name: str | None) -> Action:
    """Systems report a click on the pop-up itself under names of their own."""
    return next((action for action in Action if action.value == name), Action.OPEN)
