"""A chart of 1,000 elements in Debian's Chromium, at the real demo: drawn, moved, and how smoothly.

A telephone with 200 numbers in its address book is expanded: 401 records, 600 ties. What the nodes need for
their answer is not counted; the page's own clock begins when the last of it has arrived.
"""

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from playwright.sync_api import Page
from rich.console import Console

from deploy.demo.telephone import DEVICE
from gateway.demo.build import build
from gateway.demo.cast import Stage
from gateway.demo.plan import Load, Plan, invented
from gateway.demo.run import running
from tests import components
from tests.bench.figure import Sample
from tests.console.browser import Desks, browsing
from tests.console.chart import charted, mandated

NODE = "fr.ofast"
CONTACTS = 200
"""As many of one kind as a node counts; more would be too common to be expanded."""
ELEMENTS = 1 + 5 * CONTACTS
WATCH = """() => {
  const told = (window.__frames = { at: [], drawn: 0 })
  const frame = (now) => {
    told.at.push(now)
    const { items = {}, links = [] } = window.__entente_chart ?? {}
    const there = Object.keys(items).length + links.length >= %d
    if (!told.drawn && there && !document.querySelector('.chart-canvas[aria-busy]'))
      requestAnimationFrame(() => setTimeout(() => { told.drawn ||= performance.now() }))
    requestAnimationFrame(frame)
  }
  requestAnimationFrame(frame)
}"""
DRAWN = "() => window.__frames.drawn && !window.__entente_chart.arranging"
READ = """() => {
  const { at, drawn } = window.__frames
  const answered = Math.max(...performance.getEntriesByType('resource')
    .filter(({ name, responseEnd }) => name.endsWith('/graphql') && responseEnd < drawn)
    .map(({ responseEnd }) => responseEnd))
  const gaps = at.slice(1).map((each, place) => each - at[place])
  const after = gaps.filter((_, place) => at[place + 1] > answered)
  const fps = (1000 * gaps.length) / (at.at(-1) - at[0])
  return { drawn: drawn - answered, longest: Math.max(...after), fps, most: Math.max(...gaps) }
}"""
FORGET = """() => Object.keys(localStorage).filter((each) => each.startsWith('entente.chart'))
  .forEach((each) => localStorage.removeItem(each))"""
MOVES, PACE = 120, 16


@contextmanager
def desks(say: Callable[[str], None]) -> Iterator[Desks]:
    """The demo with that telephone, and a browser at it."""
    say("P16: making a demo with a telephone of 200 contacts")
    with tempfile.TemporaryDirectory() as work:
        stage = Stage(Path(work) / "demo", components.free_ports(5), "wasm")
        build(stage, _plan, Console(quiet=True))
        with running(stage), browsing(components.chromium_path()) as browser:
            opened = Desks(stage, browser)
            yield opened
            opened.close()


def _plan(work: Path) -> Plan:
    plan, telephone = invented(work, "small"), work / "telephone.jsonl"
    command = [sys.executable, "-m", "deploy.demo.telephone", "--contacts", str(CONTACTS)]
    subprocess.run([*command, "--out", str(telephone)], check=True, cwd=components.ROOT)
    return replace(plan, loads=[*plan.loads, Load(NODE, telephone, None, "cases")])


def sampler(opened: Desks) -> partial[Sample]:
    """What draws and moves such a chart once, for `Bench.interleave`."""
    page = opened.signed_in(NODE, "helene", path="/search")
    page.emulate_media(reduced_motion="no-preference")
    mandated(page)
    return partial(_sample, page)


def _sample(page: Page) -> Sample:
    """Milliseconds from the answer to the picture; then the longest frame until it is laid out, and moved."""
    page.goto(page.evaluate("() => `${location.origin}/search`"))
    page.evaluate(FORGET)
    charted(page, [f"{NODE}/{DEVICE}"])
    page.get_by_role("application").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Control+e")
    page.get_by_role("dialog").get_by_role("button", name="Add what is ticked").wait_for()
    page.evaluate(WATCH % ELEMENTS)
    page.get_by_role("dialog").get_by_role("button", name="Add what is ticked").click()
    page.wait_for_function(DRAWN)
    page.wait_for_timeout(500)
    drawn = page.evaluate(READ)
    page.get_by_role("application").press("f")
    page.wait_for_timeout(500)
    moved = _moved(page)
    more = {"longest": drawn["longest"], "fps": moved["fps"], "moving": moved["most"]}
    return Sample(drawn["drawn"], more=more)


def _moved(page: Page) -> dict[str, float]:
    box = page.locator(".chart-canvas").bounding_box()
    assert box is not None
    x, y = box["x"] + 8, box["y"] + 8
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate("() => { window.__frames.at.length = 0 }")
    for step in range(MOVES):
        page.mouse.move(x + step % 80, y + step % 40)
        page.wait_for_timeout(PACE)
    told: dict[str, float] = page.evaluate(READ)
    page.mouse.up()
    return told
