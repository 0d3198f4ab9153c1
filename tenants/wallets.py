"""Wallet addresses: which chain an address can belong to, and whether its checksum holds.

Sources: BIP 173 and 350 (Bech32, Bech32m), Base58Check, EIP-55 (Ethereum's mixed-case checksum, Keccak-256).
Monero and Bitcoin Cash addresses are recognised by their form only and come back unchecked. An address of a
currency whose form we do not know is kept with its currency in front (`ADA:addr1…`), its format not verified.
"""

import hashlib
import re
from dataclasses import dataclass

from Crypto.Hash import keccak  # nosec B413  # pycryptodome, which is maintained
from stdnum import bitcoin
from stdnum.exceptions import ValidationError

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_RIPPLE = str.maketrans("rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz", _BASE58)
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BECH32M_CONSTANT = 0x2BC830A3
_CHAIN_OF_HRP = {"bc": "btc", "ltc": "ltc"}
_CHAIN_OF_VERSION = {0x00: "btc", 0x05: "btc", 0x41: "tron", 0x30: "ltc", 0x32: "ltc"}
_ETHEREUM = re.compile(r"0[xX][0-9a-fA-F]{40}")
_BASE58_TEXT = re.compile(f"[{_BASE58}]{{25,40}}")
_MONERO = re.compile(f"[48][{_BASE58}]{{94}}(?:[{_BASE58}]{{11}})?")
_CASH = re.compile(r"(?:bitcoincash:)?[qp][qpzry9x8gf2tvdw0s3jn54khce6mua7l]{41}")
#: Chains a currency's wallets lie on; a currency that is not listed may lie on any.
CHAINS_OF_CURRENCY = {
    "BTC": "btc", "XBT": "btc", "ETH": "eth", "ETC": "eth", "ARB": "eth", "BSC": "eth",
    "TRX": "tron", "LTC": "ltc",
}  # fmt: skip
_TOKENS = frozenset({"USDT", "USDC"})
"""Issued on several chains, of which we read some: what has the form of one of these must also check."""
_READ = CHAINS_OF_CURRENCY.keys() | {"XRP", "XMR", "BCH", "BSV", "BTG", "DASH", "ZEC", "XVG"}
_OF_CURRENCY = re.compile(r"([A-Z][A-Z0-9]{1,9}):(\S+)")
_ANY_ADDRESS = re.compile(r"[A-Za-z0-9_.:-]{20,128}")
_LIKE_ONE_READ = re.compile(f"0[xX][0-9a-fA-F]{{40}}|T[{_BASE58}]{{33}}|(?:bc|ltc)1.*")


@dataclass(frozen=True, slots=True)
class Wallet:
    """An address in its normal form; `chain` is empty for a chain we do not name."""

    chain: str
    normal: str
    checked: bool


def read_wallet(raw: str) -> Wallet | None:
    """The wallet that `raw` names, `None` when it has no known form or its checksum is wrong."""
    text = raw.strip()
    for reader in (_ethereum, _bech32, _base58check, _ripple, _formal):
        wallet = reader(text)
        if wallet is not None:
            return wallet
    return None


def of_currency(text: str) -> tuple[str, str]:
    """The currency that stands in front of an address, and the address; the currency may be empty."""
    found = _OF_CURRENCY.fullmatch(text)
    return (found[1], found[2]) if found else ("", text)


def unverified(address: str, currency: str) -> str:
    """The normal form of an address of a currency whose form we do not know; empty for any other."""
    code = currency.upper()
    if not _ANY_ADDRESS.fullmatch(address) or not _OF_CURRENCY.fullmatch(f"{code}:{address}"):
        return ""
    known = code in _READ or (code in _TOKENS and _LIKE_ONE_READ.fullmatch(address))
    return "" if known else f"{code}:{address}"


def _ethereum(text: str) -> Wallet | None:
    if not _ETHEREUM.fullmatch(text):
        return None
    digits = text[2:]
    mixed = digits != digits.lower() and digits != digits.upper()
    if mixed and digits != _eip55(digits.lower()):
        return None
    return Wallet("eth", f"0x{digits.lower()}", checked=mixed)


def _eip55(lower: str) -> str:
    digest = keccak.new(data=lower.encode("ascii"), digest_bits=256).hexdigest()
    return "".join(c.upper() if int(d, 16) >= 8 else c for c, d in zip(lower, digest, strict=False))  # noqa: PLR2004  # EIP-55: the high bit of the nibble


def _bech32(text: str) -> Wallet | None:
    lower = text.lower()
    prefix, _, rest = lower.rpartition("1")
    chain = _CHAIN_OF_HRP.get(prefix)
    mixed = text not in (lower, text.upper())
    if chain is None or mixed or not 14 <= len(text) <= 90 or set(rest) - set(_BECH32):  # noqa: PLR2004  # BIP 173
        return None
    values = [_BECH32.index(c) for c in rest]
    expanded = [*(ord(c) >> 5 for c in prefix), 0, *(ord(c) & 31 for c in prefix)]
    wanted = 1 if values[0] == 0 else _BECH32M_CONSTANT
    if bitcoin.bech32_checksum([*expanded, *values]) != wanted or not _witness(values[0], values[1:-6]):
        return None
    return Wallet(chain, lower, checked=True)


def _witness(version: int, program: list[int]) -> bool:
    """BIP 141: version 0 to 16, program of 2 to 40 bytes, 20 or 32 for version 0."""
    try:
        size = len(bitcoin.b32decode(program))
    except ValidationError:
        return False
    return version <= 16 and (size in (20, 32) if version == 0 else 2 <= size <= 40)  # noqa: PLR2004  # BIP 141


def _base58check(text: str) -> Wallet | None:
    version = _version(text)
    return None if version is None else Wallet(_CHAIN_OF_VERSION.get(version, ""), text, checked=True)


def _ripple(text: str) -> Wallet | None:
    if not text.startswith("r") or _version(text.translate(_RIPPLE)) != 0:
        return None
    return Wallet("xrp", text, checked=True)


def _version(text: str) -> int | None:
    """First byte of a Base58Check payload of 21 bytes, 22 for Zcash; `None` when the checksum is wrong."""
    if not _BASE58_TEXT.fullmatch(text):
        return None
    payload = bitcoin.b58decode(text)
    body, checksum = payload[:-4], payload[-4:]
    if len(body) not in (21, 22) or hashlib.sha256(hashlib.sha256(body).digest()).digest()[:4] != checksum:
        return None
    return body[0] if len(body) == 21 else -1  # noqa: PLR2004  # a one-byte version and a 20-byte hash


def _formal(text: str) -> Wallet | None:
    if _MONERO.fullmatch(text):
        return Wallet("xmr", text, checked=False)
    lower = text.lower()
    if _CASH.fullmatch(lower):
        return Wallet("bch", lower.removeprefix("bitcoincash:"), checked=False)
    return None
