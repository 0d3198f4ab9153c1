"""Tell the findings of bandit that nobody excused.

    excused.py <report.json>

ruff has bandit's checks too, as S with the same number. A finding is excused by `noqa: S…` of its number at
one of its lines, with a reason after it: no line carries the same excuse twice. Ends with 1 if one is left.
"""

import json
import re
import sys
from pathlib import Path


def excused(finding: dict[str, object], lines: list[str]) -> bool:
    """Whether one of the finding's lines names its number and says why."""
    number = str(finding["test_id"]).removeprefix("B")
    said = re.compile(rf"# noqa:[^#]*\bS{number}\b[^#]*#\s*\w+")
    places = finding["line_range"]
    assert isinstance(places, list)  # noqa: S101  # bandit's own form
    return any(said.search(lines[place - 1]) for place in places)


def main() -> int:
    """The number of findings left, as a status."""
    report = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    left = list(report["errors"])
    for finding in report["results"]:
        lines = Path(finding["filename"]).read_text(encoding="utf-8").splitlines()
        if not excused(finding, lines):
            left.append(finding)
            print(
                f"{finding['filename']}:{finding['line_number']} {finding['test_id']} {finding['issue_text']}"
            )
    print(f"bandit: {len(report['results'])} findings, {len(left)} not excused at their line")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
