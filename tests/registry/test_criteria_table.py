from __future__ import annotations

import pandas as pd

from sclerograph.registry.criteria_table import CRITERIA_COLUMNS, criteria_table


def test_every_patient_is_classified_and_what_is_open_stays_open():
    frame = pd.DataFrame(
        {
            "pseudonym": ["P-1", "P-2", "P-3"],
            "skin_proximal_to_mcp": pd.array([True, False, None], dtype="boolean"),
            "raynaud": pd.array([True, False, True], dtype="boolean"),
            "skin_trunk": pd.array([False, False, None], dtype="boolean"),
            "skin_proximal_limbs": pd.array([False, True, False], dtype="boolean"),
        },
        index=pd.Index([4, 7, 9], name="row"),
    )
    result = criteria_table(frame)
    assert result.index.tolist() == [4, 7, 9]
    assert {name: str(kind) for name, kind in result.dtypes.items()} == CRITERIA_COLUMNS
    assert result["acr_eular_2013_lowest"].tolist() == [12, 0, 3]
    assert result["acr_eular_2013_highest"].tolist() == [24, 16, 24]
    assert result["acr_eular_2013_missing"].tolist() == [11, 11, 12]
    assert result["acr_eular_2013_reached"].tolist() == [True, pd.NA, pd.NA]
    assert result["subset_by_sites"].tolist() == ["limited", "diffuse", pd.NA]
    assert result["very_early_red_flags"].tolist() == [pd.NA, False, pd.NA]


def test_without_any_item_nothing_is_assessable():
    result = criteria_table(pd.DataFrame({"pseudonym": ["P-1", "P-2"]}))
    assert result["acr_eular_2013_reached"].isna().all()
    assert result["acr_eular_2013_missing"].tolist() == [13, 13]
