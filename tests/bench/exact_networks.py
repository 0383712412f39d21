"""Networks that know the truth of held-out simulated films, and such that see nothing."""

from __future__ import annotations

from collections.abc import Sequence

from bench.true_networks import TrueNetworks as ExactNetworks
from sclerograph.imaging.radiograph import Radiograph
from sclerograph.networks.maps import CalciumMaps, HandLocation, JointLook, ShaftLook, SkeletonMaps

__all__ = ["BlindNetworks", "ExactNetworks"]


class BlindNetworks:
    """Sees no hand anywhere."""

    models: Sequence[tuple[str, str]] = (("blind", "0" * 64),)

    def locate(self, film: Radiograph) -> list[HandLocation]:
        return []

    def skeleton(self, film: Radiograph, location: HandLocation) -> SkeletonMaps:
        raise AssertionError("nobody asks for the skeleton of a hand that was not found")

    def calcium(self, film: Radiograph, skeleton: SkeletonMaps) -> CalciumMaps:
        raise AssertionError("nobody asks for the calcium of a hand that was not found")

    def joints(self, film: Radiograph, skeleton: SkeletonMaps) -> dict[str, JointLook]:
        raise AssertionError("nobody asks for the joints of a hand that was not found")

    def shafts(self, film: Radiograph, skeleton: SkeletonMaps) -> dict[str, ShaftLook]:
        raise AssertionError("nobody asks for the shafts of a hand that was not found")
