"""One parser under atheris:  python -m tests.security.fuzz <parser> <corpus folder> [options of libFuzzer].

It ends by itself; an input that breaks the parser is written beside the corpus and ends it at once.
"""

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["audit", "gateway", "policy", "sharing", "tenants", "yaml"]):
    from tests.security.parsers import PARSERS, feed


def main() -> None:
    name, corpus = sys.argv[1].replace("-", " "), Path(sys.argv[2])
    for place, seed in enumerate(PARSERS[name].seeds):
        (corpus / f"seed-{place}").write_bytes(seed)
    atheris.Setup([sys.argv[0], *sys.argv[2:]], lambda data: feed(name, data))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
