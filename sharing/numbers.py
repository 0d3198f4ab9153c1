"""Numbers as people of each language write them (CLDR, by Babel)."""

from babel.numbers import format_decimal

from sharing.wording import Language


def written(value: float, language: Language, least: int = 0, most: int | None = None) -> str:
    """With `least` to `most` decimals, thousands apart: 15,930 in English, 15 930 in French and Swedish."""
    most = least if most is None else most
    decimals = "0" * least + "#" * (most - least)
    return format_decimal(value, "#,##0" + (f".{decimals}" if decimals else ""), language.value)
