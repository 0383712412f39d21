"""What the measuring code asks of the networks, whoever runs them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from sclerograph.imaging.radiograph import Radiograph
from sclerograph.networks.maps import CalciumMaps, HandLocation, JointLook, ShaftLook, SkeletonMaps

__all__ = ["HandNetworks"]


class HandNetworks(Protocol):
    """The networks that look at hand radiographs.

    The shipped runner and the exact networks of the tests both keep to this.
    """

    @property
    def models(self) -> Sequence[tuple[str, str]]:
        """Name and SHA-256 of each network that takes part."""
        ...

    def locate(self, film: Radiograph) -> Sequence[HandLocation]:
        """Find the hands on a film: none, one or two, the most confident first."""
        ...

    def skeleton(self, film: Radiograph, location: HandLocation) -> SkeletonMaps:
        """Mark the landmarks and outline the bones and the soft tissue of one hand."""
        ...

    def calcium(self, film: Radiograph, skeleton: SkeletonMaps) -> CalciumMaps:
        """Mark calcium, metal and markers in and around one hand."""
        ...

    def joints(self, film: Radiograph, skeleton: SkeletonMaps) -> Mapping[str, JointLook]:
        """Look at the spaces of the joints of one hand; of joints that are left out nothing is known."""
        ...

    def shafts(self, film: Radiograph, skeleton: SkeletonMaps) -> Mapping[str, ShaftLook]:
        """Look at the shafts of the metacarpals of one hand; of bones that are left out nothing is known."""
        ...
