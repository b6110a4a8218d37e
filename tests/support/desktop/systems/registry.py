"""`winreg`, in memory: https://docs.python.org/3/library/winreg.html"""

from types import ModuleType, TracebackType
from typing import Any

DATA = {1: str, 3: bytes}
"""The type of the data for each type of value that is used here."""


class FakeKey:
    def __init__(self, values: dict[str, tuple[Any, int]], access: int) -> None:
        self.values = values
        self.access = access
        self.is_open = True

    def __enter__(self) -> "FakeKey":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.is_open = False


class FakeWinreg(ModuleType):
    HKEY_CURRENT_USER = 0x80000001
    REG_SZ, REG_BINARY = 1, 3
    KEY_QUERY_VALUE, KEY_SET_VALUE, KEY_READ = 0x1, 0x2, 0x20019

    def __init__(self) -> None:
        super().__init__("winreg")
        self.keys: dict[str, dict[str, tuple[Any, int]]] = {}
        """By the path in lower case, as Windows does not tell cases apart."""

    def OpenKey(self, key: int, sub_key: str, reserved: int = 0, access: int = KEY_READ) -> FakeKey:
        self._check(key, sub_key, reserved)
        if sub_key.lower() not in self.keys:
            raise FileNotFoundError(2, "The system cannot find the file specified")
        return FakeKey(self.keys[sub_key.lower()], access)

    def CreateKeyEx(
        self, key: int, sub_key: str, reserved: int = 0, access: int = 0x20006
    ) -> FakeKey:
        self._check(key, sub_key, reserved)
        return FakeKey(self.keys.setdefault(sub_key.lower(), {}), access)

    def QueryValueEx(self, key: FakeKey, name: str) -> tuple[Any, int]:
        self._need(key, self.KEY_QUERY_VALUE)
        if name not in key.values:
            raise FileNotFoundError(2, "The system cannot find the file specified")
        return key.values[name]

    def SetValueEx(
        self,
        key: FakeKey,
        value_name: str,
        reserved: int,
        kind: int,
        value: Any,
        /,
    ) -> None:
        self._need(key, self.KEY_SET_VALUE)
        if not isinstance(value, DATA[kind]):
            raise ValueError("Could not convert the data to the specified type.")
        key.values[value_name] = (value, kind)

    def DeleteValue(self, key: FakeKey, value: str) -> None:
        self._need(key, self.KEY_SET_VALUE)
        if key.values.pop(value, None) is None:
            raise FileNotFoundError(2, "The system cannot find the file specified")

    def _check(self, key: int, sub_key: str, reserved: int) -> None:
        assert key == self.HKEY_CURRENT_USER, "another user's part needs an administrator"
        assert reserved == 0
        if not isinstance(sub_key, str):
            raise TypeError("sub_key must be str or None")
        assert not sub_key.startswith("\\"), "a path does not begin with a backslash"

    def _need(self, key: FakeKey, right: int) -> None:
        assert key.is_open, "the handle is closed"
        if not key.access & right:
            raise PermissionError(5, "Access is denied")
