"""Compartments: the order in which they are tried."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sclerograph.hand.compartment import compartment_of
from sclerograph.hand.site import Placement

SHAFT = Placement("MP3", None, False, 0.0, None, {})


@pytest.mark.parametrize(
    ("place", "compartment"),
    [
        (SHAFT, "subcutaneous"),
        (replace(SHAFT, bone_share=0.49), "subcutaneous"),
        (replace(SHAFT, bone_share=0.5), "overlying_bone"),
        (replace(SHAFT, bone_share=0.9, near_joint="DIP3"), "periarticular"),
        (replace(SHAFT, near_joint="DIP3", in_joint_space=True), "intra_articular"),
        (replace(SHAFT, bone="DP3", along_distal_phalanx=0.49), "subcutaneous"),
        (replace(SHAFT, bone="DP3", along_distal_phalanx=0.5, bone_share=1.0), "pulp"),
        (replace(SHAFT, bone="DP3", along_distal_phalanx=0.8, near_joint="DIP3"), "periarticular"),
    ],
)
def test_compartment(place: Placement, compartment: str) -> None:
    assert compartment_of(place) == compartment


def test_site_and_digit_are_those_of_the_joint_where_one_is_near() -> None:
    near = replace(SHAFT, near_joint="DIP3")
    assert (near.site, near.digit) == ("DIP3", 3)
    assert (SHAFT.site, SHAFT.digit) == ("MP3", 3)
    assert replace(SHAFT, bone="LUN").digit is None
