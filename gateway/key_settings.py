"""Where a node's private keys lie, by its settings: in the files of its home, or on a PKCS#11 token."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from audit.errors import KeyRefused
from audit.pkcs11_uri import KeyUri

USES = ("message", "mandate", "grant", "log", "witness")
"""The uses whose keys sign, and can lie on a token; the others open, wrap or digest, and lie in files."""


class KeysPart(BaseModel):
    """For each use the token of its key (`pkcs11:token=…`, RFC 7512), or nothing for a file.

    `module` is the library that the token's maker gives, `pin_file` has mode 0600 and the user's PIN in its
    first line. An `object` in an address is the label of new keys; `<node>/<use>` where none is said.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    module: str | None = Field(default=None, pattern=r"^/")
    pin_file: str | None = None
    message: str | None = None
    mandate: str | None = None
    grant: str | None = None
    log: str | None = None
    witness: str | None = None

    @field_validator(*USES)
    @classmethod
    def _known(cls, address: str | None) -> str | None:
        """Refuse what names no token, or one key on it: a rotation makes others."""
        try:
            found = None if address is None else KeyUri.parse(address)
        except KeyRefused as error:
            raise ValueError(str(error)) from error
        if found is not None and found.id:
            raise ValueError("the address names one key by its id; name the token, each key has its own id")
        return address

    @model_validator(mode="after")
    def _whole(self) -> Self:
        """Refuse a token that cannot be reached."""
        if any(map(self.token, USES)) and (self.module is None or self.pin_file is None):
            raise ValueError("a key on a token needs the module and the pin_file as well")
        return self

    def token(self, use: str) -> KeyUri | None:
        """Where new keys of a use are made; None for the files of the home."""
        address = getattr(self, use) if use in USES else None
        return None if address is None else KeyUri.parse(address)
