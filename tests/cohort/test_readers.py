from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from sclerograph.cohort.agreement.bland_altman import bland_altman
from sclerograph.cohort.agreement.detectable_change import smallest_detectable_change, smallest_detectable_difference
from sclerograph.cohort.agreement.intraclass import intraclass
from sclerograph.cohort.agreement.kappa import weighted_kappa
from sclerograph.cohort.reader_ratings import CORRECTED, SOFTWARE, ratings_frame
from sclerograph.cohort.readers import ALL_SITES, agreement_of_readers, hand_totals, measures_of
from sclerograph.errors import UsageError
from sclerograph.registry.reading_form import form_items

ITEMS = form_items(["acro_osteolysis"])
(TOTAL,) = measures_of(ITEMS)
VISITS = (("baseline", 0), ("month 12", 365))


def simulated(patients: int = 12, seed: int = 1) -> pd.DataFrame:
    """Return two readers, one of whom reads some films twice, and the software, all near a truth."""
    random = np.random.default_rng(seed)
    rows = []
    for patient in range(patients):
        for visit, day in VISITS:
            for hand in ("L", "R"):
                for item in ITEMS:
                    truth = random.integers(0, 5)
                    turns = [("A", 0), ("B", 0), (SOFTWARE, 0), *([("A", 1)] if patient < 5 else [])]
                    for rater, repeat in turns:
                        value = float(np.clip(truth + random.integers(-1, 2), 0, 4))
                        where = (f"P-{patient}", visit, day, f"{patient}-{visit}", hand)
                        rows.append((*where, item.name, rater, repeat, value))
    return ratings_frame(rows)


def columns(ratings: pd.DataFrame, first: tuple[str, int], second: tuple[str, int], item: str | None = None):
    """Return the grades of two ratings side by side, taken another way than the code does."""
    wanted = ratings if item is None else ratings[ratings["item"] == item]
    sides = [
        {(r.patient, r.film, r.hand, r.item): r.value for r in wanted.itertuples() if (r.rater, r.repeat) == who}
        for who in (first, second)
    ]
    keys = [key for key in sides[0] if key in sides[1]]
    return [sides[0][key] for key in keys], [sides[1][key] for key in keys], [key[0] for key in keys]


def test_every_pair_is_compared_once():
    result = agreement_of_readers(simulated(), ITEMS)
    pairs = [(each.comparison.kind, *each.comparison.names) for each in result.totals]
    assert pairs == [
        ("between readers", "A", "B"),
        ("reader and software", "A", SOFTWARE),
        ("reader and software", "B", SOFTWARE),
        ("same reader twice", "A, first time", "A, second time"),
    ]
    assert (result.patients, result.films, result.raters) == (12, 24, ("A", "B", SOFTWARE))
    assert [each.site for each in result.grades[:6]] == [ALL_SITES, "DP1", "DP2", "DP3", "DP4", "DP5"]
    assert len(result.grades) == 4 * 6
    assert [each.readers for each in result.all_readers] == [("A", "B")]


@pytest.mark.parametrize(
    ("place", "first", "second"), [(0, ("A", 0), ("B", 0)), (2, ("B", 0), (SOFTWARE, 0)), (3, ("A", 0), ("A", 1))]
)
def test_kappa_is_that_of_the_grades_of_both(place, first, second):
    ratings = simulated()
    grades = agreement_of_readers(ratings, ITEMS).grades[6 * place : 6 * place + 6]
    for each, item in zip(grades, (None, *(item.name for item in ITEMS)), strict=True):
        x, y, patients = columns(ratings, first, second, item)
        expected = weighted_kappa(x, y, categories=range(5), clusters=patients)
        assert (each.kappa.n, each.kappa.counts) == (expected.n, expected.counts)
        assert (each.kappa.kappa, each.kappa.low) == pytest.approx((expected.kappa, expected.low))


def test_totals_of_films_are_compared():
    ratings = simulated()
    total = agreement_of_readers(ratings, ITEMS).totals[0]
    sums = ratings[ratings["repeat"] == 0].groupby(["rater", "film"])["value"].sum()
    a, b = sums["A"], sums["B"]
    assert total.bland_altman.bias == pytest.approx(bland_altman(a, b).bias)
    assert total.bland_altman.n == 24
    assert total.detectable_difference.value == pytest.approx(smallest_detectable_difference(a, b).value)
    single = next(icc for icc in total.intraclass if icc.form == intraclass([a, b]).form)
    assert single.value == pytest.approx(intraclass([a, b]).value)
    assert len(total.intraclass) == 10


def test_changes_are_from_the_first_to_the_last_visit():
    ratings = simulated()
    change = agreement_of_readers(ratings, ITEMS).changes[0]
    sums = ratings[ratings["repeat"] == 0].groupby(["rater", "patient", "visit"])["value"].sum().unstack("visit")
    changes = sums["month 12"] - sums["baseline"]
    expected = smallest_detectable_change(changes["A"], changes["B"], readers_averaged=1)
    assert change.detectable_change.n == 12
    assert change.detectable_change.value == pytest.approx(expected.value)


def one_hand(*values: float | None, **more) -> list[tuple]:
    where = {
        "patient": "P-1",
        "visit": "baseline",
        "day": 0,
        "film": "f",
        "hand": "L",
        "rater": "A",
        "repeat": 0,
    } | more
    head = tuple(where[key] for key in ("patient", "visit", "day", "film", "hand"))
    tail = (where["rater"], where["repeat"])
    return [(*head, item.name, *tail, value) for item, value in zip(ITEMS, values, strict=True)]


@pytest.mark.parametrize(
    ("grades", "total"),
    [
        ((1, 2, 3, 4, 0), 10.0),
        ((1, 2, 3, None, None), 10.0),
        ((4, 4, None, None, None), None),
        ((None,) * 5, None),
    ],
)
def test_what_is_not_assessable_counts_as_the_mean_of_the_others(grades, total):
    totals = hand_totals(ratings_frame(one_hand(*grades)), ITEMS)[TOTAL.name]
    assert totals.tolist() == pytest.approx([float("nan") if total is None else total], nan_ok=True)


def test_a_film_with_a_hand_without_a_total_has_none():
    rows = []
    for rater in ("A", "B"):
        rows += one_hand(1, 1, 1, 1, 1, rater=rater)
        rows += one_hand(*([None] * 5 if rater == "B" else [1] * 5), rater=rater, hand="R")
        rows += one_hand(2, 2, 2, 2, 2, rater=rater, film="g")
    (total,) = agreement_of_readers(ratings_frame(rows), ITEMS).totals
    assert (total.bland_altman.n, total.bland_altman.missing) == (1, 1)
    assert total.bland_altman.means == (10.0,)


def test_visits_of_other_hands_or_unknown_days_give_no_change():
    rows = []
    for rater in ("A", "B"):
        for visit, day in VISITS:
            rows += one_hand(1, 1, 1, 1, 1, rater=rater, visit=visit, day=day, film=visit)
            rows += one_hand(1, 1, 1, 1, 1, rater=rater, visit=visit, day=None, film=f"2 {visit}", patient="P-2")
        rows += one_hand(1, 1, 1, 1, 1, rater=rater, film="baseline", hand="R")
    assert agreement_of_readers(ratings_frame(rows), ITEMS).changes == ()
    same = [row for row in rows if row[4] == "L"]
    (change,) = agreement_of_readers(ratings_frame(same), ITEMS).changes
    assert change.detectable_change.n == 1


def test_who_corrected_is_compared_with_the_software_alone():
    rows = []
    for rater in ("A", "B" + CORRECTED, SOFTWARE):
        rows += one_hand(1, 2, 3, 4, 0, rater=rater)
    result = agreement_of_readers(ratings_frame(rows), ITEMS)
    assert [(each.comparison.kind, each.comparison.first) for each in result.totals] == [
        ("correction and software", "B" + CORRECTED),
        ("reader and software", "A"),
    ]
    assert result.all_readers == ()


def test_absence_and_presence_have_no_weights():
    items = form_items(["calcinosis"])
    rows = []
    for film in range(6):
        for rater, shift in (("A", 0), ("B", 1)):
            for number, item in enumerate(items):
                value = float((film + number + (shift if number < 2 else 0)) % 2)
                rows.append(("P-1", "baseline", 0, f"f{film}", "L", item.name, rater, 0, value))
    result = agreement_of_readers(ratings_frame(rows), items)
    assert {each.kappa.weights for each in result.grades} == {"none"}
    assert result.grades[0].kappa.observed == pytest.approx(18 / 20)
    assert [each.measure.unit for each in result.totals] == ["", "", "mm²"]


def test_one_rater_alone_is_said():
    with pytest.raises(UsageError, match="nothing was rated by two"):
        agreement_of_readers(ratings_frame(one_hand(1, 1, 1, 1, 1)), ITEMS)
