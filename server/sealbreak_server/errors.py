"""Every error that a user may see.

SealbreakError
├── SettingsError       a setting cannot be used
├── UnavailableError    the database cannot be reached or written at the moment
├── MigrationError      this version cannot read the database
├── ExtensionError      the browser extension cannot be put into a folder
└── RefusalError        a request is refused, with status, title and detail
    ├── BadRequestError   400
    ├── NotSignedInError  401
    ├── ForbiddenError    403
    ├── NotFoundError     404
    │   └── GoneError     410
    ├── TooLargeError     413
    ├── NotJsonError      415
    └── TooManyError      429
"""


class SealbreakError(Exception):
    title = "Something went wrong"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class SettingsError(SealbreakError):
    title = "A setting cannot be used"


class UnavailableError(SealbreakError):
    title = "The database cannot be reached"


class MigrationError(SealbreakError):
    title = "The database does not fit this version"


class ExtensionError(SealbreakError):
    title = "The extension was not unpacked"


class RefusalError(SealbreakError):
    title = "Bad request"
    status = 400

    def __init__(self, message: str, *, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class BadRequestError(RefusalError):
    pass


class NotSignedInError(RefusalError):
    title = "Not signed in"
    status = 401


class ForbiddenError(RefusalError):
    title = "Refused"
    status = 403


class NotFoundError(RefusalError):
    title = "Not found"
    status = 404


class GoneError(NotFoundError):
    title = "Erased"
    status = 410


class TooLargeError(RefusalError):
    title = "Too large"
    status = 413


class NotJsonError(RefusalError):
    title = "Not JSON"
    status = 415


class TooManyError(RefusalError):
    title = "Too many requests"
    status = 429
