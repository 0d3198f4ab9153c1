"""PKCS#11 modules and the tokens behind them, by python-pkcs11: sessions, the login, and coming back.

A module belongs to the process: it is initialised once, and all its sessions end when that is done anew.
python-pkcs11 initialises it without saying that several threads call it, so one lock of each module is held
in every call (OASIS PKCS#11 3.1, 5.4.1). Each token has one session for signing; a service whose token is
slow to answer runs more processes.

Whatever a token answers but what was asked for is taken for its being away: the module is initialised anew,
once, and asked again. A token that stays away is left alone for a second, and what wants it fails at once.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path
from threading import RLock
from typing import Any, Final, TypeVar

import pkcs11
from pkcs11 import PKCS11Error

from audit.errors import KeyRefused, KeyUnavailable
from audit.keys import read_secret
from audit.pkcs11_uri import KeyUri

PAUSE: Final = 1.0
"""Seconds for which a token that could not be used is not asked again."""

Found = TypeVar("Found")


class Module:
    """One PKCS#11 library in this process. `lock` is held around every call into it."""

    def __init__(self, path: str) -> None:
        """Take the path of the library; it is loaded when a token is looked for."""
        self.path, self.lock, self.number = path, RLock(), 0
        self._library: Any = None
        self._logged_in: dict[int, pkcs11.Session] = {}

    def token(self, uri: KeyUri) -> pkcs11.Token:
        """The one token that is there and is what `uri` says."""
        if self._library is None:
            self._library = pkcs11.lib(self.path)
        slots = self._library.get_slots(token_present=True)
        found = [each for each in (_token(slot) for slot in slots) if each is not None and _is(each, uri)]
        if len(found) != 1:
            raise pkcs11.NoSuchToken(f"{len(found)} tokens are {uri.text}")
        return found[0]

    def session(
        self, token: pkcs11.Token, pin: Callable[[], str], *, writing: bool = False
    ) -> pkcs11.Session:
        """A session on a token that knows who we are; the login is the process's, and made once."""
        slot = token.slot.slot_id
        if slot not in self._logged_in:
            self._logged_in[slot] = token.open(user_pin=pin())
        return token.open(rw=writing)

    def anew(self) -> None:
        """Initialise the library once more: all its sessions are over, and it looks for tokens again."""
        self.number += 1
        self._logged_in.clear()
        if self._library is not None:
            self._library.reinitialize()


def _token(slot: pkcs11.Slot) -> pkcs11.Token | None:
    """The token in a slot; None for one that was taken out, or is none yet."""
    with suppress(pkcs11.TokenNotPresent, pkcs11.TokenNotRecognised):
        return slot.get_token()
    return None


def _is(token: pkcs11.Token, uri: KeyUri) -> bool:
    """Whether a token is what every part of the address says."""
    said = {
        "token": token.label,
        "manufacturer": token.manufacturer_id,
        "model": token.model,
        "serial": token.serial.decode("utf-8", "replace"),
    }
    return all(value.strip() == getattr(uri, name) for name, value in said.items() if getattr(uri, name))


module_at = cache(Module)
"""The module of a path, one for all of the process."""


@dataclass(slots=True)
class Token:
    """A token and the session with it. `pin` is the file of mode 0600 whose first line is the user's PIN."""

    module: Module
    uri: KeyUri
    pin: Path
    _session: pkcs11.Session | None = None
    _number: int = -1
    _silent_until: float = 0.0
    _why: str = ""
    _shown: bytes = field(default=b"", repr=False)
    _refused: bytes = field(default=b"", repr=False)

    def run(self, work: Callable[[pkcs11.Session], Found], *, writing: bool = False) -> Found:
        """What `work` makes of a session with this token; it may be called twice.

        `KeyUnavailable` when the token is away or does not let us in, `KeyRefused` for a bad PIN file.
        """
        with self.module.lock:
            if time.monotonic() < self._silent_until:
                raise KeyUnavailable(self._why)
            try:
                return self._twice(work, writing=writing)
            except (pkcs11.PinIncorrect, pkcs11.PinLocked) as error:
                self._refused = self._shown
                raise self._away(error) from error
            except PKCS11Error as error:
                raise self._away(error) from error

    def _away(self, error: PKCS11Error) -> KeyUnavailable:
        """What is said of the token for the next second; the binding's own errors hold no PIN."""
        self._why = f"token {self.uri.text}: {type(error).__name__} {error}".rstrip()
        if not isinstance(error, pkcs11.NoSuchKey):  # the token is there, and holds other keys
            self._silent_until = time.monotonic() + PAUSE
        return KeyUnavailable(self._why)

    def _twice(self, work: Callable[[pkcs11.Session], Found], *, writing: bool) -> Found:
        try:
            return self._once(work, writing=writing)
        except (pkcs11.PinIncorrect, pkcs11.PinLocked):
            raise
        except PKCS11Error:
            self.module.anew()
            return self._once(work, writing=writing)

    def _once(self, work: Callable[[pkcs11.Session], Found], *, writing: bool) -> Found:
        if writing:
            session = self.module.session(self.module.token(self.uri), self._read, writing=True)
            try:
                return work(session)
            finally:
                with suppress(PKCS11Error):
                    session.close()
        if self._session is None or self._number != self.module.number:
            self._session = self.module.session(self.module.token(self.uri), self._read)
            self._number = self.module.number
        return work(self._session)

    def _read(self) -> str:
        """The PIN; one that the token has refused is not shown again, since tokens lock themselves."""
        pin = read_secret(self.pin).split(b"\n", 1)[0]
        self._shown = sha256(pin).digest()
        if self._shown == self._refused:
            raise KeyUnavailable(
                f"token {self.uri.text}: refused the PIN in {self.pin.name}; put the right one there"
            )
        try:
            return pin.decode("utf-8")
        except UnicodeDecodeError as error:
            raise KeyRefused(f"{self.pin.name}: the PIN in it is not UTF-8") from error


@cache
def token_at(module: str, uri: KeyUri, pin: Path) -> Token:
    """The token, one object for all keys on it, so that they share a session."""
    return Token(module_at(module), uri.of_token, pin)
