"""Intraclass correlation coefficients in all forms of McGraw and Wong, with their F intervals.

McGraw and Wong 1996, Psychol Methods 1:30-46, doi:10.1037/1082-989X.1.1.30 (corrected in 1:390); the six forms of
Shrout and Fleiss 1979, Psychol Bull 86:420-428, doi:10.1037/0033-2909.86.2.420, are among them. "ICC" without its form
is no number: the same ratings can give 0.17 and 0.91.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sclerograph.cohort.agreement.variance import MeanSquares, mean_squares
from sclerograph.cohort.interval import Interval, TestResult, check_level
from sclerograph.cohort.values import Values

__all__ = ["FORMS", "IntraclassCorrelation", "IntraclassForm", "intraclass", "intraclass_of_every_form"]

Model = Literal["one_way_random", "two_way_random", "two_way_mixed"]
Definition = Literal["consistency", "absolute_agreement"]
Unit = Literal["single", "average"]


@dataclass(frozen=True)
class IntraclassForm:
    """One way to define an intraclass correlation."""

    #: Readers differ from film to film; are a sample of readers; are the only readers of interest.
    model: Model
    #: Whether a reader who is always 2 higher still agrees. The one-way model knows absolute agreement only.
    definition: Definition
    #: The reliability of one reader, or of the mean of all.
    unit: Unit

    @property
    def mcgraw_wong(self) -> str:
        """The name in McGraw and Wong, as ICC(A,1)."""
        unit = "1" if self.unit == "single" else "k"
        if self.model == "one_way_random":
            return f"ICC({unit})"
        return f"ICC({'C' if self.definition == 'consistency' else 'A'},{unit})"

    @property
    def shrout_fleiss(self) -> str | None:
        """The name in Shrout and Fleiss, as ICC(2,1); ``None`` where they have none."""
        unit = "1" if self.unit == "single" else "k"
        if self.model == "one_way_random":
            return f"ICC(1,{unit})"
        if self.model == "two_way_random":
            return f"ICC(2,{unit})" if self.definition == "absolute_agreement" else None
        return f"ICC(3,{unit})" if self.definition == "consistency" else None


_DEFINITIONS: tuple[Definition, ...] = ("consistency", "absolute_agreement")
_UNITS: tuple[Unit, ...] = ("single", "average")
_TWO_WAY: tuple[Model, ...] = ("two_way_random", "two_way_mixed")

#: The ten forms of table 4 of McGraw and Wong.
FORMS: tuple[IntraclassForm, ...] = (
    *(IntraclassForm("one_way_random", "absolute_agreement", unit) for unit in _UNITS),
    *(IntraclassForm(model, definition, unit) for model in _TWO_WAY for definition in _DEFINITIONS for unit in _UNITS),
)

#: Two readers of interest who are a sample of readers, one reading a film: the usual case of a reader study.
_SINGLE_READER = IntraclassForm("two_way_random", "absolute_agreement", "single")


@dataclass(frozen=True)
class IntraclassCorrelation:
    """An intraclass correlation with its form."""

    form: IntraclassForm
    subjects: int
    readers: int
    #: Subjects left out because a rating is missing; all of them where fewer than two are complete.
    missing: int
    #: Can be negative when subjects differ less than readers; ``None`` where the subjects do not differ at all.
    value: float | None
    #: ``None`` also where the readers agree perfectly, which leaves nothing to tell the uncertainty from.
    low: float | None
    high: float | None
    #: F test of no correlation.
    test: TestResult

    @property
    def interval(self) -> Interval:
        """The interval of the coefficient."""
        return Interval(self.low, self.high)


def intraclass(
    readers: Sequence[Values], form: IntraclassForm = _SINGLE_READER, level: float = 0.95
) -> IntraclassCorrelation:
    """Return the intraclass correlation of one form.

    Parameters
    ----------
    readers
        One column a reader (or a repeat), one value a subject, in the same order. Subjects with a missing rating are
        left out and counted.
    form
        By default ICC(A,1): readers are a sample of readers, a constant difference between them counts as disagreement,
        and one reader reads in practice.
    level
        Confidence level of the interval.

    Raises
    ------
    UsageError
        There are fewer than two readers, or their columns differ in length.
    """
    check_level(level)
    squares = mean_squares(readers)
    if squares is None:
        test = TestResult(_name(form), None, None, "fewer than two subjects were rated by everybody")
        return IntraclassCorrelation(form, 0, len(readers), len(readers[0]), None, None, None, test)
    single, limits = _single(squares, form, 1.0 - level)
    value, low, high = single, limits.low, limits.high
    if form.unit == "average":
        value, low, high = (_of_average(each, squares.readers) for each in (single, low, high))
    return IntraclassCorrelation(
        form, squares.subjects, squares.readers, squares.missing, value, low, high, _test(squares, form)
    )


def intraclass_of_every_form(readers: Sequence[Values], level: float = 0.95) -> tuple[IntraclassCorrelation, ...]:
    """Return the intraclass correlations of all :data:`FORMS`, as :func:`intraclass` does for one."""
    return tuple(intraclass(readers, form, level) for form in FORMS)


def _single(squares: MeanSquares, form: IntraclassForm, alpha: float) -> tuple[float | None, Interval]:
    """Return the coefficient of a single rating and its interval."""
    n, k = squares.subjects, squares.readers
    if form.model == "one_way_random":
        return _consistency(squares.rows, squares.within, k, (n - 1, n * (k - 1)), alpha)
    if form.definition == "consistency":
        return _consistency(squares.rows, squares.error, k, (n - 1, (n - 1) * (k - 1)), alpha)
    return _absolute(squares, alpha)


def _consistency(
    rows: float, rest: float, k: int, freedom: tuple[int, int], alpha: float
) -> tuple[float | None, Interval]:
    """Return ICC(1) or ICC(C,1), which differ in the mean square that is error."""
    from scipy.special import fdtri

    total = rows + (k - 1) * rest
    if total == 0.0:
        return None, Interval(None, None)
    value = (rows - rest) / total
    if rest == 0.0:
        return value, Interval(None, None)
    lower = rows / rest / float(fdtri(*freedom, 1.0 - alpha / 2.0))
    upper = rows / rest * float(fdtri(*reversed(freedom), 1.0 - alpha / 2.0))
    return value, Interval((lower - 1.0) / (lower + k - 1.0), (upper - 1.0) / (upper + k - 1.0))


def _absolute(squares: MeanSquares, alpha: float) -> tuple[float | None, Interval]:
    """Return ICC(A,1); its error joins two mean squares, so that degrees of freedom are Satterthwaite's."""
    from scipy.special import fdtri

    n, k, rows, columns, error = squares.subjects, squares.readers, squares.rows, squares.columns, squares.error
    total = rows + (k - 1) * error + k / n * (columns - error)
    if total <= 0.0:
        return None, Interval(None, None)
    value = (rows - error) / total
    if 1.0 - value < 1e-15:
        return value, Interval(None, None)
    a = k * value / (n * (1.0 - value))
    b = 1.0 + k * value * (n - 1) / (n * (1.0 - value))
    spread = (a * columns) ** 2 / (k - 1) + (b * error) ** 2 / ((n - 1) * (k - 1))
    if spread == 0.0:
        return value, Interval(None, None)
    freedom = (a * columns + b * error) ** 2 / spread
    if freedom <= 0.0:
        return value, Interval(None, None)
    rest = k * columns + (k * n - k - n) * error
    below, above = (float(fdtri(*pair, 1.0 - alpha / 2.0)) for pair in ((n - 1, freedom), (freedom, n - 1)))
    return value, Interval(
        n * (rows - below * error) / (below * rest + n * rows), n * (above * rows - error) / (rest + n * above * rows)
    )


def _of_average(single: float | None, k: int) -> float | None:
    """Return the reliability of the mean of k ratings from that of one (Spearman and Brown)."""
    if single is None:
        return None
    scale = 1.0 + (k - 1) * single
    # The lowest that a single rating can have, -1 / (k - 1), is minus infinity for the mean.
    return -math.inf if scale <= 1e-15 else k * single / scale


def _test(squares: MeanSquares, form: IntraclassForm) -> TestResult:
    from scipy.special import fdtrc

    n, k = squares.subjects, squares.readers
    one_way = form.model == "one_way_random"
    rest = squares.within if one_way else squares.error
    freedom = (n - 1, n * (k - 1) if one_way else (n - 1) * (k - 1))
    note = f"{freedom[0]} and {freedom[1]} degrees of freedom"
    if rest == 0.0:
        return TestResult(_name(form), None, None, "the readers do not differ")
    statistic = squares.rows / rest
    return TestResult(_name(form), statistic, float(fdtrc(*freedom, statistic)), note)


def _name(form: IntraclassForm) -> str:
    return f"one-sided F test of {form.mcgraw_wong} = 0"
