"""Agreement of readers who read the same things: every two of them, and all together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import pandas as pd

from sclerograph.cohort.agreement.bland_altman import BlandAltman, bland_altman
from sclerograph.cohort.agreement.detectable_change import DetectableChange, smallest_detectable_difference
from sclerograph.cohort.agreement.intraclass import IntraclassCorrelation, intraclass
from sclerograph.cohort.agreement.kappa import Kappa, weighted_kappa
from sclerograph.cohort.plan import Agreement
from sclerograph.errors import UsageError

__all__ = ["ReaderPair", "ReadersAgreement", "compare_readers", "readers_of"]


@dataclass(frozen=True)
class ReaderPair:
    """Two readers: kappa for grades; differences and the smallest detectable one for measurements."""

    first: str
    second: str
    kappa: Kappa | None = None
    differences: BlandAltman | None = None
    detectable: DetectableChange | None = None


@dataclass(frozen=True)
class ReadersAgreement:
    """All readers of one thing; ``intraclass`` is ICC(A,1) over the things that all of them read."""

    wanted: Agreement
    readers: tuple[str, ...]
    items: int
    patients: int
    pairs: tuple[ReaderPair, ...]
    intraclass: IntraclassCorrelation


def compare_readers(wanted: Agreement, long: Mapping[str, pd.DataFrame], level: float) -> ReadersAgreement:
    """Return how far readers agree.

    Raises
    ------
    UsageError
        A column is missing, there is one reader only, or a reader read the same thing twice.
    """
    rows = long[wanted.table]
    values = readers_of(wanted, long)
    readers = tuple(str(name) for name in values.columns)
    columns = [values[name] for name in values.columns]
    patients = values.index.get_level_values("patient")
    pairs = []
    for first, second in combinations(range(len(readers)), 2):
        one, other = columns[first], columns[second]
        if wanted.scale == "ordinal":
            kappa = weighted_kappa(one, other, categories=_grades(rows[wanted.value]), clusters=patients, level=level)
            pairs.append(ReaderPair(readers[first], readers[second], kappa=kappa))
        else:
            pairs.append(
                ReaderPair(
                    readers[first],
                    readers[second],
                    differences=bland_altman(one, other, level=level),
                    detectable=smallest_detectable_difference(one, other, level),
                )
            )
    return ReadersAgreement(
        wanted, readers, len(values), patients.nunique(), tuple(pairs), intraclass(columns, level=level)
    )


def readers_of(wanted: Agreement, long: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return what was read, one row a thing and one column a reader.

    Raises
    ------
    UsageError
        A column is missing, there is one reader only, or a reader read the same thing twice.
    """
    rows = long[wanted.table]
    keys = ["patient", *wanted.item]
    for name in (wanted.value, wanted.reader, *wanted.item):
        if name not in rows:
            raise UsageError(f"the long table {wanted.table} has no column {name!r}; correct agreement in the plan")
    if not pd.api.types.is_numeric_dtype(rows[wanted.value].dtype):
        raise UsageError(f"column {wanted.value!r} of {wanted.table} holds values that are no numbers; correct them")
    if rows.duplicated([*keys, wanted.reader]).any():
        raise UsageError(
            f"a reader of {wanted.table} has two values for the same thing; name the columns that tell readings apart "
            "in item, or call a second reading another reader"
        )
    values = rows.pivot(index=keys, columns=wanted.reader, values=wanted.value)
    if values.shape[1] < 2:
        raise UsageError(f"the long table {wanted.table} has one reader only; agreement needs two")
    return values


def _grades(values: pd.Series) -> list[float]:
    """Return the grades in their order; whole ones with those between that nobody gave: weights count their steps."""
    given = sorted(float(value) for value in values.dropna().unique())
    if not given or any(not value.is_integer() for value in given):
        return given
    return [float(grade) for grade in range(int(given[0]), int(given[-1]) + 1)]
