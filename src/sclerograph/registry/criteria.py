"""Classification of a patient from the items that were recorded: ACR/EULAR 2013, cutaneous subset, very early disease.

Every item is ``True``, ``False`` or ``None`` (not recorded). An item that was not recorded is never taken as absent: a
score has a lowest and a highest value, and an answer is ``None`` where the missing items could still turn it.

Sources (what of each was read stands in ``dictionary/references.toml``):

- van den Hoogen et al. 2013, doi:10.1002/art.38098: items, weights, the maximum of each category, 9 or more.
- LeRoy et al. 1988 and LeRoy and Medsger 2001: the boundary between the subsets; both from later papers.
- Avouac et al. 2011, doi:10.1136/ard.2010.136929, Table 2: items for early referral and very early diagnosis.

These classify patients for studies; none of them makes a diagnosis.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

__all__ = [
    "ACR_EULAR_CATEGORIES",
    "ACR_EULAR_ITEMS",
    "ACR_EULAR_LIMIT",
    "AcrEularScore",
    "Answers",
    "CriteriaCategory",
    "Subset",
    "VeryEarlySigns",
    "acr_eular_2013",
    "leroy_subset",
    "very_early_signs",
]

#: Answers by the name of their variable in the data dictionary; a variable that is not there was not recorded.
Answers = Mapping[str, bool | None]
Subset = Literal["limited", "diffuse", "sine"]


@dataclass(frozen=True)
class CriteriaCategory:
    """A category of the criteria: of its items that are present, the one with the greatest weight counts, once."""

    name: str
    weights: Mapping[str, int]


#: Table 1 of the criteria. Skin thickening proximal to the MCP joints stands there as an item of its own; it is the
#: greatest extent of the thickening of the fingers, and is counted within that category, as the French guideline of
#: 2021 prints it (doi:10.1186/s13023-021-01844-y, table 1). Whether somebody reaches 9 does not depend on this.
ACR_EULAR_CATEGORIES: tuple[CriteriaCategory, ...] = (
    CriteriaCategory(
        "skin thickening of the fingers", {"skin_proximal_to_mcp": 9, "sclerodactyly": 4, "puffy_fingers": 2}
    ),
    CriteriaCategory("fingertip lesions", {"pitting_scars": 3, "fingertip_ulcers": 2}),
    CriteriaCategory("telangiectasia", {"telangiectasia": 2}),
    CriteriaCategory("abnormal nailfold capillaries", {"abnormal_nailfold_capillaries": 2}),
    CriteriaCategory("pulmonary arterial hypertension or interstitial lung disease", {"pah": 2, "ild": 2}),
    CriteriaCategory("Raynaud's phenomenon", {"raynaud": 3}),
    CriteriaCategory(
        "antibodies related to systemic sclerosis",
        {"anticentromere": 3, "anti_topoisomerase_1": 3, "anti_rna_polymerase_3": 3},
    ),
)
ACR_EULAR_ITEMS: tuple[str, ...] = tuple(item for category in ACR_EULAR_CATEGORIES for item in category.weights)
#: Patients with this score or a greater one are classified as having systemic sclerosis.
ACR_EULAR_LIMIT = 9

_EXCLUSIONS = ("skin_spares_fingers", "better_explained")
_RED_FLAGS = ("raynaud", "puffy_fingers", "ana")
_PROXIMAL = ("skin_proximal_limbs", "skin_trunk")


@dataclass(frozen=True)
class AcrEularScore:
    """The ACR/EULAR 2013 score of one patient.

    Attributes
    ----------
    lowest, highest
        The score if every item that was not recorded were absent, and if it were present.
    score
        The score, ``None`` where the two differ.
    fulfilled
        Whether the score reaches 9 in a patient to whom the criteria are applicable; ``None`` where missing items
        could turn it.
    reason
        Why ``fulfilled`` is ``None``; ``None`` where it is not.
    missing
        Items that were not recorded, in the order of the criteria.
    applicable
        ``False`` when the skin of the fingers is spared or another disorder explains the findings better, ``True`` when
        both were denied, ``None`` when one was not recorded; ``fulfilled`` then rests on the criteria being applicable.
    """

    lowest: int
    highest: int
    score: int | None
    fulfilled: bool | None
    reason: str | None
    missing: tuple[str, ...]
    applicable: bool | None


@dataclass(frozen=True)
class VeryEarlySigns:
    """The items of very early systemic sclerosis (VEDOSS).

    Attributes
    ----------
    red_flags
        Raynaud's phenomenon, puffy fingers and antinuclear antibodies together, which ask for an early referral.
    confirmed
        The red flags, and a scleroderma pattern of the nailfold or a specific antibody (anticentromere,
        anti-topoisomerase I) as well.
    lowest, highest
        How many of the three red flags are present at least, and at most.
    missing
        Items that were not recorded.
    """

    red_flags: bool | None
    confirmed: bool | None
    lowest: int
    highest: int
    missing: tuple[str, ...]


def acr_eular_2013(answers: Answers) -> AcrEularScore:
    """Return the ACR/EULAR 2013 classification score.

    Parameters
    ----------
    answers
        The items of :data:`ACR_EULAR_ITEMS`, each ever present or not, and ``skin_spares_fingers`` and
        ``better_explained``, which make the criteria not applicable.
    """
    lowest = sum(_greatest(category, answers, missing_as=False) for category in ACR_EULAR_CATEGORIES)
    highest = sum(_greatest(category, answers, missing_as=True) for category in ACR_EULAR_CATEGORIES)
    missing = _not_recorded(ACR_EULAR_ITEMS, answers)
    excluded = _any(answers.get(name) for name in _EXCLUSIONS)
    applicable = None if excluded is None else not excluded
    fulfilled: bool | None = None
    reason: str | None = None
    if applicable is False:
        reason = "not applicable: the fingers are spared, or another disorder explains the findings better"
    elif lowest >= ACR_EULAR_LIMIT:
        fulfilled = True
    elif highest < ACR_EULAR_LIMIT:
        fulfilled = False
    else:
        noun = "item was" if len(missing) == 1 else "items were"
        reason = f"not assessable: {len(missing)} {noun} not recorded, the score is between {lowest} and {highest}"
    score = lowest if lowest == highest else None
    return AcrEularScore(lowest, highest, score, fulfilled, reason, missing, applicable)


def leroy_subset(answers: Answers) -> Subset | None:
    """Return the cutaneous subset by where the skin is thickened.

    ``diffuse``: proximal to elbows or knees, or on the trunk. ``limited``: distal to them, or face or neck, alone.
    ``sine``: nowhere. ``None`` where sites that were not recorded could turn it.

    Parameters
    ----------
    answers
        ``skin_proximal_limbs``, ``skin_trunk`` and ``skin_distal``. Thickened fingers (``sclerodactyly``,
        ``skin_proximal_to_mcp``) are distal skin as well.
    """
    proximal = _any(answers.get(name) for name in _PROXIMAL)
    if proximal is None:
        return None
    if proximal:
        return "diffuse"
    if any(answers.get(name) for name in ("skin_distal", "sclerodactyly", "skin_proximal_to_mcp")):
        return "limited"
    return "sine" if answers.get("skin_distal") is False else None


def very_early_signs(answers: Answers) -> VeryEarlySigns:
    """Return the signs of very early systemic sclerosis.

    Parameters
    ----------
    answers
        ``raynaud``, ``puffy_fingers``, ``ana``, ``abnormal_nailfold_capillaries``, ``anticentromere``,
        ``anti_topoisomerase_1``. A specific antibody is an antinuclear one: where it is present and ``ana`` was not
        recorded, ``ana`` counts as present.
    """
    known = dict(answers)
    specific = ("anticentromere", "anti_topoisomerase_1")
    if known.get("ana") is None and any(known.get(name) for name in specific):
        known["ana"] = True
    flags = [known.get(name) for name in _RED_FLAGS]
    red_flags = _all(flags)
    second = _any(known.get(name) for name in ("abnormal_nailfold_capillaries", *specific))
    return VeryEarlySigns(
        red_flags=red_flags,
        confirmed=_all((red_flags, second)),
        lowest=sum(flag is True for flag in flags),
        highest=sum(flag is not False for flag in flags),
        missing=_not_recorded((*_RED_FLAGS, "abnormal_nailfold_capillaries", *specific), known),
    )


def _greatest(category: CriteriaCategory, answers: Answers, *, missing_as: bool) -> int:
    """Return what a category adds to the score, when an item that was not recorded is taken as ``missing_as``."""
    present = [
        weight
        for item, weight in category.weights.items()
        if (missing_as if answers.get(item) is None else answers.get(item))
    ]
    return max(present, default=0)


def _not_recorded(items: tuple[str, ...], answers: Answers) -> tuple[str, ...]:
    return tuple(item for item in items if answers.get(item) is None)


def _any(answers: Iterable[bool | None]) -> bool | None:
    """Return whether one of the answers is yes, ``None`` where one that is missing could be."""
    known = list(answers)
    if True in known:
        return True
    return None if None in known else False


def _all(answers: Iterable[bool | None]) -> bool | None:
    """Return whether all of the answers are yes, ``None`` where one that is missing could be no."""
    known = list(answers)
    if False in known:
        return False
    return None if None in known else True
