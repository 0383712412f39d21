from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage.draw import polygon2mask
from skimage.measure import find_contours

from sclerograph.anatomy.hand import BONES, SITES
from sclerograph.findings.records import Outline
from sclerograph.reports.drawn_hand import bone_outline, skin_outline
from sclerograph.scores.regions import REGIONS, RegionsUnknown, calcified_area_px, region_areas_px, region_shares
from tests.scores.readings import column_of_bones, deposit, hand, rectangle


def test_twenty_regions_hold_every_bone_of_the_hand_once() -> None:
    assert len(REGIONS) == 20
    bones = [bone for region in REGIONS.values() for bone in region]
    assert sorted(bones) == sorted(b.code for b in BONES if b.kind != "forearm")


@pytest.mark.parametrize(
    ("site", "shares"),
    [
        ("DP3", {"DP3": 1.0}),
        ("LUN", {"carpus": 1.0}),
        ("DIP3", {"MP3": 0.5, "DP3": 0.5}),
        ("IP1", {"PP1": 0.5, "DP1": 0.5}),
        ("MCP5", {"MC5": 0.5, "PP5": 0.5}),
        ("CMC1", {"carpus": 0.5, "MC1": 0.5}),
        ("RC", {"carpus": 1.0}),
        ("STT", {"carpus": 1.0}),
        ("DRU", {}),
        ("RAD", {}),
    ],
)
def test_sites_and_their_regions(site: str, shares: dict[str, float]) -> None:
    assert region_shares(site) == shares


@given(st.sampled_from(SITES))
def test_a_site_of_the_hand_is_shared_out_whole(site: str) -> None:
    total = sum(region_shares(site).values())
    assert total == (0.0 if site in ("RAD", "ULN", "DRU") else pytest.approx(1.0))


def test_an_unknown_site_is_refused() -> None:
    with pytest.raises(ValueError, match="not a site"):
        region_shares("DP9")


def test_calcium_of_a_joint_is_halved() -> None:
    found = [deposit("DIP3", 3, area_px=60.0), deposit("DP3", 3, area_px=10.0)]
    assert calcified_area_px(found, "DP3") == 40.0
    assert calcified_area_px(found, "MP3") == 30.0
    assert calcified_area_px(found, "PP3") == 0.0


def test_a_region_reaches_halfway_to_the_next_bone() -> None:
    areas = region_areas_px(hand(**column_of_bones("DP3", "MP3", "PP3")))
    assert set(areas) == {"DP3", "MP3", "PP3"}
    for area in areas.values():
        assert area == pytest.approx(100.0 * 100.0, rel=0.02)


def test_the_forearm_is_no_region_and_a_carpus_without_all_bones_has_no_area() -> None:
    areas = region_areas_px(hand(**column_of_bones("MC3", "CAP", "RAD")))
    assert set(areas) == {"MC3"}
    assert areas["MC3"] == pytest.approx(1e4, rel=0.02)


def test_a_hole_in_the_soft_tissue_is_not_counted_whichever_way_it_runs() -> None:
    shape = column_of_bones("DP3")
    hole = rectangle(30.0, 30.0, 70.0, 70.0)
    for ring in (hole, hole[::-1]):
        areas = region_areas_px(hand(**{**shape, "soft_tissue": [*shape["soft_tissue"], ring]}))
        assert areas["DP3"] == pytest.approx(1e4 - 1600.0, rel=0.03)


def test_without_outlines_there_are_no_areas() -> None:
    with pytest.raises(RegionsUnknown, match="soft tissue is not known"):
        region_areas_px(hand(bones=column_of_bones("DP3")["bones"]))
    with pytest.raises(RegionsUnknown, match="no bone is outlined"):
        region_areas_px(hand(soft_tissue=[rectangle(0, 0, 10, 10)]))
    with pytest.raises(RegionsUnknown, match="holds no area"):
        region_areas_px(hand(soft_tissue=[[(1.0, 1.0)] * 3], bones=column_of_bones("DP3")["bones"]))


def test_a_drawn_hand_has_the_area_of_a_hand() -> None:
    """The drawn hand is in millimetres; its skin is several outlines that overlap, joined here on a coarse grid."""
    rings = skin_outline()
    low = np.concatenate(rings).min(axis=0) - 4.0
    shape = tuple(np.ceil((np.concatenate(rings).max(axis=0) - low) / 2.0).astype(int)[::-1] + 3)
    skin = np.zeros(shape, dtype=bool)
    for ring in rings:
        skin |= polygon2mask(shape, ((ring - low) / 2.0)[:, ::-1])
    contours = [(contour[:-1, ::-1] * 2.0 + low).tolist() for contour in find_contours(skin.astype(float), 0.5)]
    bones = [
        Outline(bone=bone.code, contours=[[(x, y) for x, y in bone_outline(bone.code).tolist()]], confidence=1.0)
        for bone in BONES
    ]
    areas = region_areas_px(hand(soft_tissue=contours, bones=bones))
    assert set(areas) == set(REGIONS)
    assert 100e2 < sum(areas.values()) < 220e2
    assert areas["PP3"] > areas["MP3"] > areas["MP5"]
