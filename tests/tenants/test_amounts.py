"""Amounts as banks and customs write them: read as told, or rejected by field and code."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.amounts import read_currency, read_number
from tenants.errors import RecordRejected
from tenants.mapping import load_mapping
from tenants.shelf import Shelf

MAPPINGS = Path(__file__).parents[2] / "deploy" / "mappings"
BANK = "Reference;Date;Payer;Payer IBAN;Beneficiary;Beneficiary IBAN;Amount;Currency;Purpose"
CUSTOMS = (
    "Bill;Container;Goods;HS;Gross kg;Packages;Package;Value;Currency;Procedure;Date;Consignee;Consignee no"
)
CY, LT = "CY34 9980 0001 0000 0000 0041 8026", "LT32 9999 8418 0260 0031"


@pytest.mark.parametrize(
    ("text", "decimal", "number"),
    [
        ("1.234,56", ",", "1234.56"),
        ("1 234 567,5", ",", "1234567.5"),
        ("1\N{NARROW NO-BREAK SPACE}234,00", ",", "1234.00"),
        ("184000", ",", "184000"),
        ("1.234", ",", "1234"),
        ("-12,5", ",", "-12.5"),
        ("+12", ",", "12"),
        ("1,234.56", ".", "1234.56"),
        ("1'234.56", ".", "1234.56"),
        ("1.234", ".", "1.234"),
    ],
)
def test_a_number_is_read_with_the_files_own_sign(text: str, decimal: str, number: str) -> None:
    assert read_number(text, decimal, "Amount") == number


@pytest.mark.parametrize(
    "text",
    ["", "12.34", "1.23.456", "1,2,3", "12,", ",5", "EUR 5", "1e3", "\N{ARABIC-INDIC DIGIT ONE}", "9" * 41],
)
def test_what_is_no_number_with_a_decimal_comma_is_rejected_and_not_guessed(text: str) -> None:
    with pytest.raises(RecordRejected) as caught:
        read_number(text, ",", "Amount")
    assert (caught.value.code, caught.value.field) == ("NUMBER", "Amount")


@given(st.decimals(-(10**9), 10**9, places=2))
def test_a_number_comes_back_whatever_its_groups(number: object) -> None:
    english = f"{number:,}"
    assert read_number(english, ".", "n") == str(number)
    assert read_number(english.translate(str.maketrans(",.", ".,")), ",", "n") == str(number)


def test_a_currency_is_one_of_iso_4217() -> None:
    assert read_currency(" eur", "Currency") == "EUR"
    with pytest.raises(RecordRejected, match="is no currency of ISO 4217") as caught:
        read_currency("EURO", "Currency")
    assert caught.value.code == "CURRENCY"


def test_a_banks_file_is_read_and_its_bad_rows_are_named(shelf: Shelf, tmp_path: Path) -> None:
    source = tmp_path / "payments.csv"
    rows = [
        f"T-1;07.05.2026;Brisa Alba;{CY};Väderöarnas;{LT};14.500,00;EUR;transport",
        f"T-2;07.05.2026;Brisa Alba;{CY};Väderöarnas;LT33 9999 8418 0260 0031;1,00;EUR;",
        f"T-3;07.05.2026;Brisa Alba;{CY};Väderöarnas;{LT};14,500.00;EUR;",
        f"T-4;07.05.2026;Brisa Alba;{CY};Väderöarnas;{LT};1,00;EUROS;",
        f"T-5;in May;Brisa Alba;{CY};Väderöarnas;{LT};1,00;EUR;",
    ]
    source.write_text("\n".join([BANK, *rows]), encoding="utf-8-sig")
    report = shelf.loader("fr.ofast", lambda: 0).load_mapped(
        source, load_mapping(MAPPINGS / "bank-payments.yaml")
    )
    assert report.rejects_path is not None
    told = report.rejects_path.read_text(encoding="utf-8")
    assert [code for code in ("IBAN_INVALID", "NUMBER", "CURRENCY", "VALUE") if f'"{code}"' not in told] == []
    assert "EUROS" in told
    assert "14,500.00" in told


def test_a_customs_file_is_read_and_its_bad_rows_are_named(shelf: Shelf, tmp_path: Path) -> None:
    source = tmp_path / "declared.csv"
    good = (
        "DEMO1;XQZU 418026-6;bananas;0803.90;21.600,5;1.080;cartons;18 200,00;USD;IM;16.05.2026;Primeurs;999"
    )
    rows = [
        good,
        good.replace("DEMO1", "DEMO2").replace("21.600,5", "21,600.5"),
        good.replace("DEMO1", "DEMO3").replace("USD", "DOL"),
        good.replace("DEMO1", "DEMO4").replace("418026", "418O26"),
        good.replace("DEMO1", "DEMO5").replace(";IM;", ";TR;"),
    ]
    source.write_text("\n".join([CUSTOMS, *rows]), encoding="utf-8-sig")
    mapping = load_mapping(MAPPINGS / "customs-declarations.yaml")
    report = shelf.loader("fr.ofast", lambda: 0).load_mapped(source, mapping)
    assert report.rejects_path is not None
    told = report.rejects_path.read_text(encoding="utf-8")
    assert report.loaded == 2, "one trader, one declaration"
    codes = ("NUMBER", "CURRENCY", "CONTAINER_INVALID", "CODE")
    assert [code for code in codes if f'"{code}"' not in told] == []
