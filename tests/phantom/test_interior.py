from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("numba")

from sclerograph.phantom.beam import Beam
from sclerograph.phantom.fine_bones import bone_shadow
from sclerograph.phantom.interior import bone_attenuation, nested_path_lengths, shaft_share
from sclerograph.phantom.scene import BoneMatter
from tests.phantom.films import healthy_scene

MATTER = BoneMatter(mineral=1.0, spongiosa=0.2, grain=0.15, growing=False)


@pytest.mark.parametrize("code", ["MC3", "CAP", "DP1", "RAD"])
def test_osteopenic_bone_attenuates_less_in_both_gears(code: str) -> None:
    scene = healthy_scene()
    bone, detector = scene.hand().bones[code], scene.detector(440, 340, 0.56)
    coarse, fine = [], []
    for mineral in (1.0, 0.6):
        matter = replace(MATTER, mineral=mineral)
        drawn = bone_attenuation(bone, detector, Beam.at(38.0), np.random.default_rng(0), matter=matter)
        shadow = bone_shadow(bone, detector, np.random.default_rng(0), matter)
        assert drawn is not None
        assert shadow is not None
        coarse.append(drawn[1].sum())
        fine.append(shadow.bone.sum())
    assert coarse[1] < 0.75 * coarse[0]
    assert fine[1] == pytest.approx(0.6 * fine[0], rel=1e-3)


@pytest.mark.parametrize("code", ["PP2", "HAM", "ULN"])
def test_a_bone_is_made_of_what_it_displaces(code: str) -> None:
    scene = healthy_scene()
    shadow = bone_shadow(scene.hand().bones[code], scene.detector(440, 340, 0.56), np.random.default_rng(0), MATTER)
    assert shadow is not None
    assert shadow.bone + shadow.fat + shadow.soft == pytest.approx(shadow.displaced, abs=1e-3)


def test_the_middle_of_a_shaft_is_hollow_and_its_walls_are_dense() -> None:
    scene = healthy_scene()
    bone, detector = scene.hand().bones["MC2"], scene.detector(880, 680, 0.28)
    nested = nested_path_lengths(bone, detector)
    assert nested is not None
    window, outer, marrow = nested
    assert (marrow <= outer + 1e-5).all()
    base, head = detector.project(np.stack([bone.base, bone.head]))
    row = int((base[1] + head[1]) / 2) - window[0].start
    across = np.flatnonzero(outer[row] > 0.2)
    wall = (outer - marrow)[row]
    assert wall[across[1:4]].max() > wall[across[len(across) // 2]]


def test_carpal_bones_have_no_shaft() -> None:
    bones = healthy_scene().hand().bones
    position = np.linspace(0.0, 1.0, 11, dtype=np.float32)
    assert not shaft_share(bones["CAP"], position).any()
    assert shaft_share(bones["PP3"], position).argmax() == 5


def test_an_open_growth_plate_is_a_lucent_line() -> None:
    scene = healthy_scene()
    bone, detector = scene.hand().bones["PP3"], scene.detector(880, 680, 0.28)
    base, head = detector.project(np.stack([bone.base, bone.head]))
    dips = []
    for growing in (False, True):
        total = 0.0
        for seed in range(4):
            drawn = bone_attenuation(
                bone, detector, Beam.at(38.0), np.random.default_rng(seed), matter=replace(MATTER, growing=growing)
            )
            assert drawn is not None
            (rows, columns), attenuation, _ = drawn
            # the axis of the bone from 2 to 10 mm above its base, where the plate lies
            share = np.linspace(2.0, 10.0, 60) / bone.length_mm
            x, y = (base[:, None] + (head - base)[:, None] * share).round().astype(int)
            line = attenuation[y - rows.start, x - columns.start]
            total += float(line.min() / np.median(line))
        dips.append(total / 4)
    assert dips[1] < dips[0] - 0.1
