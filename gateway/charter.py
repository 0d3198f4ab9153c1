"""What others hold the node to, as texts: the federation's directory and key, and the node's trust policy."""

from dataclasses import dataclass
from pathlib import Path

from gateway.errors import NodeNotReady


@dataclass(frozen=True, slots=True)
class Charter:
    """The files in the home, read when asked for, so that an answer is never older than the file."""

    directory: Path = Path("directory.jws")
    federation: Path = Path("federation.vkey")
    policy: Path | None = None
    card: Path = Path("node.card.json")
    """What the node gives to the federation: its public keys with their lives."""

    def texts(self) -> tuple[str, str, str | None]:
        """Directory, federation key, trust policy (None without one); `NodeNotReady` if one is missing."""
        return _text(self.directory), _text(self.federation), _text(self.policy) if self.policy else None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise NodeNotReady(f"{path.name}: cannot be read; evidence needs it") from error
