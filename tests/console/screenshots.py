"""Pictures of all screens, in English, into deploy/docs/screens (`make screenshots`)."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import Page
from rich.console import Console

from gateway.demo.build import build
from gateway.demo.cast import Stage
from gateway.demo.plan import invented
from gateway.demo.run import running
from tests.components import ROOT, chromium_path, console_path, free_ports, opa_path
from tests.console.browser import Desks, arrived, browsing, shown
from tests.console.screens import SCREENS, Screen

FOLDER = ROOT / "deploy/docs/screens"
LONGEST = 1600
COLOURS = 64


@contextmanager
def demo() -> Iterator[Stage]:
    """The demo, made anew so that its pictures show nothing of anybody's own trials."""
    assert opa_path()
    with TemporaryDirectory(prefix="entente-screens-") as folder:
        stage = Stage(Path(folder) / "demo", free_ports(5), "wasm")
        build(stage, lambda work: invented(work, "small"), Console(quiet=True))
        with running(stage):
            yield stage


def taken(desks: Desks, screens: Sequence[Screen]) -> Iterator[tuple[Screen, Path]]:
    """Each screen with its picture; each person signs in once. A page that did what it must not ends it."""
    FOLDER.mkdir(exist_ok=True)
    pages: dict[str, Page] = {}
    for screen in screens:
        page = pages[screen.who] = pages.get(screen.who) or arrived(desks, screen.who)
        shown(desks, page, screen)
        path = FOLDER / f"{screen.name}.png"
        path.write_bytes(small(page.screenshot(full_page=True, animations="disabled")))
        if faults := desks.faults():
            raise SystemExit(f"{screen.name}: " + "\n".join(faults))
        yield screen, path


def small(picture: bytes) -> bytes:
    """The picture in a palette of its own colours; of a long page its upper part."""
    with Image.open(BytesIO(picture)) as whole:
        part = whole.convert("RGB").crop((0, 0, whole.width, min(whole.height, LONGEST)))
    kept = BytesIO()
    part.quantize(COLOURS, dither=Image.Dither.NONE).save(kept, "PNG", optimize=True)
    return kept.getvalue()


def main(names: Sequence[str]) -> None:
    """Take the pictures of the screens named, or of all."""
    if unknown := set(names) - {each.name for each in SCREENS}:
        raise SystemExit(f"no screen is called {', '.join(sorted(unknown))}")
    console_path()
    wanted = [each for each in SCREENS if not names or each.name in names]
    with demo() as stage, browsing(chromium_path()) as browser, closing(Desks(stage, browser)) as desks:
        for screen, path in taken(desks, wanted):
            Console().print(f"{screen.who:14} {screen.path:24} {path.relative_to(ROOT)}", highlight=False)


if __name__ == "__main__":
    main(sys.argv[1:])
