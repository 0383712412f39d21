"""Networks that know the truth of held-out simulated films: with them every measure must come out right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from bench.held_out import HeldOutFilm, true_view
from sclerograph.anatomy.hand import LANDMARKS
from sclerograph.imaging.radiograph import Radiograph
from sclerograph.networks.crops import fit_pose, location_of_pose
from sclerograph.networks.maps import CalciumMaps, HandLocation, SkeletonMaps
from sclerograph.phantom.film import CALCIUM

__all__ = ["BlindNetworks", "ExactNetworks"]


class ExactNetworks:
    """Answers for the films it was given, by the name of their file."""

    models: Sequence[tuple[str, str]] = (("exact", "0" * 64),)

    def __init__(self, films: Mapping[str, HeldOutFilm]) -> None:
        self.films = films

    def locate(self, film: Radiograph) -> list[HandLocation]:
        points = self.films[film.source.file].landmarks[:, :2].astype(np.float64)
        pose = fit_pose(points, np.ones(len(LANDMARKS)), mirrored=False)
        return [location_of_pose(pose, confidence=1.0, mirrored_confidence=1.0)]

    def skeleton(self, film: Radiograph, location: HandLocation) -> SkeletonMaps:
        return true_view(self.films[film.source.file], film).skeleton

    def calcium(self, film: Radiograph, skeleton: SkeletonMaps) -> CalciumMaps:
        truth = self.films[film.source.file].tissue & CALCIUM > 0
        nothing = np.zeros(truth.shape, np.float32)
        return CalciumMaps(skeleton.crop, truth.astype(np.float32), nothing, nothing)


class BlindNetworks:
    """Sees no hand anywhere."""

    models: Sequence[tuple[str, str]] = (("blind", "0" * 64),)

    def locate(self, film: Radiograph) -> list[HandLocation]:
        return []

    def skeleton(self, film: Radiograph, location: HandLocation) -> SkeletonMaps:
        raise AssertionError("nobody asks for the skeleton of a hand that was not found")

    def calcium(self, film: Radiograph, skeleton: SkeletonMaps) -> CalciumMaps:
        raise AssertionError("nobody asks for the calcium of a hand that was not found")
