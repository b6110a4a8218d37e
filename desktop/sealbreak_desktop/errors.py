"""What can go wrong, with a title, a message and advice for the user.

SealbreakError
├── NotPairedError
├── BadAddressError
├── ServerError
│   ├── UnreachableError
│   │   └── ProxyError   the proxy that this computer is set to use is not usable
│   ├── NotSealbreakError
│   ├── RefusedError     the server refused the request and said why
│   └── SignedOutError   the token is no longer valid
├── CredentialsError
│   ├── NoKeyringError
│   └── KeyringLockedError
├── HistoryError
├── TrayUnavailableError
└── NotifierUnavailableError  another notifier may work
    └── NotifierFailedError  the notification is lost; another notifier would fail too
"""

HOW_TO_PAIR = "Create a code with `sealbreak-server pair`, then run `sealbreak pair ADDRESS CODE`."


class SealbreakError(Exception):
    def __init__(self, title: str, message: str = "", advice: str = "") -> None:
        super().__init__(title)
        self.title = title
        self.message = message
        self.advice = advice

    def __str__(self) -> str:
        return "\n".join(part for part in (self.title, self.message, self.advice) if part)


class NotPairedError(SealbreakError):
    def __init__(self) -> None:
        super().__init__(
            "This computer is not paired with a server",
            advice=HOW_TO_PAIR,
        )


class BadAddressError(SealbreakError):
    pass


class ServerError(SealbreakError):
    pass


class UnreachableError(ServerError):
    pass


class ProxyError(UnreachableError):
    pass


class NotSealbreakError(ServerError):
    pass


class RefusedError(ServerError):
    pass


class SignedOutError(ServerError):
    def __init__(self) -> None:
        super().__init__(
            "This computer is signed out",
            "The server no longer accepts its token.",
            HOW_TO_PAIR,
        )


class CredentialsError(SealbreakError):
    pass


class NoKeyringError(CredentialsError):
    pass


class KeyringLockedError(CredentialsError):
    pass


class HistoryError(SealbreakError):
    pass


class TrayUnavailableError(SealbreakError):
    pass


class NotifierUnavailableError(SealbreakError):
    pass


class NotifierFailedError(NotifierUnavailableError):
    pass
