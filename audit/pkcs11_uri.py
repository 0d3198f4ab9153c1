"""PKCS#11 URIs (RFC 7512) as far as a key of ours is named by one: its token, its label, its id.

Attributes of the path only. A query is refused, whatever is in it: the module and the file of the PIN are
settings of their own, and a PIN in an address would stand in every place that shows addresses.
"""

import re
from dataclasses import dataclass, fields
from typing import Final, Self
from urllib.parse import quote, unquote_to_bytes

from audit.errors import KeyRefused

SCHEME: Final = "pkcs11:"
MAX_URI: Final = 1024
_PATH: Final = re.compile(r"([a-z-]+)=((?:[A-Za-z0-9._~:\[\]@!$'()*+,=&-]|%[0-9A-Fa-f]{2})+)")
_MOST: Final = {"token": 32, "manufacturer": 32, "model": 16, "serial": 16, "object": 255, "id": 64}  # nosec B105  # lengths


@dataclass(frozen=True, slots=True)
class KeyUri:
    """The token by its label, manufacturer, model or serial number, and the key on it by `object` or `id`.

    What is empty is not said. `id` is the bytes of CKA_ID, `object` the text of CKA_LABEL.
    """

    token: str = ""
    manufacturer: str = ""
    model: str = ""
    serial: str = ""
    object: str = ""
    id: bytes = b""

    def __post_init__(self) -> None:
        """Check that a token is named, and that each part can be what PKCS#11 calls so."""
        if not (self.token or self.serial):
            raise KeyRefused("PKCS#11 address: names no token; give its label (token=…) or its serial=…")
        for name, most in _MOST.items():
            value = getattr(self, name)
            size = len(value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass"))
            if size > most:
                raise KeyRefused(f"PKCS#11 address: {name} has {size} bytes, at most {most} fit")
            if isinstance(value, str) and not (value.isprintable() and value == value.strip()):
                raise KeyRefused(f"PKCS#11 address: {name} {value[:40]!r} is no plain text")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an address; `KeyRefused` says which part of it is not taken."""
        if len(text) > MAX_URI or not text.startswith(SCHEME):
            raise KeyRefused(f"PKCS#11 address: {text[:20]!r} … is not in the form {SCHEME}token=…")
        path, query, _ = text.removeprefix(SCHEME).partition("?")
        if query:
            raise KeyRefused("PKCS#11 address: has a query; module and PIN file are settings of their own")
        found: dict[str, str | bytes] = {}
        for part in path.split(";"):
            name, value = _attribute(part)
            if name in found:
                raise KeyRefused(f"PKCS#11 address: says {name} twice")
            found[name] = value
        if found.pop("type", "private") != "private":
            raise KeyRefused("PKCS#11 address: its type is not private")
        return cls(**found)  # type: ignore[arg-type]  # `id` alone is bytes, and so is its field

    @property
    def text(self) -> str:
        """The address, its parts in one order, so that equal ones are spelt alike."""
        said = [(each.name, getattr(self, each.name)) for each in fields(self)]
        return SCHEME + ";".join(f"{name}={quote(value, safe='')}" for name, value in said if value)

    @property
    def of_token(self) -> "KeyUri":
        """The token alone."""
        return KeyUri(self.token, self.manufacturer, self.model, self.serial)


def _attribute(part: str) -> tuple[str, str | bytes]:
    """One `name=value` of the path, decoded."""
    read = _PATH.fullmatch(part)
    if read is None or read[1] not in {*_MOST, "type"}:
        raise KeyRefused(f"PKCS#11 address: {part.partition('=')[0][:20]!r} is malformed, empty or not known")
    value = unquote_to_bytes(read[2])
    if read[1] == "id":
        return "id", value
    try:
        return read[1], value.decode("utf-8")
    except UnicodeDecodeError as error:
        raise KeyRefused(f"PKCS#11 address: {read[1]} is not UTF-8") from error
