"""Numbers that reach nobody, with the check digits their trade asks for.

Telephones: France, the regulator's blocks for audiovisual works (01 99 00, 02 61 91, 03 53 01, 04 65 71,
05 36 49; the mobile block 06 39 98 is left out because `phonenumbers` does not know it); Sweden, the
regulator's numbers for books and films (070-1740605 to 699, 031-3900600 to 699, 040-6280400 to 499,
08-46500400 to 499, 0980-319200 to 299). Plates: letters that are never issued (France I, O, U; Sweden
I, Q, V). IMEI: test prefix 00. IMSI: test network 001 01. IBAN: bank codes that are not assigned. MMSI:
digits 200, no country's. IMO: 2,000,000 to 2,999,999, outside of the blocks in which ships are numbered.
VIN: region 0, which no maker has. Containers: owner codes XQ?, in no fleet. Wallets: hashes of a text, to
which nobody has a key.

The first part of every range belongs to the story, `ordinary` records take the rest.
"""

import hashlib
from random import Random

from schwifty import IBAN
from stdnum import iso6346, luhn

FRENCH_BLOCKS = ("19900", "26191", "35301", "46571", "53649")
#: First and last of what ordinary records use; 070-1740605 to 644 are the story's.
SWEDISH_RANGES = (
    (701740645, 701740699), (313900600, 313900699), (406280400, 406280499), (846500400, 846500499),
    (980319200, 980319299),
)  # fmt: skip
ORDINARY_OWNERS = ("XQY", "XQW", "XQV", "XQT")
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_PLATE_LETTERS = "ABCDEFGHJKLMNPRSTWXYZ"


def french_phone(random: Random) -> str:
    """A number of the fiction blocks, E.164."""
    return f"+33{random.choice(FRENCH_BLOCKS)}{random.randrange(1000, 10_000):04d}"


def swedish_phone(random: Random) -> str:
    """A number of the fiction ranges, E.164."""
    first, last = random.choice(SWEDISH_RANGES)
    return f"+46{random.randint(first, last)}"


def container(random: Random) -> str:
    """A container code, ISO 6346, of an owner that is not registered."""
    code = f"{random.choice(ORDINARY_OWNERS)}U{random.randrange(1_000_000):06d}"
    return code + str(iso6346.calc_check_digit(code))


def imo(random: Random) -> str:
    """A ship's number with its check digit."""
    digits = f"{random.randrange(210_000, 300_000):06d}"
    return digits + str(
        sum(int(digit) * weight for digit, weight in zip(digits, range(7, 1, -1), strict=True)) % 10
    )


def mmsi(random: Random) -> str:
    """A station identity under the digits 200."""
    return f"200{random.randrange(100_000, 1_000_000):06d}"


def imei(random: Random) -> str:
    """A device identity under the test prefix."""
    digits = f"00{random.randrange(10**11, 10**12):012d}"
    return digits + str(luhn.calc_check_digit(digits))


def imsi(random: Random) -> str:
    """A subscriber identity of the test network."""
    return f"00101{random.randrange(10**9, 10**10):010d}"


def iban(country: str, random: Random) -> str:
    """An account number of FR, SE or LT with valid check digits at a bank that does not exist."""
    account = f"7{random.randrange(10**9):09d}"
    match country:
        case "FR":
            made = IBAN.generate("FR", bank_code="99998", branch_code="00001", account_code=account.zfill(11))
        case "SE":
            made = IBAN.generate("SE", bank_code="989", account_code=account.zfill(16))
        case _:
            made = IBAN.generate("LT", bank_code="99998", account_code=account.zfill(11))
    return str(made.compact)


def plate(country: str, random: Random) -> str:
    """A plate that cannot be issued in FR or SE."""
    rest = "".join(random.choice(_PLATE_LETTERS) for _ in range(3))
    if country == "FR":
        return f"{random.choice('IOU')}{rest[0]}-{random.randrange(1, 1000):03d}-{rest[1:]}"
    return f"{random.choice('IQV')}{rest[:2]} {random.randrange(1, 1000):03d}"


def vin(random: Random) -> str:
    """A chassis number of no maker."""
    return f"00ZDEM{random.randrange(10**10, 10**11):011d}"


def bitcoin_address(text: str) -> str:
    """A P2PKH address whose hash is that of `text`."""
    return _base58check(0x00, text)


def tron_address(text: str) -> str:
    """A Tron address whose hash is that of `text`."""
    return _base58check(0x41, text)


def _base58check(version: int, text: str) -> str:
    body = bytes([version]) + hashlib.sha256(text.encode()).digest()[:20]
    body += hashlib.sha256(hashlib.sha256(body).digest()).digest()[:4]
    number, digits = int.from_bytes(body), ""
    while number:
        number, digit = divmod(number, 58)
        digits = _BASE58[digit] + digits
    return "1" * (len(body) - len(body.lstrip(b"\0"))) + digits
