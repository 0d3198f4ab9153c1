"""A `ProgressBook` in memory."""

from audit.progress import Progress


class MemoryProgress:
    """States in a dictionary."""

    def __init__(self) -> None:
        """Start with none."""
        self._states: dict[str, Progress] = {}

    def all(self) -> dict[str, Progress]:
        """See `ProgressBook.all`."""
        return dict(self._states)

    def put(self, progress: Progress) -> None:
        """See `ProgressBook.put`."""
        self._states[progress.node] = progress
