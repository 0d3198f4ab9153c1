"""Hold the licences of others' packages to a list: those of what runs in a node or a browser.

    python -m deploy.scripts.licences

Each licence that a package names must be on the list of `deploy/licences.toml`; of "A OR B" one is enough. A
package is excused by its name, with the reason. One that names none is not on the list; a version for other
machines counts as the version that is installed here. An excuse that nobody needs is refused as well.
Ends with 1 and names every package that is not covered.
"""

import json
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.scripts.sbom import ROOT, bill

LIST = "deploy/licences.toml"
_WORDS = re.compile(r"\(|\)|[^\s()]+")


@dataclass(frozen=True)
class Rules:
    """Licences that are taken, and packages that are excused, each with the reason."""

    allowed: frozenset[str]
    excused: Mapping[str, str]

    @classmethod
    def read(cls, root: Path) -> "Rules":
        """The rules of a checkout."""
        told = tomllib.loads((root / LIST).read_text(encoding="utf-8"))
        return cls(frozenset(told["allowed"]), told["excused"])

    def takes(self, licence: str) -> bool:
        """Whether a licence's name, or an SPDX expression of names, is covered."""
        if licence in self.allowed:
            return True
        words = _WORDS.findall(licence)
        value = self._either(words)
        return value and not words

    def _either(self, words: list[str]) -> bool:
        value = self._both(words)
        while words and words[0] == "OR":
            words.pop(0)
            value = self._both(words) or value
        return value

    def _both(self, words: list[str]) -> bool:
        value = self._one(words)
        while words and words[0] == "AND":
            words.pop(0)
            value = self._one(words) and value
        return value

    def _one(self, words: list[str]) -> bool:
        if not words:
            return False
        word = words.pop(0)
        if word == "(":
            value = self._either(words)
            return bool(words) and words.pop(0) == ")" and value
        if words[:1] == ["WITH"]:
            word = " ".join([word, *words[:2]])
            del words[:2]
        return word in self.allowed


def faults(components: list[dict[str, Any]], rules: Rules) -> Iterator[str]:
    """What is not covered, and which excuses nobody needs; a line for each."""
    told: dict[str, list[str]] = {}
    running = [each for each in components if each["scope"] == "required"]
    for each in running:
        said = each.get("licenses", ())
        told.setdefault(_name(each), []).extend(_word(one) for one in said)
    needed = set()
    for each in running:
        name, licences = _name(each), told[_name(each)]
        if licences and all(map(rules.takes, licences)):
            continue
        needed.add(name)
        if name not in rules.excused:
            yield f"{name} {each['version']}: {' and '.join(licences) or 'names no licence'}"
    yield from (f"{name}: is excused, and need not be" for name in rules.excused.keys() - needed)


def _name(component: Mapping[str, Any]) -> str:
    group = component.get("group")
    return f"{group}/{component['name']}" if group else str(component["name"])


def _word(said: Mapping[str, Any]) -> str:
    return str(said.get("expression") or said["license"].get("id") or said["license"]["name"])


def main() -> int:
    """The status."""
    found = sorted(faults(json.loads(bill(ROOT))["components"], Rules.read(ROOT)))
    for each in found:
        print(f"LICENCE: {each}", file=sys.stderr)
    print(f"licences: {len(found)} faults; the list is {LIST}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
