"""The classification of every patient of a table; what a score is stands in :mod:`sclerograph.registry.criteria`."""

from __future__ import annotations

from typing import Any, Literal

import pandas as pd

from sclerograph.registry.criteria import ACR_EULAR_ITEMS, acr_eular_2013, leroy_subset, very_early_signs

__all__ = ["CRITERIA_COLUMNS", "CRITERIA_MEANINGS", "criteria_table"]

_ITEMS = (
    *ACR_EULAR_ITEMS,
    "skin_spares_fingers",
    "better_explained",
    "skin_proximal_limbs",
    "skin_trunk",
    "skin_distal",
    "ana",
)
#: Columns of the result, and their types.
CRITERIA_COLUMNS: dict[str, Literal["Int64", "boolean", "string"]] = {
    "acr_eular_2013_lowest": "Int64",
    "acr_eular_2013_highest": "Int64",
    "acr_eular_2013_reached": "boolean",
    "acr_eular_2013_missing": "Int64",
    "subset_by_sites": "string",
    "very_early_red_flags": "boolean",
    "very_early_confirmed": "boolean",
}

#: What the columns of the result say, for the data dictionary.
CRITERIA_MEANINGS: dict[str, str] = {
    "acr_eular_2013_lowest": "ACR/EULAR 2013 score, items that were not recorded counted as absent",
    "acr_eular_2013_highest": "ACR/EULAR 2013 score, items that were not recorded counted as present",
    "acr_eular_2013_reached": (
        "Whether the score is 9 or more; missing where items that were not recorded could turn it, or where the "
        "criteria are not applicable"
    ),
    "acr_eular_2013_missing": "Number of items that were not recorded",
    "subset_by_sites": "`limited`, `diffuse` or `sine`, by the sites of the skin (LeRoy 1988, LeRoy and Medsger 2001)",
    "very_early_red_flags": "Whether Raynaud's phenomenon, puffy fingers and antinuclear antibodies are all there",
    "very_early_confirmed": (
        "Whether, beside them, there is a scleroderma pattern of the nailfold or a specific antibody (VEDOSS)"
    ),
}


def criteria_table(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the classification of each row of a table, with the same index.

    Parameters
    ----------
    frame
        Clinical values as :func:`~sclerograph.registry.import_table.import_table` types them. Items without a column
        were not recorded.

    Returns
    -------
    DataFrame
        :data:`CRITERIA_COLUMNS`: the lowest and the highest score that the missing items allow, whether 9 is reached
        (missing where they could turn it, or where the criteria are not applicable), how many items are missing, the
        cutaneous subset by the sites of the skin, and the two signs of very early disease.
    """
    items = [name for name in _ITEMS if name in frame]
    # Patients with the same answers have the same classification: many patients, few patterns.
    patterns: list[tuple[bool | None, ...]] = [()] * len(frame)
    if items:
        patterns = list(zip(*(_three_valued(frame[name]) for name in items), strict=True))
    known = {pattern: _classified(dict(zip(items, pattern, strict=True))) for pattern in set(patterns)}
    rows = [known[pattern] for pattern in patterns]
    return pd.DataFrame(
        {
            name: pd.Series([row[position] for row in rows], frame.index, dtype="object").astype(kind)
            for position, (name, kind) in enumerate(CRITERIA_COLUMNS.items())
        }
    )


def _three_valued(values: pd.Series[Any]) -> list[bool | None]:
    return [None if pd.isna(value) else bool(value) for value in values]


def _classified(answers: dict[str, bool | None]) -> tuple[Any, ...]:
    score = acr_eular_2013(answers)
    signs = very_early_signs(answers)
    return (
        score.lowest,
        score.highest,
        score.fulfilled,
        len(score.missing),
        leroy_subset(answers),
        signs.red_flags,
        signs.confirmed,
    )
