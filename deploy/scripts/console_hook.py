"""Building a wheel or an sdist builds the console first: neither is made without what browsers get."""

import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ConsoleHook(BuildHookInterface[Any]):
    """An editable installation takes the console as `make console` leaves it, also later."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002  # hatchling's signature
        """Bring `gateway/console/dist` to the sources, or fail the build."""
        if version != "editable":
            root = Path(self.root)
            subprocess.run([root / "deploy" / "scripts" / "console.sh"], cwd=root, check=True)  # noqa: S603  # our own
