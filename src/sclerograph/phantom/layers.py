"""What lies between source and film, pixel by pixel, with its truth; and how two hands come to lie side by side."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sclerograph.anatomy.hand import BONES, Side
from sclerograph.findings.records import Morphology
from sclerograph.phantom.scene import HandScene

__all__ = ["CALCIUM", "LOOK_ALIKE", "MARKER", "METAL", "SOFT_TISSUE", "HandLayers", "mirrored", "side_by_side"]

#: Bits of the tissue map.
CALCIUM, METAL, SOFT_TISSUE, MARKER, LOOK_ALIKE = 1, 2, 4, 8, 16

#: Which bit of the bone map belongs to which bone.
BONE_BITS: dict[str, int] = {b.code: i for i, b in enumerate(BONES)}


@dataclass(frozen=True)
class HandLayers:
    """One hand on a film before the film is exposed.

    ``materials`` is (k, rows, columns) float32, what attenuates, in the order that the gear knows; ``inside`` where
    soft tissue is; ``bones`` a bit field with bit i for ``BONES[i]``; ``tissue`` a bit field of :data:`CALCIUM` ...
    :data:`LOOK_ALIKE`; ``calcium_mm`` the thickness of mineral at 1.2 g/cm3; ``landmarks`` (37, 2) pixels.
    """

    scene: HandScene
    side: Side
    pixel_mm: float
    materials: NDArray[np.float32]
    inside: NDArray[np.bool_]
    bones: NDArray[np.uint32]
    tissue: NDArray[np.uint8]
    calcium_mm: NDArray[np.float32]
    landmarks: NDArray[np.float64]

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the film."""
        return self.bones.shape[0], self.bones.shape[1]

    @property
    def kinds(self) -> list[Morphology]:
        """Morphologies of the deposits that were placed."""
        return [plan.kind for plan in self.scene.deposits]


def mirrored(hand: HandLayers) -> HandLayers:
    """Return the other side's hand: the mirror image, left to right."""
    landmarks = hand.landmarks.copy()
    landmarks[:, 0] = hand.shape[1] - 1 - landmarks[:, 0]
    return replace(
        hand,
        side="R" if hand.side == "L" else "L",
        materials=np.ascontiguousarray(hand.materials[:, :, ::-1]),
        inside=np.ascontiguousarray(hand.inside[:, ::-1]),
        bones=np.ascontiguousarray(hand.bones[:, ::-1]),
        tissue=np.ascontiguousarray(hand.tissue[:, ::-1]),
        calcium_mm=np.ascontiguousarray(hand.calcium_mm[:, ::-1]),
        landmarks=landmarks,
    )


def side_by_side(first: HandLayers, second: HandLayers) -> tuple[HandLayers, HandLayers]:
    """Put two halves of a film beside each other; each hand keeps its own truth on the whole film.

    ``materials`` of both results is the same array: that of the whole film.
    """
    materials = np.concatenate([first.materials, second.materials], axis=2)
    inside = np.concatenate([first.inside, second.inside], axis=1)
    shift = np.array([first.shape[1], 0.0])
    return (
        _on_the_whole(first, materials, inside, (0, second.shape[1]), np.zeros(2)),
        _on_the_whole(second, materials, inside, (first.shape[1], 0), shift),
    )


def _on_the_whole(
    hand: HandLayers,
    materials: NDArray[np.float32],
    inside: NDArray[np.bool_],
    margins: tuple[int, int],
    shift: NDArray[np.float64],
) -> HandLayers:
    beside = ((0, 0), margins)
    return replace(
        hand,
        materials=materials,
        inside=inside,
        bones=np.pad(hand.bones, beside),
        tissue=np.pad(hand.tissue, beside),
        calcium_mm=np.pad(hand.calcium_mm, beside),
        landmarks=hand.landmarks + shift,
    )
