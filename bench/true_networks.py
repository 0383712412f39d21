"""Networks that know the truth of simulated films: what is left of an error is that of the measurement itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np

from bench.held_out import HeldOutFilm, true_view
from sclerograph.anatomy.hand import LANDMARKS
from sclerograph.imaging.radiograph import Radiograph
from sclerograph.networks.crops import fit_pose, location_of_pose
from sclerograph.networks.maps import CalciumMaps, HandLocation, JointLook, ShaftLook, SkeletonMaps
from sclerograph.networks.protocol import HandNetworks

__all__ = ["TrueNetworks"]


class TrueNetworks:
    """Answers for the films it was given, by the name of their file: one left hand on each."""

    models: Sequence[tuple[str, str]] = (("exact", "0" * 64),)

    def __init__(self, films: Mapping[str, HeldOutFilm]) -> None:
        self.films = films

    def locate(self, film: Radiograph) -> list[HandLocation]:
        """Return where the hand is."""
        points = self.films[film.source.file].landmarks[:, :2].astype(np.float64)
        pose = fit_pose(points, np.ones(len(LANDMARKS)), mirrored=False)
        return [location_of_pose(pose, confidence=1.0, mirrored_confidence=1.0)]

    def skeleton(self, film: Radiograph, location: HandLocation) -> SkeletonMaps:
        """Return the bones, the skin and the landmarks."""
        return true_view(self.films[film.source.file], film).skeleton

    def calcium(self, film: Radiograph, skeleton: SkeletonMaps) -> CalciumMaps:
        """Return the calcium and nothing beside it."""
        from sclerograph.phantom.film import CALCIUM

        truth = self.films[film.source.file].tissue & CALCIUM > 0
        nothing = np.zeros(truth.shape, np.float32)
        return CalciumMaps(skeleton.crop, truth.astype(np.float32), nothing, nothing)

    def joints(self, film: Radiograph, skeleton: SkeletonMaps) -> Mapping[str, JointLook]:
        """Return what the shipped network says: of joint spaces no network could know the truth and see a film too."""
        return _shipped().joints(film, skeleton)

    def shafts(self, film: Radiograph, skeleton: SkeletonMaps) -> Mapping[str, ShaftLook]:
        """Return what the shipped network says, likewise."""
        return _shipped().shafts(film, skeleton)


@lru_cache(maxsize=1)
def _shipped() -> HandNetworks:
    from sclerograph.networks.runner import load_networks

    return load_networks(1)
