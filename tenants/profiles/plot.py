"""Both profiles overlaid with their uncertainty, as SVG: text escaped, no script, no outside reference."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape  # nosec B406  # it writes here and reads nothing

ROW, TOP, LEFT, WIDE, RIGHT = 26, 64, 220, 420, 40
INK, PAPER, ONE, OTHER = "#1b1b1b", "#ffffff", "#0b5cad", "#b3400e"
LONGEST = 34

Shown = Mapping[str, Any]


def overlaid(compounds: Sequence[Shown], left: str, right: str, title: str) -> str:
    """The SVG of compounds as `ProfileCompound` has them; shares by length, uncertainty by whiskers."""
    most = max([each[side]["high"] for each in compounds for side in ("left", "right")], default=1.0) or 1.0
    wide, high = LEFT + WIDE + RIGHT, TOP + ROW * len(compounds) + 24
    size = f'width="{wide}" height="{high}" viewBox="0 0 {wide} {high}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" font-family="sans-serif" font-size="12">',
        f"<title>{_safe(title)}</title>",
        f'<rect width="100%" height="100%" fill="{PAPER}"/>',
        f'<text x="8" y="20" fill="{INK}" font-size="14">{_safe(title)}</text>',
        *_key(8, ONE, left),
        *_key(LEFT, OTHER, right),
    ]
    for place, each in enumerate(compounds):
        lines += _row(TOP + ROW * place, each, most)
    return "\n".join([*lines, "</svg>"])


def _key(x: int, colour: str, name: str) -> Iterable[str]:
    yield f'<rect x="{x}" y="32" width="12" height="8" fill="{colour}"/>'
    yield f'<text x="{x + 18}" y="41" fill="{INK}">{_safe(name)}</text>'


def _row(y: int, compound: Shown, most: float) -> Iterable[str]:
    name = str(compound["compound"])
    weight = ' font-weight="bold"' if compound["differs"] else ""
    told = name if len(name) <= LONGEST else name[: LONGEST - 1] + "…"
    yield f'<text x="8" y="{y + 14}" fill="{INK}"{weight}>{_safe(told)}</text>'
    yield from _bar(y + 3, compound["left"], most, ONE)
    yield from _bar(y + 13, compound["right"], most, OTHER)


def _bar(y: int, side: Shown, most: float, colour: str) -> Iterable[str]:
    low, share, high = (LEFT + WIDE * side[name] / most for name in ("low", "share", "high"))
    dashed = ' stroke-dasharray="3 2"' if side["below"] else ""
    yield f'<rect x="{LEFT}" y="{y}" width="{share - LEFT:.1f}" height="7" fill="{colour}"/>'
    yield f'<path d="M{low:.1f} {y + 3.5}H{high:.1f}M{high:.1f} {y}v7" stroke="{INK}" fill="none"{dashed}/>'


def _safe(text: str) -> str:
    """Text as XML: what it may not hold at all is left out."""
    kept = "".join(c for c in text if c.isprintable())
    return escape(kept, {'"': "&quot;", "'": "&apos;"})
