"""Every spelling of an identifier has one normal form; what fails its check is rejected by name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import imo, iso6346, luhn

from tenants.errors import IdentifierRejected
from tenants.identifiers import KINDS, LONGEST, detect, normalise
from tenants.wallets import read_wallet

SEPARATORS = st.sampled_from(["", " ", "-", ".", "  ", "\N{NO-BREAK SPACE}"])


@pytest.mark.parametrize(
    ("kind", "normal", "spellings"),
    [
        (
            "phone",
            "+33612345678",
            [
                "+33 6 12 34 56 78",
                "0033612345678",
                "+33.6.12.34.56.78",
                "tel:+33-6-12345678",
                "+33 (0)6 12 34 56 78",
            ],
        ),
        ("email", "jean@exemple.fr", ["Jean@Exemple.FR", " mailto:jean@exemple.fr "]),
        (
            "iban",
            "FR7630006000011234567890189",
            ["fr76 3000 6000 0112 3456 7890 189", "FR76-3000-6000-0112-3456-7890-189"],
        ),
        ("imo", "9319466", ["IMO 9319466", "imo9319466", "931 9466"]),
        ("mmsi", "227006760", ["227006760", "MMSI 227 006 760"]),
        ("container", "CSQU3054383", ["csqu 305438 3", "CSQU-305438-3", "CSQU3054383"]),
        ("vin", "1M8GDM9AXKP042788", ["1m8gdm9axkp042788", "1M8 GDM9AX KP042788"]),
        ("imei", "490154203237518", ["49-015420-323751-8", "490154203237518"]),
        (
            "wallet",
            "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
            ["0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0X5AAEB6053F3E94C9B9A09F33669435E7EF1BEAED"],
        ),
        (
            "wallet",
            "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
            ["BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4"],
        ),
        (
            "wallet",
            "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
            ["BC1P0XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQZK5JJ0"],
        ),
        ("unlocode", "FRLEH", ["FR LEH", "fr-leh"]),
        ("plate", "AB123CD", ["ab-123-cd", "AB 123 CD"]),
        ("callsign", "3EXX9", ["3exx 9", "3EXX-9"]),
        ("callsign", "HO2508", ["HO 2508"]),
        ("document", "12AB34567", ["12-ab-34567"]),
    ],
)
def test_spellings_share_a_normal_form_and_keep_their_own(
    kind: str, normal: str, spellings: list[str]
) -> None:
    for spelling in spellings:
        found = normalise(kind, spelling)
        assert (found.normal, found.original) == (normal, spelling)


@pytest.mark.parametrize(
    ("kind", "raw", "code"),
    [
        ("phone", "12", "PHONE_INVALID"),
        ("phone", "0612345678", "PHONE_INVALID"),
        ("email", "no at sign", "EMAIL_INVALID"),
        ("iban", "FR7630006000011234567890180", "IBAN_INVALID"),
        ("imo", "9319467", "IMO_INVALID"),
        ("mmsi", "000000000", "MMSI_INVALID"),
        ("container", "CSQU3054384", "CONTAINER_INVALID"),
        ("vin", "1M8GDM9A0KP042788", "VIN_INVALID"),
        ("vin", "IOQ", "VIN_INVALID"),
        ("imei", "490154203237519", "IMEI_INVALID"),
        ("imei", "\u0664\u0669\u0660154203237518x", "IMEI_INVALID"),
        ("wallet", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD", "WALLET_INVALID"),
        ("wallet", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", "WALLET_INVALID"),
        ("wallet", "bc1Qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "WALLET_INVALID"),
        ("unlocode", "F1LEH", "UNLOCODE_INVALID"),
        ("plate", "--", "PLATE_INVALID"),
        ("callsign", "ALVA STAR", "CALLSIGN_INVALID"),
        ("document", " ", "IDENTIFIER_EMPTY"),
        ("document", "A" * (LONGEST + 1), "IDENTIFIER_TOO_LONG"),
        ("horoscope", "x", "IDENTIFIER_KIND"),
    ],
)
def test_what_fails_its_check_is_rejected_by_name(kind: str, raw: str, code: str) -> None:
    with pytest.raises(IdentifierRejected) as caught:
        normalise(kind, raw)
    assert (caught.value.code, caught.value.field) == (code, kind)


def test_a_national_number_needs_the_country_it_is_dialled_in() -> None:
    assert normalise("phone", "06 12 34 56 78", country="fr").normal == "+33612345678"


@pytest.mark.parametrize(
    ("address", "chain"),
    [
        ("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "btc"),
        ("3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy", "btc"),
        ("TFdTr9C3BqQrzKBXqSxJfAZFTh8UwBAfSg", "tron"),
        ("LM2WMpR1Rp6j3Sa59cMXMs1SPzj9eXpGc1", "ltc"),
        ("rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh", "xrp"),
        ("t1VmmGiyjVNeCjxDZzg7vZmd99WyzVby9yC", ""),
        (
            "49HqitRzdnhYjgTEAhgGpCfsjdTeMbUTU6cyR4JV1R7k2Eej9rGT8JpFiYDa4tZM6RZiFrHmMzgSrhHEqpDYKBe5B2ufNsL",
            "xmr",
        ),
        ("qpf2cphc5dkuclkqur7lhj2yuqq9pk3hmukle77vhq", "bch"),
    ],
)
def test_the_chain_of_an_address_is_read_from_it(address: str, chain: str) -> None:
    wallet = read_wallet(address)
    assert wallet is not None
    assert wallet.chain == chain
    assert wallet.checked == (chain not in ("xmr", "bch"))


@pytest.mark.parametrize(
    "version", ["bc1", "bc1q", "bc1zw508d6qejxtdg4y5r3zarvaryvqyzf3du", "ltc1qqqqqqqqqqqqqqqqqqqqqq"]
)
def test_a_witness_program_of_a_wrong_length_is_no_wallet(version: str) -> None:
    assert read_wallet(version) is None


def test_a_wallet_of_another_chain_than_its_currency_is_rejected() -> None:
    with pytest.raises(IdentifierRejected, match="tron, said to be XBT") as caught:
        normalise("wallet", "TFdTr9C3BqQrzKBXqSxJfAZFTh8UwBAfSg", chain="XBT")
    assert caught.value.code == "WALLET_CHAIN"
    assert normalise("wallet", "TFdTr9C3BqQrzKBXqSxJfAZFTh8UwBAfSg", chain="USDT").normal.startswith("TFd")


@pytest.mark.parametrize(
    ("address", "currency"),
    [
        ("addr1qx2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzer3", "ADA"),
        ("VfAVUw16wFJQyKNvG5fx3hZPb5ywjb3bEtkk1k6Q73t", "sol"),
        ("VfAVUw16wFJQyKNvG5fx3hZPb5ywjb3bEtkk1k6Q73t", "USDT"),  # on a chain that we do not read
    ],
)
def test_an_address_of_an_unknown_form_is_kept_with_its_currency_and_is_not_verified(
    address: str, currency: str
) -> None:
    found = normalise("wallet", address, chain=currency)
    assert (found.normal, found.original, found.checked) == (f"{currency.upper()}:{address}", address, False)
    assert normalise("wallet", found.normal).normal == found.normal, "partners ask for the normal form"
    assert detect(found.normal)[0].kind == "wallet"


@pytest.mark.parametrize(
    ("address", "currency"),
    [
        ("addr1qx2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzer3", None),
        ("addr1qx2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzer3", "BTC"),
        ("TFdTr9C3BqQrzKBXqSxJfAZFTh8UwBAfSh", "USDT"),  # has Tron's form, and one letter is wrong
        ("too short", "ADA"),
        ("addr1qx2fxv2umyhttkxyxp8x0dlpdt3k6cwng5pxj3jhsydzer3", "a currency"),
        ("IBAN:SE4298900000000418026000", None),
    ],
)
def test_what_has_no_known_form_and_no_unknown_currency_is_no_wallet(
    address: str, currency: str | None
) -> None:
    with pytest.raises(IdentifierRejected) as caught:
        normalise("wallet", address, chain=currency)
    assert caught.value.code == "WALLET_INVALID"


@given(st.text(max_size=140), st.sampled_from([None, "ADA", "USDT", "BTC", "x"]))
def test_a_wallets_normal_form_is_its_own(text: str, currency: str | None) -> None:
    try:
        found = normalise("wallet", text, chain=currency)
    except IdentifierRejected:
        return
    assert normalise("wallet", found.normal).normal == found.normal


@given(st.integers(0, 999_999), SEPARATORS)
def test_imo_numbers_with_any_separator(serial: int, gap: str) -> None:
    digits = f"{serial:06d}"
    number = digits + imo.calc_check_digit(digits)
    assert normalise("imo", f"IMO{gap}{digits}{gap}{number[-1]}").normal == number
    wrong = digits + str((int(number[-1]) + 1) % 10)
    with pytest.raises(IdentifierRejected):
        normalise("imo", wrong)


@given(st.from_regex(r"[A-Z]{3}[UJZ][0-9]{6}", fullmatch=True), SEPARATORS)
def test_container_codes_with_any_separator_and_case(code: str, gap: str) -> None:
    whole = code + iso6346.calc_check_digit(code)
    assert normalise("container", gap.join([whole[:4].lower(), whole[4:10], whole[10]])).normal == whole


@given(st.from_regex(r"[0-9]{14}", fullmatch=True), SEPARATORS)
def test_imeis_with_any_separator(body: str, gap: str) -> None:
    whole = body + luhn.calc_check_digit(body)
    assert normalise("imei", gap.join(whole)).normal == whole


@given(st.sampled_from(sorted(KINDS)), st.text(max_size=80))
def test_any_text_is_an_identifier_or_rejected_and_normal_forms_are_stable(kind: str, text: str) -> None:
    try:
        found = normalise(kind, text)
    except IdentifierRejected as rejected:
        assert rejected.code  # noqa: PT017  # either outcome is right
        return
    again = normalise(kind, found.normal)
    assert again.normal == found.normal
    assert found.original == text


def test_detection_names_every_kind_a_text_can_be() -> None:
    assert [found.kind for found in detect("IMO 9319466")] == ["imo", "plate", "document", "account"]
    assert next(found.kind for found in detect("+33 6 12 34 56 78")) == "phone"
    assert detect("?") == ()
