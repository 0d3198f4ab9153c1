"""Foreign text made harmless for a terminal, and for files that people read."""

import unicodedata

from tenants.formats.cells import INVISIBLE


def visible(text: object) -> str:
    """`text` on one line with every control, format and direction character spelt as `<U+XXXX>`."""
    return "".join(
        f"<U+{ord(each):04X}>" if unicodedata.category(each) in INVISIBLE else each for each in str(text)
    )


def printable(text: object) -> str:
    """The same for files on paper: unassigned characters are spelt too, two of which XML cannot hold."""
    return "".join(
        f"<U+{ord(each):04X}>" if unicodedata.category(each) == "Cn" else each for each in visible(text)
    )
