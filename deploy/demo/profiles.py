"""Synthetic chemical profiles: thirty relative peak areas of a lot, blurred by sample and laboratory."""

from random import Random

METHOD = "GC-MS"
TARGETS = "demo-cocaine-30/1"
PEAKS = 30


def areas(lot: str, spread: float, draw: str) -> str:
    """Areas of one sample of `lot`: each off by a factor with standard deviation `spread`, summing to 1."""
    shape, blur = Random(f"lot {lot}"), Random(f"draw {lot} {draw}")
    raw = [shape.gammavariate(0.8, 1.0) + 0.002 for _ in range(PEAKS)]
    values = [value * max(0.05, blur.gauss(1.0, spread)) for value in raw]
    total = sum(values)
    return " ".join(f"{value / total:.6f}" for value in values)
