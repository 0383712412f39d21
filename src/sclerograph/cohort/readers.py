"""Agreement between readers, of readers with the software, and of a reader with himself.

Grades of single sites are compared by kappa (quadratic weights; none where there are two categories), with standard
errors that allow for several hands and sites of one patient. Totals of a film are compared by intraclass correlations,
limits of agreement and the smallest detectable difference; changes of a patient between two visits by the smallest
detectable change. The statistics and their sources stand in :mod:`sclerograph.cohort.agreement`.

A total is the sum over the sites of a hand. Sites that could not be assessed count as the mean of the others when at
least three in five could be, as missing digits do in the published total of acro-osteolysis; else there is no total.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Literal, cast

from sclerograph.cohort.agreement.bland_altman import BlandAltman, bland_altman
from sclerograph.cohort.agreement.detectable_change import (
    DetectableChange,
    detectable_change_of_readers,
    smallest_detectable_change,
    smallest_detectable_difference,
)
from sclerograph.cohort.agreement.intraclass import (
    IntraclassCorrelation,
    intraclass,
    intraclass_of_every_form,
)
from sclerograph.cohort.agreement.kappa import Kappa, weighted_kappa
from sclerograph.cohort.reader_ratings import CORRECTED, SOFTWARE
from sclerograph.errors import UsageError
from sclerograph.registry.reading_form import FormItem

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "ALL_SITES",
    "AllReaders",
    "ChangeAgreement",
    "Comparison",
    "GradeAgreement",
    "Measure",
    "ReaderAgreement",
    "TotalAgreement",
    "agreement_of_readers",
    "hand_totals",
    "measures_of",
]

#: The site of a comparison over all sites of a lesion.
ALL_SITES = "all sites"
#: Share of the sites that must be assessable for a total.
_ASSESSABLE_SHARE = 0.6

Kind = Literal["between readers", "reader and software", "correction and software", "same reader twice"]


@dataclass(frozen=True)
class Measure:
    """What is added up over a hand: the items, a name and a unit (empty for grades)."""

    name: str
    items: tuple[str, ...]
    unit: str = ""


@dataclass(frozen=True)
class Comparison:
    """Two ratings of the same films: who, and in which turn (1 for the repeat)."""

    kind: Kind
    first: str
    second: str
    first_turn: int = 0
    second_turn: int = 0

    @property
    def names(self) -> tuple[str, str]:
        """How the two are called in tables and figures."""
        if self.kind == "same reader twice":
            return f"{self.first}, first time", f"{self.second}, second time"
        return self.first, self.second


@dataclass(frozen=True)
class GradeAgreement:
    """Agreement of the grades of one site, or of :data:`ALL_SITES` of a lesion together."""

    comparison: Comparison
    lesion: str
    site: str
    kappa: Kappa


@dataclass(frozen=True)
class TotalAgreement:
    """Agreement of the totals of films."""

    comparison: Comparison
    measure: Measure
    intraclass: tuple[IntraclassCorrelation, ...]
    bland_altman: BlandAltman
    detectable_difference: DetectableChange


@dataclass(frozen=True)
class AllReaders:
    """Agreement of the totals of films among all readers who were blinded, two or more."""

    readers: tuple[str, ...]
    measure: Measure
    intraclass: tuple[IntraclassCorrelation, ...]
    detectable_difference: DetectableChange


@dataclass(frozen=True)
class ChangeAgreement:
    """Agreement of the changes of patients from their first to their last visit."""

    comparison: Comparison
    measure: Measure
    intraclass: IntraclassCorrelation
    detectable_change: DetectableChange


@dataclass(frozen=True)
class ReaderAgreement:
    """Everything that was compared; what two raters did not both rate is not there."""

    raters: tuple[str, ...]
    patients: int
    films: int
    grades: tuple[GradeAgreement, ...]
    totals: tuple[TotalAgreement, ...]
    all_readers: tuple[AllReaders, ...]
    changes: tuple[ChangeAgreement, ...]


def measures_of(items: Sequence[FormItem]) -> tuple[Measure, ...]:
    """Return what is added up of the items of a form: grades by lesion, and each count and area by itself."""
    named = {
        "acro_osteolysis": "acro-osteolysis, sum of grades",
        "calcinosis": "calcinosis, regions with calcium",
        "joint_narrowing": "joint space narrowing, sum of grades",
    }
    found = []
    for lesion, name in named.items():
        grades = tuple(item.name for item in items if item.lesion == lesion and item.kind == "grade")
        if grades:
            found.append(Measure(name, grades))
    single = {"count": ("calcinosis, number of deposits", ""), "area_mm2": ("calcinosis, calcified area", "mm²")}
    found += [Measure(single[i.kind][0], (i.name,), single[i.kind][1]) for i in items if i.kind in single]
    return tuple(found)


def agreement_of_readers(ratings: pd.DataFrame, items: Sequence[FormItem], *, level: float = 0.95) -> ReaderAgreement:
    """Compare readers with each other, with the software, and with themselves.

    Parameters
    ----------
    ratings
        What was rated, as of :mod:`sclerograph.cohort.reader_ratings`.
    items
        The items of the form.
    level
        Confidence level of all intervals.

    Raises
    ------
    UsageError
        Nothing was rated twice, by two raters or by one reader at two times.
    """
    pairs = _comparisons(ratings)
    if not pairs:
        raise UsageError(
            "nothing was rated by two readers, by a reader and the software, or by one reader twice: there is nothing "
            "to compare; import the forms of the readers first"
        )
    totals = hand_totals(ratings, items)
    return ReaderAgreement(
        raters=tuple(dict.fromkeys(name for pair in pairs for name in (pair.first, pair.second))),
        patients=int(ratings["patient"].nunique()),
        films=int(ratings["film"].nunique()),
        grades=tuple(each for pair in pairs for each in _grades(ratings, pair, items, level)),
        totals=tuple(each for pair in pairs for each in _totals(totals, pair, items, level)),
        all_readers=tuple(_all_readers(totals, items, level)),
        changes=tuple(each for pair in pairs for each in _changes(totals, pair, items, level)),
    )


def hand_totals(ratings: pd.DataFrame, items: Sequence[FormItem]) -> pd.DataFrame:
    """Return the totals of each hand: one row for each rater and turn, one column for each measure.

    The index has patient, visit, day, film, hand, rater and repeat. Where there is no total the value is NaN.
    """
    import pandas as pd

    index = ["patient", "visit", "day", "film", "hand", "rater", "repeat"]
    # A day that is not known would make the rows vanish from a pivot.
    known = ratings.assign(day=ratings["day"].astype("float64").fillna(float("inf")))
    wide = known.set_index([*index, "item"])["value"].unstack("item")
    columns = {}
    for measure in measures_of(items):
        values = wide.reindex(columns=list(measure.items))
        enough = values.notna().sum(axis="columns") >= _ASSESSABLE_SHARE * len(measure.items)
        columns[measure.name] = values.mean(axis="columns").where(enough) * len(measure.items)
    return pd.DataFrame(columns, index=wide.index)


def _comparisons(ratings: pd.DataFrame) -> list[Comparison]:
    """Return all pairs of raters and turns that have a film in common."""
    films: defaultdict[tuple[str, int], set[str]] = defaultdict(set)
    seen = ratings[["rater", "repeat", "film"]].drop_duplicates()
    for rater, repeat, film in zip(seen["rater"], seen["repeat"], seen["film"], strict=True):
        films[str(rater), int(repeat)].add(str(film))
    # The software comes last, so that differences are those of the reader from the software.
    raters = sorted({rater for rater, _ in films}, key=lambda rater: (rater == SOFTWARE, rater))
    pairs = []
    for first, second in combinations(raters, 2):
        corrected = CORRECTED in first or CORRECTED in second
        if corrected and second != SOFTWARE:
            # Who corrected what the software proposed is compared with the software alone.
            continue
        kind: Kind = "between readers"
        if second == SOFTWARE:
            kind = "correction and software" if corrected else "reader and software"
        pairs.append(Comparison(kind, first, second))
    pairs.sort(key=lambda pair: pair.kind)
    pairs += [Comparison("same reader twice", rater, rater, 0, 1) for rater in raters if (rater, 1) in films]
    return [pair for pair in pairs if films[pair.first, pair.first_turn] & films[pair.second, pair.second_turn]]


def _both(frame: pd.DataFrame, pair: Comparison, on: list[str]) -> pd.DataFrame:
    """Return what both have rated side by side, with the endings ``_1`` and ``_2``."""
    first = frame[(frame["rater"] == pair.first) & (frame["repeat"] == pair.first_turn)]
    second = frame[(frame["rater"] == pair.second) & (frame["repeat"] == pair.second_turn)]
    return first.merge(second, on=on, suffixes=("_1", "_2"))


def _grades(
    ratings: pd.DataFrame, pair: Comparison, items: Sequence[FormItem], level: float
) -> Iterator[GradeAgreement]:
    both = _both(ratings, pair, ["patient", "film", "hand", "item"])
    grades = [item for item in items if item.kind == "grade"]
    for lesion in dict.fromkeys(item.lesion for item in grades):
        of_lesion = [item for item in grades if item.lesion == lesion]
        highest = max(item.highest for item in of_lesion)
        sites = [(ALL_SITES, [item.name for item in of_lesion]), *((item.site, [item.name]) for item in of_lesion)]
        for site, names in sites:
            rows = both[both["item"].isin(names)]
            if rows.empty:
                continue
            kappa = weighted_kappa(
                rows["value_1"],
                rows["value_2"],
                categories=tuple(range(highest + 1)),
                weights="quadratic" if highest > 1 else "none",
                clusters=rows["patient"],
                level=level,
            )
            yield GradeAgreement(pair, lesion, site, kappa)


def _film_totals(totals: pd.DataFrame) -> pd.DataFrame:
    """Return the totals of films: the sum over hands, none where a hand has none."""
    by_film = totals.groupby(["patient", "film", "rater", "repeat"])
    return by_film.sum().where(by_film.count().eq(by_film.size(), axis="index"))


def _totals(
    totals: pd.DataFrame, pair: Comparison, items: Sequence[FormItem], level: float
) -> Iterator[TotalAgreement]:
    both = _both(_film_totals(totals).reset_index(), pair, ["patient", "film"])
    for measure in measures_of(items):
        first, second = both[f"{measure.name}_1"], both[f"{measure.name}_2"]
        if not (first.notna() & second.notna()).any():
            continue
        yield TotalAgreement(
            pair,
            measure,
            intraclass_of_every_form([first, second], level),
            bland_altman(first, second, level=level),
            smallest_detectable_difference(first, second, level),
        )


def _all_readers(totals: pd.DataFrame, items: Sequence[FormItem], level: float) -> Iterator[AllReaders]:
    films = _film_totals(totals).reset_index()
    raters = sorted(set(films.loc[films["repeat"] == 0, "rater"]))
    readers = [rater for rater in raters if rater != SOFTWARE and CORRECTED not in rater]
    if len(readers) < 2:
        return
    for measure in measures_of(items):
        wide = films[films["repeat"] == 0].set_index(["film", "rater"])[measure.name].unstack("rater")
        columns = [wide[reader] for reader in readers]
        if not wide[readers].notna().all(axis="columns").any():
            continue
        yield AllReaders(
            tuple(readers),
            measure,
            intraclass_of_every_form(columns, level),
            detectable_change_of_readers(columns, level=level),
        )


def _changes(
    totals: pd.DataFrame, pair: Comparison, items: Sequence[FormItem], level: float
) -> Iterator[ChangeAgreement]:
    for measure in measures_of(items):
        changes = _change_of_patients(totals[measure.name], measure.name)
        if changes.empty:
            continue
        both = _both(changes, pair, ["patient"])
        first, second = both[f"{measure.name}_1"], both[f"{measure.name}_2"]
        if not (first.notna() & second.notna()).any():
            continue
        yield ChangeAgreement(
            pair,
            measure,
            intraclass([first, second], level=level),
            smallest_detectable_change(first, second, readers_averaged=1, level=level),
        )


def _change_of_patients(totals: pd.Series[float], name: str) -> pd.DataFrame:
    """Return the change of each patient from the first to the last visit whose days are known, by rater and turn.

    Several films of one hand at a visit count as their mean. Visits that show different hands are not compared.
    """
    import pandas as pd

    by_hand = totals.groupby(["rater", "repeat", "patient", "day", "hand"])
    hands = by_hand.mean().where(by_hand.count() == by_hand.size())
    rows = []
    for key, group in hands.groupby(level=["rater", "repeat", "patient"]):
        rater, repeat, patient = cast("tuple[str, int, str]", key)
        by_day = group.droplevel(["rater", "repeat", "patient"]).unstack("hand")
        by_day = by_day[by_day.index < float("inf")].sort_index()
        if len(by_day) < 2:
            continue
        first, last = by_day.iloc[0].dropna(), by_day.iloc[-1].dropna()
        same_hands = set(first.index) == set(last.index) and len(first)
        rows.append((rater, repeat, patient, float((last - first).sum()) if same_hands else float("nan")))
    return pd.DataFrame(rows, columns=["rater", "repeat", "patient", name])
