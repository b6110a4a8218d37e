from sealbreak_desktop.state.effects import (
    CompareWithServer,
    SaveSeen,
    SaveSilentUntil,
    StartEpoch,
)
from sealbreak_desktop.state.inputs import (
    Connected,
    Lost,
    Received,
    ServerRestored,
    SignedOut,
)
from sealbreak_desktop.state.state import Link, State
from support.desktop.machine import ONLINE, an_event, play, titles


def test_the_first_replay_after_a_loss_is_silent() -> None:
    missed = [Received(an_event(number)) for number in (1, 2)]
    state, effects = play(State(silent_until=None), Connected(2, "Ann"), *missed)
    assert titles(effects) == []
    assert SaveSilentUntil(2) in effects
    assert (len(state.recent), state.unread) == (2, ())


def test_events_from_before_the_pairing_are_silent() -> None:
    missed = [Received(an_event(number)) for number in (1, 2)]
    _, effects = play(State(silent_until=1), Connected(2, "Ann"), *missed)
    assert len(titles(effects)) == 1


def test_a_server_with_fewer_events_starts_a_new_epoch() -> None:
    state, effects = play(
        State(seen=80, silent_until=50), Connected(3, "Ann"), Received(an_event(4))
    )
    assert StartEpoch(3) in effects
    assert titles(effects) == ["Your mail to Ann, 'Offer 12', was opened"]
    assert state.seen == 4


def test_all_events_are_requested_from_a_restored_server() -> None:
    state, effects = play(State(seen=80, silent_until=50), Connected(60, "Ann"))
    assert (state.seen, state.silent_until) == (0, 50)
    known, new = Received(an_event(1), adopted=True), Received(an_event(60))
    state, effects = play(state, Connected(60, "Ann"), known, new)
    assert titles(effects) == ["Your mail to Ann, 'Offer 12', was opened"]
    assert effects[-1] == SaveSeen(60)


def test_a_server_with_more_events_is_compared_with_our_history() -> None:
    state, effects = play(State(seen=80, silent_until=50), Connected(90, "Ann"))
    assert CompareWithServer() in effects
    state, effects = play(state, ServerRestored())
    assert effects == [StartEpoch(90), SaveSilentUntil(50)]
    assert state.seen == 0


def test_a_revoked_token_is_announced_once() -> None:
    _, effects = play(ONLINE, SignedOut("Pair it again."), SignedOut("Pair it again."))
    assert titles(effects) == ["Sealbreak is signed out"]


def test_a_lost_connection_says_why() -> None:
    state, effects = play(ONLINE, Lost("No answer"))
    assert (state.link, state.problem, effects) == (Link.OFFLINE, "No answer", [])
