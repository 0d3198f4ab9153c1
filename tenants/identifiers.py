"""Identifiers: one normal form for every spelling, checked by the field's own rules, original kept.

Checks: E.164 (`phonenumbers`), IBAN (`schwifty`), IMO, IMEI, IMSI, ISO 6346 (`python-stdnum`), ITU-R M.585
(MMSI), ISO 3779 (VIN, whose check digit is compulsory in the United States and Canada only), wallets
(`tenants.wallets`). Call signs have a form and no check (Radio Regulations, Nos. 19.50 to 19.58). Plates,
documents and accounts have no common one: letters and digits, upper case.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import phonenumbers
from schwifty import IBAN
from schwifty.exceptions import SchwiftyException
from stdnum import imei, imo, imsi, iso6346
from stdnum.exceptions import ValidationError

from tenants.container_codes import perhaps
from tenants.errors import IdentifierRejected
from tenants.wallets import CHAINS_OF_CURRENCY, of_currency, read_wallet, unverified

LONGEST = 256
_EMAIL = re.compile(r"[^\s@<>\"(),;:\\\[\]]{1,64}@(?:[\w-]{1,63}\.)+[\w-]{2,63}")
_MMSI = re.compile(r"(?:00|0|8|98|99|111|970|972|974)?([2-7]\d\d)\d*")
_SIGNAL = re.compile(r"97[024]\d{6}")  # search and rescue transmitters carry no country
_VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VIN_VALUES = {c: int(v) for c, v in zip("ABCDEFGHJKLMNPRSTUVWXYZ", "12345678123457923456789", strict=True)}
_VIN_CHECKED = "1245"
_CALL_SIGN = re.compile(r"(?:[A-Z]{2}|[A-Z][2-9]|[2-9][A-Z])(?:[A-Z]{2}[2-9]?|[A-Z]?\d{4})", re.ASCII)
_UNLOCODE = re.compile(r"[A-Z]{2}[A-Z2-9]{3}")
KEPT_AS_TOLD = frozenset({"callsign"})
"""Kinds of which what does not read is kept in its record all the same; nothing is found by it."""
_NOT_ALPHANUMERIC = re.compile(r"[\W_]+")
_SHORTEST_CODE = 3


@dataclass(frozen=True, slots=True)
class Identifier:
    """`normal` is what is compared; `checked` says that a checksum or numbering plan confirmed it."""

    kind: str
    normal: str
    original: str
    checked: bool = True


def normalise(kind: str, raw: str, *, country: str | None = None, chain: str | None = None) -> Identifier:
    """The identifier that `raw` spells.

    `country` (ISO 3166 alpha-2) is where a national telephone number is dialled; `chain` is a currency code
    that a wallet must fit. Raises `IdentifierRejected` (`IDENTIFIER_KIND`, `IDENTIFIER_EMPTY`,
    `IDENTIFIER_TOO_LONG`, `<KIND>_INVALID`, `WALLET_CHAIN`).
    """
    reader = KINDS.get(kind)
    if reader is None:
        raise IdentifierRejected("IDENTIFIER_KIND", kind, f"is none of {', '.join(KINDS)}")
    text = _plain(kind, raw)
    normal, checked = reader(text, country if kind == "phone" else chain)
    if not normal:
        reason = f"{raw[:64]!r} is not valid as {kind}{perhaps(text) if kind == 'container' else ''}"
        raise IdentifierRejected(f"{kind.upper()}_INVALID", kind, reason)
    return Identifier(kind, normal, raw, checked)


def detect(raw: str, *, country: str | None = None) -> tuple[Identifier, ...]:
    """Every kind that `raw` can be, in the order of `KINDS`; empty when none."""
    found = []
    for kind in KINDS:
        try:
            found.append(normalise(kind, raw, country=country))
        except IdentifierRejected:
            continue
    return tuple(found)


def _plain(kind: str, raw: str) -> str:
    """Compatibility forms folded (full-width digits, no-break spaces), ends stripped."""
    if len(raw) > LONGEST:
        raise IdentifierRejected("IDENTIFIER_TOO_LONG", kind, f"{len(raw)} characters, at most {LONGEST}")
    text = raw if raw.isascii() else unicodedata.normalize("NFKC", raw)
    text = text.strip()
    if not text:
        raise IdentifierRejected("IDENTIFIER_EMPTY", kind, "nothing but space")
    return text


def _code(text: str) -> str:
    return _NOT_ALPHANUMERIC.sub("", text).upper()


def _phone(text: str, country: str | None) -> tuple[str, bool]:
    text = text.removeprefix("tel:")
    if text.startswith("00"):
        text = f"+{text[2:]}"
    try:
        number = phonenumbers.parse(text, country.upper() if country else None)
    except phonenumbers.NumberParseException:
        return "", False
    if not phonenumbers.is_possible_number(number):
        return "", False
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)), True


def _email(text: str, _: str | None) -> tuple[str, bool]:
    lower = text.removeprefix("mailto:").casefold()
    return (lower, True) if _EMAIL.fullmatch(lower) else ("", False)


def _iban(text: str, _: str | None) -> tuple[str, bool]:
    try:
        return IBAN(_code(text)).compact, True
    except SchwiftyException:
        return "", False


def _validated(check: Callable[[str], str]) -> "Reader":
    def read(text: str, _: str | None) -> tuple[str, bool]:
        code = _code(text)
        try:
            return (check(code), True) if code.isascii() else ("", False)
        except ValidationError:
            return "", False

    return read


def _mmsi(text: str, _: str | None) -> tuple[str, bool]:
    code = _code(text).removeprefix("MMSI")
    plausible = len(code) == 9 and code.isascii() and code.isdigit()  # noqa: PLR2004  # ITU-R M.585
    return (code, True) if plausible and (_SIGNAL.fullmatch(code) or _MMSI.fullmatch(code)) else ("", False)


def _vin(text: str, _: str | None) -> tuple[str, bool]:
    code = _code(text)
    if not _VIN.fullmatch(code):
        return "", False
    total = sum(w * (_VIN_VALUES.get(c) or int(c)) for w, c in zip(_VIN_WEIGHTS, code, strict=True))
    holds = code[8] == "0123456789X"[total % 11]
    return ("", False) if not holds and code[0] in _VIN_CHECKED else (code, holds)


def _wallet(text: str, currency: str | None) -> tuple[str, bool]:
    named, address = of_currency(text)
    if named.lower() in KINDS:
        return "", False  # `IBAN:…` names a kind, no currency
    currency = named or currency or ""
    wallet = read_wallet(address)
    if wallet is None:
        return unverified(address, currency), False
    chain = CHAINS_OF_CURRENCY.get(currency.upper())
    if chain is not None and wallet.chain != chain:
        reason = f"{text[:64]!r} is an address of {wallet.chain or 'another chain'}, said to be {currency}"
        raise IdentifierRejected("WALLET_CHAIN", "wallet", reason)
    return wallet.normal, wallet.checked


def _unlocode(text: str, _: str | None) -> tuple[str, bool]:
    code = _code(text)
    return (code, False) if _UNLOCODE.fullmatch(code) else ("", False)


def _call_sign(text: str, _: str | None) -> tuple[str, bool]:
    code = _code(text)
    return (code, False) if _CALL_SIGN.fullmatch(code) else ("", False)


def _unchecked(text: str, _: str | None) -> tuple[str, bool]:
    code = _code(text)
    return (code, False) if len(code) >= _SHORTEST_CODE else ("", False)


Reader = Callable[[str, str | None], tuple[str, bool]]
#: Every kind and its reader: (plain text, hint) -> (normal form or empty, confirmed by a check).
KINDS: Mapping[str, Reader] = MappingProxyType({
    "phone": _phone, "email": _email, "iban": _iban, "imo": _validated(imo.validate), "mmsi": _mmsi,
    "container": _validated(iso6346.validate), "vin": _vin, "imei": _validated(imei.validate),
    "imsi": _validated(imsi.validate), "wallet": _wallet, "unlocode": _unlocode, "plate": _unchecked,
    "document": _unchecked, "account": _unchecked, "callsign": _call_sign,
})  # fmt: skip
