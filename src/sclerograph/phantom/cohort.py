"""Simulated patients: a cohort rebuilt from a published abstract, and cohorts of any size.

Nobody in these tables exists. :func:`published_cohort` builds 77 patients whose every margin and association is that of
the abstract FRI0276 (``published_margins``); all that the abstract does not print is invented, and kept unremarkable
where the abstract says or implies that nothing was found. It is made, not fitted:

1. Counts that the abstract withholds (how many patients had interstitial lung disease, PAH or digital ulcers) are those
   for which the printed p values can be met best.
2. Each finding is a column of 0 and 1 with its exact count. Pairs of patients exchange their values within one column
   (which keeps every count) until each pair of columns has the number of joint patients that its p value asks for, and
   no pair that was not reported is significant.
3. Durations are drawn once and handed round among patients in the same way.

The same seed gives the same table, in less than a minute.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from sclerograph.phantom.published_margins import (
    ASSOCIATIONS,
    MEAN_AGE_YEARS,
    PATIENTS,
    PREVALENCES,
    PrintedAssociation,
)

__all__ = [
    "DEFAULT_SEED",
    "big_cohort",
    "digits_of",
    "levels_of",
    "published_cohort",
    "two_by_two_p",
    "visits_of",
]

DEFAULT_SEED = 276
#: Joint count of a pair that must not be significant: p of at least this, so that no other test turns the verdict.
_CLEARLY_NOT_SIGNIFICANT = 0.10
_HAND = (
    "hand_calcinosis",
    "hand_acro_osteolysis",
    "hand_periarticular_calcification",
    "hand_erosion",
    "hand_joint_narrowing",
    "hand_subluxation",
    "hand_flexion",
)
_SPINE = (
    "spine_anterior_calcification",
    "spine_canal_calcification",
    "spine_foraminal_calcification",
    "spine_posterior_calcification",
)
_PROGNOSIS = ("ild", "pah", "death")
#: The full paper on the same 77 patients (doi 10.1097/MD.0000000000022443) counts 64 with calcification of any segment.
_SPINE_ANY = 64
#: p = 0.001 with all deaths among 9 foraminal cases of 77 leaves one number of deaths: C(9,3) / C(77,3) = 0.0011.
_DEATHS = 3
_RESTRICTIVE = 20


@lru_cache(maxsize=8192)
def two_by_two_p(n: int, first: int, second: int, both: int) -> float:
    """Return the p value of two binary findings: chi-square, or Fisher's exact test when a count below 5 is expected.

    Parameters
    ----------
    n
        Patients.
    first, second
        How many have each finding.
    both
        How many have both.
    """
    smallest_expected = min(first, n - first) * min(second, n - second) / n
    return (_fisher_p if smallest_expected < 5.0 else _chi_square_p)(n, first, second, both)


def _fisher_p(n: int, first: int, second: int, both: int) -> float:
    """Return the two-sided exact p: the tables that are at most as likely as this one, in whole numbers."""
    ways = [math.comb(first, k) * math.comb(n - first, second - k) for k in range(min(first, second) + 1)]
    here = math.comb(first, both) * math.comb(n - first, second - both)
    return sum(way for way in ways if way <= here) / math.comb(n, second)


def _chi_square_p(n: int, first: int, second: int, both: int) -> float:
    """Return Pearson's p without correction; with one degree of freedom it is the tail of a normal distribution."""
    spread = first * (n - first) * second * (n - second)
    chi_square = n * (n * both - first * second) ** 2 / spread
    return math.erfc(math.sqrt(chi_square / 2.0))


def _cautious_p(first: int, second: int, both: int) -> float:
    """Return the smaller p of the two tests, for pairs that must not be significant by either."""
    return min(_fisher_p(PATIENTS, first, second, both), _chi_square_p(PATIENTS, first, second, both))


def _nearest_joint_count(printed: PrintedAssociation, first: int, second: int) -> tuple[int, float]:
    """Return the joint count (more than chance) whose p is nearest to the printed one, and the distance in log10 p."""
    best = (0, np.inf)
    for both in range(max(0, first + second - PATIENTS), min(first, second) + 1):
        if both * PATIENTS <= first * second:
            continue
        p = two_by_two_p(PATIENTS, first, second, both)
        if printed.below:
            # well below the bound, yet no more extreme than it needs to be
            distance = abs(np.log10(p) - np.log10(printed.p / 4.0)) if p < printed.p else np.inf
        else:
            distance = abs(np.log10(p) - np.log10(printed.p))
        if distance < best[1]:
            best = (both, float(distance))
    return best


def _withheld_counts(counts: dict[str, int]) -> dict[str, int]:
    """Return the counts that the abstract does not print: those with which its p values can be met best."""
    found = {}
    for outcome, sizes in (
        ("ild", range(25, 46)),
        ("pah", range(6, 16)),
        ("digital_ulcers_ever", range(24, 46)),
    ):
        relations = [a for a in ASSOCIATIONS if a.outcome == outcome]
        worst = {size: max(_nearest_joint_count(a, counts[a.exposure], size)[1] for a in relations) for size in sizes}
        found[outcome] = min(worst, key=lambda size: (worst[size], size))
    return found


@dataclass(frozen=True)
class _Pair:
    """Bounds of the number of patients who have both findings, and how much a miss counts."""

    first: int
    second: int
    low: int
    high: int


def _pairs(names: list[str], counts: dict[str, int]) -> list[_Pair]:
    """Return what is asked of every pair of findings."""
    wanted: dict[tuple[str, str], tuple[int, int]] = {}
    for printed in ASSOCIATIONS:
        if printed.outcome in counts:
            both, _ = _nearest_joint_count(printed, counts[printed.exposure], counts[printed.outcome])
            wanted[printed.exposure, printed.outcome] = (both, both)
    wanted["spine_foraminal_calcification", "spine_canal_calcification"] = (
        counts["spine_foraminal_calcification"],
    ) * 2
    # Disease that the three calcifying or resorbing lesions share, as in every cohort; their size is not printed.
    wanted["hand_calcinosis", "hand_acro_osteolysis"] = (8, 9)
    wanted["hand_calcinosis", "hand_periarticular_calcification"] = (10, 12)
    wanted["hand_acro_osteolysis", "hand_periarticular_calcification"] = (6, 8)
    wanted["restrictive_syndrome", "ild"] = (14, 16)
    quiet = [(lesion, outcome) for lesion in (*_HAND, *_SPINE) for outcome in _PROGNOSIS]
    # Foraminal calcification lies in the canal: whoever died has both, and the canal cannot be quiet.
    quiet.remove(("spine_canal_calcification", "death"))
    quiet += [("death", other) for other in ("female", "diffuse", "restrictive_syndrome", "digital_ulcers_ever")]
    quiet += [("death", other) for other in _PROGNOSIS[:2]]
    quiet += [("diffuse", lesion) for lesion in (*_HAND, *_SPINE, "pah")]
    quiet += [
        ("digital_ulcers_ever", lesion)
        for lesion in ("hand_erosion", "hand_joint_narrowing", "hand_subluxation", "hand_flexion")
    ]
    quiet += [("female", lesion) for lesion in (*_HAND, *_SPINE)]
    for first, second in quiet:
        if (first, second) not in wanted and (second, first) not in wanted:
            allowed = [
                both
                for both in range(
                    max(0, counts[first] + counts[second] - PATIENTS), min(counts[first], counts[second]) + 1
                )
                if _cautious_p(counts[first], counts[second], both) >= _CLEARLY_NOT_SIGNIFICANT
            ]
            wanted[first, second] = (allowed[0], allowed[-1])
    return [_Pair(names.index(a), names.index(b), low, high) for (a, b), (low, high) in wanted.items()]


def _arranged(names: list[str], counts: dict[str, int], rng: np.random.Generator) -> pd.DataFrame:
    """Return one column of 0 and 1 for each finding, with the wanted counts, alone and in pairs."""
    pairs = _pairs([*names, "spine_any_calcification"], counts)
    first = np.array([pair.first for pair in pairs])
    second = np.array([pair.second for pair in pairs])
    low = np.array([pair.low for pair in pairs])
    high = np.array([pair.high for pair in pairs])
    segments = [
        names.index(name)
        for name in ("spine_anterior_calcification", "spine_canal_calcification", "spine_posterior_calcification")
    ]
    table = np.zeros((PATIENTS, len(names) + 1), np.int64)
    for column, name in enumerate(names):
        table[rng.permutation(PATIENTS)[: counts[name]], column] = 1

    def cost() -> float:
        table[:, -1] = table[:, segments].max(axis=1)
        joint = (table.T @ table)[first, second]
        missed = np.maximum(low - joint, 0) + np.maximum(joint - high, 0)
        return float((missed**2).sum() + (table[:, -1].sum() - counts["spine_any_calcification"]) ** 2)

    now, heat = cost(), 3.0
    while now > 0.0:
        column = int(rng.integers(len(names)))
        have = np.flatnonzero(table[:, column])
        lack = np.flatnonzero(table[:, column] == 0)
        giver, taker = int(rng.choice(have)), int(rng.choice(lack))
        table[[giver, taker], column] = 0, 1
        new = cost()
        if new <= now or rng.random() < np.exp((now - new) / heat):
            now = new
        else:
            table[[giver, taker], column] = 1, 0
        heat = max(0.15, heat * 0.9995)
    cost()
    return pd.DataFrame(table, columns=[*names, "spine_any_calcification"])


def _rank_sum_z(ranks: NDArray[np.float64], group: NDArray[np.bool_]) -> float:
    """Return the standardised rank sum of a group; positive when its values are larger."""
    size, rest = int(group.sum()), int((~group).sum())
    u = ranks[group].sum() - size * (size + 1) / 2.0
    return float((u - size * rest / 2.0) / np.sqrt(size * rest * (size + rest + 1) / 12.0))


def _durations(findings: pd.DataFrame, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return disease durations in years, long in patients with the lesions that the abstract relates to duration."""
    years = np.sort(np.round(np.exp(rng.normal(np.log(8.0), 0.75, PATIENTS)), 1).clip(0.5, 36.0))
    ranks = stats.rankdata(years)
    wanted = []
    for printed in ASSOCIATIONS:
        if printed.outcome == "disease_duration_years":
            p = printed.p / 3.0 if printed.below else printed.p
            wanted.append((findings[printed.exposure].to_numpy() == 1, float(stats.norm.isf(p / 2.0))))
    quiet = [findings[name].to_numpy() == 1 for name in ("death", "diffuse", "spine_foraminal_calcification")]
    order = rng.permutation(PATIENTS)

    def cost() -> float:
        placed = ranks[order]
        missed = sum((_rank_sum_z(placed, group) - z) ** 2 for group, z in wanted)
        return float(missed + sum(max(0.0, abs(_rank_sum_z(placed, group)) - 1.2) ** 2 for group in quiet))

    now = cost()
    while now > 1e-3:
        one, other = rng.integers(PATIENTS, size=2)
        order[[one, other]] = order[[other, one]]
        new = cost()
        if new <= now:
            now = new
        else:
            order[[one, other]] = order[[other, one]]
    return np.asarray(years[order], np.float64)


def published_cohort(seed: int = DEFAULT_SEED) -> pd.DataFrame:
    """Return 77 simulated patients who have, together, every margin and association of the abstract FRI0276.

    Parameters
    ----------
    seed
        The same seed gives the same table.

    Returns
    -------
    pandas.DataFrame
        One row a patient, columns named as in the data dictionary: demographics, findings of hands and spine (0 or
        1), organs, follow-up. What the abstract does not mention (skin score, lung function, vitamin D, antibodies)
        are invented, and some of them are missing, as in life.
    """
    rng = np.random.default_rng(seed)
    counts = {p.variable: p.count for p in PREVALENCES if p.variable != "limited"}
    counts |= {"death": _DEATHS, "restrictive_syndrome": _RESTRICTIVE, "spine_any_calcification": _SPINE_ANY}
    counts |= _withheld_counts(counts)
    names = [name for name in counts if name != "spine_any_calcification"]
    findings = _arranged(names, counts, rng)
    findings["disease_duration_years"] = _durations(findings, rng)
    return _completed(findings, _ages(rng), rng, prefix="P", digits=3)


def _ages(rng: np.random.Generator) -> NDArray[np.int64]:
    """Return ages in years with the printed mean."""
    ages = np.round(rng.normal(MEAN_AGE_YEARS, 12.0, PATIENTS)).clip(24, 86).astype(np.int64)
    while (missing := round(MEAN_AGE_YEARS * PATIENTS) - int(ages.sum())) != 0:
        ages[int(rng.integers(PATIENTS))] += np.sign(missing)
    return ages


def _completed(
    findings: pd.DataFrame, ages: NDArray[np.int64], rng: np.random.Generator, *, prefix: str, digits: int
) -> pd.DataFrame:
    """Return the whole table: findings with everything that surrounds them in a clinical record."""
    n = len(findings)
    diffuse = findings["diffuse"].to_numpy() == 1
    dead = findings["death"].to_numpy() == 1
    calcified = findings["hand_calcinosis"].to_numpy() == 1
    restrictive = findings["restrictive_syndrome"].to_numpy() == 1
    lungs = findings["ild"].to_numpy() == 1
    hypertension = findings["pah"].to_numpy() == 1
    chance = rng.random(n)
    # one of three antibodies or none, by subset as every cohort has them
    anticentromere = chance < np.where(diffuse, 0.08, 0.55)
    topoisomerase = ~anticentromere & (chance < np.where(diffuse, 0.68, 0.72))
    polymerase = ~anticentromere & ~topoisomerase & (chance < 0.82)
    fvc = np.where(restrictive, rng.normal(66, 8, n).clip(38, 79), rng.normal(99, 11, n).clip(80, 135)).round()
    dlco = (rng.normal(76, 11, n) - 14 * lungs - 18 * hypertension).clip(22, 125).round()
    follow_up = rng.uniform(1.5, 8.5, n)
    follow_up = np.where(dead, rng.uniform(0.8, 4.5, n), follow_up).round(2)
    area = np.where(calcified, np.exp(rng.normal(np.log(24.0), 1.1, n)), 0.0).round(1)
    table = pd.DataFrame(
        {
            "pseudonym": [f"{prefix}{number:0{digits}d}" for number in range(1, n + 1)],
            "age_years": ages,
            "sex": np.where(findings["female"] == 1, "female", "male"),
            "leroy_subset": np.where(diffuse, "diffuse", "limited"),
            "acr_eular_2013_score": rng.integers(9, 24, n),
            "disease_duration_years": findings["disease_duration_years"],
            "disease_duration_origin": "first_non_raynaud",
            "anticentromere": anticentromere.astype(np.int64),
            "anti_topoisomerase_1": topoisomerase.astype(np.int64),
            "anti_rna_polymerase_3": polymerase.astype(np.int64),
            "mrss": np.where(diffuse, rng.normal(18, 7, n), rng.normal(6, 3, n)).clip(0, 51).round(),
            "digital_ulcers_ever": findings["digital_ulcers_ever"],
            "fvc_percent": fvc,
            "dlco_percent": dlco,
            "restrictive_syndrome": findings["restrictive_syndrome"],
            "ild": findings["ild"],
            "pah": findings["pah"],
            "vitamin_d_nmol_per_l": rng.normal(58, 21, n).clip(12, 140).round(),
            **{name: findings[name] for name in (*_HAND, *_SPINE, "spine_any_calcification")},
            "calcified_area_mm2": area,
            "follow_up_years": follow_up,
            "death": findings["death"],
        }
    )
    for name, share in (("mrss", 0.04), ("dlco_percent", 0.12), ("vitamin_d_nmol_per_l", 0.25)):
        table.loc[rng.random(n) < share, name] = np.nan
    return table


def digits_of(cohort: pd.DataFrame, seed: int = DEFAULT_SEED) -> pd.DataFrame:
    """Return ten digits for each patient of a cohort: where deposits lie and what became of the tufts.

    A patient with calcinosis has a deposit in at least one digit, more often in thumbs and index fingers; one with
    acro-osteolysis has at least one tuft of grade 1 to 4; the others have none.

    Returns
    -------
    pandas.DataFrame
        Columns ``pseudonym``, ``side`` (L, R), ``digit`` (1 to 5), ``deposit`` (0, 1), ``tuft_grade`` (0 to 4).
    """
    rng = np.random.default_rng(seed)
    sides, numbers = np.tile(np.repeat(["L", "R"], 5), len(cohort)), np.tile(np.arange(1, 6), 2 * len(cohort))
    chance = np.tile([0.55, 0.42, 0.34, 0.24, 0.20], 2 * len(cohort))
    result = pd.DataFrame({"pseudonym": np.repeat(cohort["pseudonym"].to_numpy(), 10), "side": sides, "digit": numbers})
    for lesion, column in (("hand_calcinosis", "deposit"), ("hand_acro_osteolysis", "tuft_grade")):
        present = (rng.random(len(result)) < chance).reshape(-1, 10)
        # whoever has the lesion has it somewhere
        present[np.arange(len(cohort)), rng.integers(10, size=len(cohort))] = True
        present &= (cohort[lesion].to_numpy() == 1)[:, None]
        grade = rng.integers(1, 5, present.shape) if column == "tuft_grade" else 1
        result[column] = (present * grade).reshape(-1)
    return result


def levels_of(cohort: pd.DataFrame, seed: int = DEFAULT_SEED) -> pd.DataFrame:
    """Return the thoracic levels of each patient of a cohort: where calcifications of the spine lie.

    A patient with calcification of a segment has it at one level at least, most often in the middle and lower chest.

    Returns
    -------
    pandas.DataFrame
        Columns ``pseudonym``, ``level`` (T1 to T12), ``segment`` (anterior, canal, posterior) and ``calcification``
        (0, 1).
    """
    rng = np.random.default_rng([seed, 1])
    chance = np.exp(-(((np.arange(1, 13) - 8.0) / 3.0) ** 2)) * 0.45
    parts = []
    for segment in ("anterior", "canal", "posterior"):
        present = rng.random((len(cohort), 12)) < chance
        present[np.arange(len(cohort)), rng.choice(12, size=len(cohort), p=chance / chance.sum())] = True
        present &= (cohort[f"spine_{segment}_calcification"].to_numpy() == 1)[:, None]
        columns = {
            "pseudonym": np.repeat(cohort["pseudonym"].to_numpy(), 12),
            "level": np.tile([f"T{number}" for number in range(1, 13)], len(cohort)),
            "segment": segment,
            "calcification": present.astype(np.int64).reshape(-1),
        }
        parts.append(pd.DataFrame(columns))
    return pd.concat(parts, ignore_index=True)


def visits_of(cohort: pd.DataFrame, seed: int = DEFAULT_SEED) -> pd.DataFrame:
    """Return three yearly measurements of the calcified area of each patient with calcinosis of the hands.

    The logarithm of the area changes by a drift of its own in each patient, so that some grow and a few shrink; the
    first value is that of the cohort.

    Returns
    -------
    pandas.DataFrame
        Columns ``pseudonym``, ``years`` (0, 1, 2), ``calcified_area_mm2``.
    """
    rng = np.random.default_rng([seed, 2])
    patients = cohort[cohort["hand_calcinosis"] == 1]
    drift = rng.normal(0.10, 0.22, len(patients))
    steps = drift[:, None] * np.arange(3) + rng.normal(0.0, 0.06, (len(patients), 3)) * (np.arange(3) > 0)
    areas = (patients["calcified_area_mm2"].to_numpy()[:, None] * np.exp(steps)).round(1)
    columns = {
        "pseudonym": np.repeat(patients["pseudonym"].to_numpy(), 3),
        "years": np.tile(np.arange(3), len(patients)),
        "calcified_area_mm2": areas.reshape(-1),
    }
    return pd.DataFrame(columns)


def big_cohort(n: int, seed: int = 0) -> pd.DataFrame:
    """Return a simulated cohort of any size, with the columns of :func:`published_cohort`.

    Findings follow logistic relations of the kind that the abstract reports (lesions rise with duration and ulcers,
    death with foraminal calcification and lung disease), so that models have something to find; nothing is rare enough
    to separate when ``n`` is large.

    Parameters
    ----------
    n
        Patients.
    seed
        The same seed gives the same table.
    """
    rng = np.random.default_rng(seed)

    def happens(logit: NDArray[np.floating] | float) -> NDArray[np.int64]:
        return np.asarray(rng.random(n) < 1.0 / (1.0 + np.exp(-np.broadcast_to(logit, n))), np.int64)

    years = np.exp(rng.normal(np.log(8.0), 0.75, n)).clip(0.5, 36.0).round(1)
    ages = rng.normal(MEAN_AGE_YEARS, 12.0, n).round().clip(18, 95).astype(np.int64)
    longer = np.log(years / 8.0)
    older = (ages - MEAN_AGE_YEARS) / 10.0
    data = {"female": happens(2.0), "diffuse": happens(-0.9), "disease_duration_years": years}
    data["digital_ulcers_ever"] = happens(-0.3 + 0.5 * longer)
    ulcers = data["digital_ulcers_ever"]
    data["hand_calcinosis"] = happens(-1.6 + 0.8 * longer + 0.9 * ulcers)
    data["hand_acro_osteolysis"] = happens(-2.1 + 0.9 * longer + 1.2 * ulcers)
    data["hand_periarticular_calcification"] = happens(-1.4 + 0.6 * longer + 0.6 * ulcers)
    data |= {name: happens(level) for name, level in (("hand_erosion", -1.1), ("hand_joint_narrowing", -0.3))}
    data |= {name: happens(level) for name, level in (("hand_subluxation", -1.4), ("hand_flexion", -1.0))}
    peripheral = data["hand_periarticular_calcification"]
    data["spine_anterior_calcification"] = happens(1.1 + 0.5 * older + 0.8 * peripheral)
    data["spine_canal_calcification"] = happens(-1.1 + 0.2 * older)
    data["spine_foraminal_calcification"] = data["spine_canal_calcification"] * happens(-0.3)
    data["spine_posterior_calcification"] = happens(-0.7 + 0.3 * older)
    data["spine_any_calcification"] = np.maximum.reduce(
        [data["spine_anterior_calcification"], data["spine_canal_calcification"], data["spine_posterior_calcification"]]
    )
    data["ild"] = happens(
        -0.8
        + 1.1 * data["diffuse"]
        + 0.6 * data["spine_posterior_calcification"]
        + 0.6 * data["spine_foraminal_calcification"]
    )
    data["restrictive_syndrome"] = happens(-2.2 + 2.0 * data["ild"] + 0.5 * data["diffuse"])
    data["pah"] = happens(-2.4 + 0.9 * data["hand_calcinosis"])
    data["death"] = happens(-3.4 + 1.2 * data["spine_foraminal_calcification"] + 0.6 * data["ild"] + 0.4 * older)
    return _completed(pd.DataFrame(data), ages, rng, prefix="S", digits=max(3, len(str(n))))
