"""Tell whether a bill of materials has CycloneDX's published form, and each licence is one that SPDX knows.

    sbom_form.py <bill.json>

Runs in the environment of others' tools, with their schema and their list of licences. Ends with 1 if not.
"""

import json
import sys
from pathlib import Path

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from license_expression import get_spdx_licensing


def main() -> int:
    """The status: 0 if the form holds."""
    text = Path(sys.argv[1]).read_text(encoding="utf-8")
    told = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text, all_errors=True)
    faults = [str(each)[:500] for each in told or ()]
    components = json.loads(text)["components"]
    licences = [licence for part in components for licence in part.get("licenses", ())]
    said = {each["expression"] for each in licences if "expression" in each}
    licensing = get_spdx_licensing()
    for expression in sorted(said):
        faults += [f"{expression}: {fault}" for fault in licensing.validate(expression).errors]
    counts = f"{len(components)} components, {len(said)} licence expressions, {len(faults)} faults"
    print("\n".join([*faults, f"CycloneDX 1.6: {counts}"]))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
