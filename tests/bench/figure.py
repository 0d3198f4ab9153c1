"""What a figure is made of: series of samples, rows of the table, and the bench they are measured on."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.machine import DISTURBED, Cores, Watch

TRIES = 3


class NotMeasuredError(RuntimeError):
    """A figure, or a row of it, that could not be measured; says why."""


@dataclass(frozen=True)
class Sample:
    """One measurement: `value` in the row's unit, CPU microseconds per request, what else was seen."""

    value: float
    cpu: float | None = None
    more: dict[str, float] = field(default_factory=dict)
    foreign: float = 0.0


@dataclass(frozen=True)
class Series:
    """Samples of one contender, in the order of the rounds."""

    name: str
    samples: tuple[Sample, ...]

    @property
    def median(self) -> float:
        """Median of the values."""
        return statistics.median(sample.value for sample in self.samples)

    @property
    def spread(self) -> tuple[float, float]:
        """Least and greatest value."""
        values = [sample.value for sample in self.samples]
        return min(values), max(values)

    @property
    def cpu(self) -> float | None:
        """Median CPU microseconds per request, where it was measured."""
        told = [sample.cpu for sample in self.samples if sample.cpu is not None]
        return statistics.median(told) if told else None

    @property
    def disturbed(self) -> int:
        """How many samples had foreign load beside them in spite of repetitions."""
        return sum(sample.foreign > DISTURBED for sample in self.samples)

    def told(self, name: str) -> "Series":
        """The same samples read by another of their measures."""
        return Series(
            self.name,
            tuple(Sample(each.more[name], each.cpu, each.more, each.foreign) for each in self.samples),
        )


@dataclass(frozen=True)
class Target:
    """A bound on the ratio ours / baseline."""

    at_least: bool
    bound: float

    def met(self, ratio: float) -> bool:
        """Whether the ratio keeps to it."""
        return ratio >= self.bound if self.at_least else ratio <= self.bound

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.bound:g}×"


def at_least(bound: float) -> Target:
    """More is better."""
    return Target(at_least=True, bound=bound)


def at_most(bound: float) -> Target:
    """Less is better."""
    return Target(at_least=False, bound=bound)


@dataclass(frozen=True)
class Row:
    """One line of the table: ours beside a baseline measured in the same rounds."""

    what: str
    unit: str
    ours: Series
    baseline: Series
    target: Target | None = None
    note: str = ""

    @property
    def ratios(self) -> list[float]:
        """Ours / baseline, round by round."""
        pairs = zip(self.ours.samples, self.baseline.samples, strict=False)
        return [ours.value / other.value for ours, other in pairs if other.value]

    @property
    def ratio(self) -> float:
        """Median of the ratios of the rounds."""
        return statistics.median(self.ratios)


@dataclass(frozen=True)
class Missing:
    """A line that could not be measured."""

    what: str
    reason: str


Line = Row | Missing


@dataclass
class Bench:
    """Where and how long to measure; `say` shows what is going on.

    `patience` are the seconds that the figure may still spend on taking disturbed samples again.
    """

    folder: Path
    cores: Cores
    records: int
    seconds: float
    rounds: int
    quick: bool
    say: Callable[[str], None]
    patience: list[float] = field(default_factory=lambda: [30.0])

    def interleave(self, contenders: Sequence[tuple[str, Callable[[], Sample]]]) -> dict[str, Series]:
        """Measure all contenders in turn, round after round; a disturbed sample is taken again."""
        taken: dict[str, list[Sample]] = {name: [] for name, _ in contenders}
        for turn in range(self.rounds):
            for name, run in contenders:
                self.say(f"round {turn + 1} of {self.rounds}: {name}")
                taken[name].append(self._undisturbed(run))
        return {name: Series(name, tuple(samples)) for name, samples in taken.items()}

    def _undisturbed(self, run: Callable[[], Sample]) -> Sample:
        best: Sample | None = None
        for _ in range(1 if self.quick else TRIES):
            watch = Watch()
            sample = run()
            foreign = watch.foreign()
            if best is None or foreign < best.foreign:
                best = Sample(sample.value, sample.cpu, sample.more, foreign)
            self.patience[0] -= watch.passed if foreign > DISTURBED else 0.0
            if foreign <= DISTURBED or self.patience[0] <= 0:
                break
        assert best is not None
        return best


@dataclass(frozen=True)
class Figure:
    """One target: its number, what it is about, and how it is measured."""

    key: str
    title: str
    measure: Callable[[Bench], Sequence[Line]]
