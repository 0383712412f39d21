"""What is missing: how much of each variable, and which variables together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

__all__ = ["MissingPattern", "MissingSummary", "MissingVariable", "summarise_missing"]


@dataclass(frozen=True)
class MissingVariable:
    """How much of one variable is missing."""

    name: str
    missing: int
    #: Of all rows; ``None`` without rows.
    share: float | None


@dataclass(frozen=True)
class MissingPattern:
    """Rows in which exactly these variables are missing."""

    variables: tuple[str, ...]
    rows: int


@dataclass(frozen=True)
class MissingSummary:
    """What is missing in a table."""

    n: int
    #: Rows in which nothing is missing: what a model of all variables would rest on.
    complete: int
    #: In the order of the table.
    variables: tuple[MissingVariable, ...]
    #: The most frequent first, complete rows not among them.
    patterns: tuple[MissingPattern, ...]


def summarise_missing(frame: pd.DataFrame) -> MissingSummary:
    """Count missing values by variable and by pattern."""
    lacking = frame.isna().to_numpy(dtype=np.bool_)
    names = [str(name) for name in frame.columns]
    n = len(frame)
    found, counts = np.unique(lacking, axis=0, return_counts=True) if lacking.size else (lacking[:0], np.zeros(0, int))
    patterns = [
        MissingPattern(tuple(name for name, is_missing in zip(names, row, strict=True) if is_missing), int(count))
        for row, count in zip(found, counts, strict=True)
        if row.any()
    ]
    return MissingSummary(
        n=n,
        complete=int((~lacking.any(axis=1)).sum()),
        variables=tuple(
            MissingVariable(name, int(count), float(count) / n if n else None)
            for name, count in zip(names, lacking.sum(axis=0), strict=True)
        ),
        patterns=tuple(sorted(patterns, key=lambda pattern: (-pattern.rows, pattern.variables))),
    )
