"""The modules that an evidence pack carries: the checking program and all it imports from our rooms."""

import ast
from functools import cache
from importlib import resources

ROOT = "sharing.pack_program"
ROOMS = frozenset({"audit", "sharing"})
PROGRAM = '''"""An evidence pack: `python FILE --help`; it needs Python 3.11 or later and nothing else."""

import sys
from pathlib import Path

if sys.version_info < (3, 11):
    sys.exit("this evidence pack needs Python 3.11 or later")
sys.dont_write_bytecode = True
from sharing import pack_signatures  # noqa: E402

try:
    import cryptography.hazmat.primitives.asymmetric.ed25519  # noqa: F401
except ImportError:
    pack_signatures.stand_in()

from sharing.pack_program import main  # noqa: E402

sys.exit(main(sys.argv[1:], Path(sys.argv[0])))
'''


@cache
def modules() -> dict[str, bytes]:
    """The members `__main__.py` and one per module, by name; the same at every call."""
    found: dict[str, bytes] = {}
    waiting = [ROOT]
    while waiting:
        module = waiting.pop()
        room, _, name = module.partition(".")
        path = f"{room}/{name or '__init__'}.py"
        if path in found:
            continue
        found[path] = resources.files(room).joinpath(f"{name or '__init__'}.py").read_bytes()
        waiting += [room, *imported(found[path])]
    return {"__main__.py": PROGRAM.encode()} | found


def imported(source: bytes) -> list[str]:
    """The modules of our rooms that a source imports."""
    named: list[str] = []
    for each in ast.walk(ast.parse(source)):
        if isinstance(each, ast.ImportFrom) and each.module:
            deeper = [f"{each.module}.{name.name}" for name in each.names] if each.module in ROOMS else []
            named += deeper or [each.module]
        elif isinstance(each, ast.Import):
            named += [name.name for name in each.names]
    return [name for name in named if name.partition(".")[0] in ROOMS]
