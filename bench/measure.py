"""What a measure is: rows with a target each, made in a workplace that knows the films and the networks."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, TypeVar

from sclerograph.networks.protocol import HandNetworks

__all__ = ["Measure", "Outcome", "Row", "Skipped", "Target", "Workplace"]

T = TypeVar("T")
Comparison = Literal["<=", ">="]
_COMPARE: dict[Comparison, Callable[[float, float], bool]] = {"<=": operator.le, ">=": operator.ge}
#: A quick run looks at this part of the films.
_QUICK_PART = 8


class Skipped(Exception):
    """A measure cannot be made here; the text says why."""


@dataclass(frozen=True)
class Target:
    """What a value must be: ``Target("<=", 0.9, "mm")``."""

    comparison: Comparison
    limit: float
    unit: str = ""

    def met(self, value: float) -> bool:
        """Tell whether a value keeps to the target."""
        return _COMPARE[self.comparison](value, self.limit)

    def __str__(self) -> str:
        return f"{self.comparison} {spelt(self.limit, self.unit)}"


def spelt(value: float, unit: str) -> str:
    """Return a value with its unit; shares (unit ``%``) are kept between 0 and 1 and spelt as per cent."""
    if unit == "%":
        return f"{100.0 * value:.4g} %"
    return f"{value:.3g} {unit}".strip()


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Parameters
    ----------
    key
        Name of the line, unique over all measures.
    measure, on
        What was measured, on which films.
    value
        The number, ``None`` where no film allowed one.
    unit
        Its unit; ``%`` for shares, which are numbers between 0 and 1.
    n, n_of
        How many of what it rests on.
    target
        What it must be, if anything.
    interval
        The 95 % interval, where one was computed.
    """

    key: str
    measure: str
    on: str
    value: float | None
    unit: str
    n: int
    n_of: str
    target: Target | None = None
    interval: tuple[float, float] | None = None

    @property
    def met(self) -> bool | None:
        """Whether the target is met; ``None`` without a target or without a value."""
        return None if self.target is None or self.value is None else self.target.met(self.value)

    @property
    def measured(self) -> str:
        """The value as it stands in tables."""
        if self.value is None:
            return "not measurable"
        text = spelt(self.value, self.unit)
        if self.interval is None:
            return text
        low, high = (spelt(bound, self.unit) for bound in self.interval)
        return f"{text} ({low} to {high})"

    def as_json(self) -> dict[str, Any]:
        """Return the row as ``bench/results.json`` keeps it."""
        return {
            "key": self.key,
            "measure": self.measure,
            "on": self.on,
            "target": None if self.target is None else str(self.target),
            "measured": self.measured,
            "value": self.value,
            "unit": self.unit,
            "interval": None if self.interval is None else list(self.interval),
            "met": self.met,
            "n": self.n,
            "n_of": self.n_of,
        }


@dataclass
class Outcome:
    """What one measure found.

    ``details`` is what the table has no room for (JSON values), ``seeds`` the seeds of the simulated films or of the
    inserted deposits, ``notes`` what a reader of the numbers must know.
    """

    rows: list[Row]
    details: dict[str, Any] = field(default_factory=dict)
    seeds: list[int] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass
class Workplace:
    """Where a measure is made.

    Parameters
    ----------
    data
        The optional folder of real radiographs.
    cache
        Where simulated films are kept between runs.
    films
        Most films of each kind that a measure looks at; all when ``None``.
    quick
        Look at an eighth of the films.
    pictures
        Where measures put pictures for looking at, if anywhere.
    load
        Makes the networks when they are first asked for.
    follow
        Shows the progress over a list; ``follow(items, what)``.
    """

    data: Path | None
    cache: Path
    load: Callable[[], HandNetworks]
    films: int | None = None
    quick: bool = False
    pictures: Path | None = None
    follow: Callable[[Sequence[Any], str], Iterable[Any]] = lambda items, _: items
    memory: dict[Any, Any] = field(default_factory=dict)

    @property
    def limited(self) -> bool:
        """Whether fewer films are looked at than the table asks for."""
        return self.quick or self.films is not None

    def count(self, wanted: int) -> int:
        """Return how many films to look at where a full run would look at ``wanted``."""
        if self.films is not None:
            return min(wanted, self.films)
        return max(1, wanted // _QUICK_PART) if self.quick else wanted

    def some(self, items: Sequence[T]) -> Sequence[T]:
        """Return the films to look at, spread evenly over ``items``."""
        wanted = self.count(len(items))
        return [items[i * len(items) // wanted] for i in range(wanted)] if items else []

    def each(self, items: Sequence[T], what: str) -> Iterator[T]:
        """Go through a list and show how far."""
        yield from self.follow(items, what)

    def real_films(self) -> Path:
        """Return the folder of real radiographs.

        Raises
        ------
        Skipped
            It is not there.
        """
        if self.data is None or not (self.data / "hands.json").is_file():
            raise Skipped("the optional folder of real radiographs is not there (option --data)")
        return self.data

    @cached_property
    def networks(self) -> HandNetworks:
        """The shipped networks."""
        return self.load()


@dataclass(frozen=True)
class Measure:
    """A measure by its name; ``run`` makes it."""

    name: str
    title: str
    run: Callable[[Workplace], Outcome]
