"""Hands as published reports describe them, read as a reader would have, and what the scores then say.

The descriptions: a hand of a 62-year-old woman with limited disease (Eurorad, Dourado 2025), both hands of a 66-year-
old patient (Toufga 2018, CC BY 4.0), both hands of a 44-year-old woman with diffuse disease (Duzgun 2020,
doi:10.5336/caserep.2019-65627).
"""

from __future__ import annotations

from typing import Any

import pytest

from sclerograph.anatomy.hand import Side
from sclerograph.findings.records import CortexFinding, Flexion, Hand
from sclerograph.scores.acro_osteolysis import johnstone_group
from sclerograph.scores.avouac import avouac_arthritis
from sclerograph.scores.bauer import VARIABLES, bauer_hand_variables
from sclerograph.scores.calcinosis_burden import calcified_area
from sclerograph.scores.erre import erre_pattern
from sclerograph.scores.koutaissoff import koutaissoff_grid
from sclerograph.scores.metacarpal_index import metacarpal_cortical_index
from sclerograph.scores.sharp_van_der_heijde import sharp_layout_sum
from tests.scores.readings import deposit, hand, joints, reading, straight


def variables(score: Any) -> dict[str, Any]:
    return {name: score.part(name).value for name in VARIABLES}


def test_one_deposit_over_the_left_thumb_and_loss_of_mineral() -> None:
    """A calcification of about 1.5 cm over the distal phalanx, osteopenia at the thumb, nothing else; the left hand."""
    round_one_of_15_mm = 176.7 / 0.2**2
    visit = reading(
        hand(
            "L",
            deposits=[deposit("DP1", 1, area_px=round_one_of_15_mm, compartment="pulp")],
            joints=joints({"IP1": {"demineralised": True}, "MCP1": {"demineralised": True}}),
        )
    )
    found = variables(bauer_hand_variables(visit))
    assert found["calcinosis"] is True
    # The other hand was not filmed, so nothing is excluded.
    assert [name for name, value in found.items() if value is not True] == [n for n in VARIABLES if n != "calcinosis"]
    assert set(found.values()) == {True, None}
    assert calcified_area(visit).at_least == pytest.approx(176.7)
    assert calcified_area(visit).part("1", scope="digit").value == pytest.approx(176.7)
    assert erre_pattern(visit).value == "periarticular"
    grid = koutaissoff_grid(visit)
    assert [part.name for part in grid.parts if part.value] == [
        "calcinosis at tufts",
        "juxta-articular osteoporosis at PIP",
        "juxta-articular osteoporosis at MCP",
    ]


def test_clusters_at_wrist_palm_and_dip_with_pinched_dip_and_acro_osteolysis() -> None:
    def one(side: Side) -> Hand:
        return hand(
            side,
            grades=(1, 3, 3, 2, 2),
            deposits=[
                deposit("CAP"),
                deposit("MC3", 3),
                deposit("DIP2", 2, compartment="periarticular"),
                deposit("DIP3", 3, compartment="periarticular"),
            ],
            joints=joints({f"DIP{n}": {"narrowing_grade": 3} for n in (2, 3, 4, 5)}),
        )

    visit = reading(one("L"), one("R"))
    assert variables(bauer_hand_variables(visit)) == {
        "calcinosis": True,
        "acro_osteolysis": True,
        "periarticular_calcification": True,
        "erosion": False,
        "narrowing": True,
        "subluxation": False,
        "flexion": False,
    }
    assert erre_pattern(visit).value == "periarticular"
    assert avouac_arthritis(visit).value is False
    assert johnstone_group(visit).value == "moderate/severe"
    assert [part.name for part in koutaissoff_grid(visit).parts if part.value] == [
        "acro-osteolysis at tufts",
        "joint space narrowing at DIP",
        "periarticular calcification at DIP",
    ]
    # The DIP joints are outside of the published method: the sum itself sees nothing.
    score = sharp_layout_sum(visit)
    assert (score.value, score.part("DIP narrowing").value) == (0, 8 * 3)


def test_osteopenia_resorbed_tufts_calcinosis_ankylosis_and_flexion() -> None:
    def one(side: Side) -> Hand:
        return hand(
            side,
            grades=(2, 4, 4, 3, 4),
            deposits=[deposit("PP2", 2), deposit("MP4", 4)],
            joints=joints({"PIP3": {"ankylosed": True, "narrowing_grade": None}}),
            alignment=straight(flexion=[Flexion(digit=d, angle_deg=50.0, assessable=True) for d in (2, 3, 4, 5)]),
            cortex=[CortexFinding(bone=f"MC{n}", cortical_index=0.25, assessable=True) for n in (2, 3, 4)],
        )

    visit = reading(one("L"), one("R"))
    found = variables(bauer_hand_variables(visit))
    assert [name for name, value in found.items() if value] == ["calcinosis", "acro_osteolysis", "narrowing", "flexion"]
    assert erre_pattern(visit).value == "periarticular"
    assert sharp_layout_sum(visit).part("narrowing").value == 2 * 4
    assert metacarpal_cortical_index(visit).value == pytest.approx(0.25)
