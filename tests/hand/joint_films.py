"""Films of a round head facing a cup, drawn from the thickness that rays cross, with outlines of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from sclerograph.anatomy.joint_frame import JointFrame
from sclerograph.hand.joint_outline import JointOutline
from sclerograph.hand.side import SideAndView
from sclerograph.hand.view import HandView
from sclerograph.imaging.calibration import NO_CALIBRATION
from sclerograph.imaging.radiograph import Radiograph, Source
from sclerograph.networks.maps import CalciumMaps, Crop, SkeletonMaps

PIXELS_PER_MM = 7.0
_MIDDLE = 18.0
_SIZE_MM = 36.0
_FINE = 3
#: Radius of the cup along the rays (mm): its rims stand half a millimetre before its floor.
_CUP_RADIUS = 10.0


@dataclass(frozen=True)
class Bones:
    """Two bones: the space from the head to the floor of the cup (mm), how much wider it is at one side, and what else.

    ``tilted_mm`` is how far one rim of the cup stands nearer to the head than in a hand that lies flat, and the other
    one farther.
    ``fused`` leaves out space and plates; ``plates_mm`` are distances from the joint of lucent lines across the distal
    bone.
    """

    gap_mm: float
    wedge_mm: float = 0.0
    tilted_mm: float = 0.0
    blur_mm: float = 0.12
    noise: float = 0.0
    fused: bool = False
    plates_mm: Sequence[float] = ()
    contrast: float = 1.0


def _inside(depth: NDArray[np.float64], radius: float) -> NDArray[np.float64]:
    """Thickness of a round end at a depth below its edge (mm)."""
    below = np.clip(depth, 0.0, radius)
    return np.asarray(2.0 * np.sqrt(2.0 * radius * below - below**2))


def _cup(depth: NDArray[np.float64], tilted: float, half: float) -> NDArray[np.float64]:
    """Thickness of a cup, open towards the head, at a depth beyond its floor (mm)."""
    at = np.linspace(-half, half, 121)
    surface = -(at**2) / (2.0 * _CUP_RADIUS) + tilted * at / half
    # the floor is where the cup is deepest along the ray
    surface = surface - surface.max()
    step = at[1] - at[0]
    return np.asarray(step * (depth[..., None] > surface).sum(axis=-1))


def drawn(bones: Bones, seed: int = 0) -> NDArray[np.float32]:
    """Greys of the film: the joint in its middle, the proximal bone below."""
    count = round(_SIZE_MM * PIXELS_PER_MM) * _FINE
    at = (np.arange(count) + 0.5) / (PIXELS_PER_MM * _FINE) - 0.5 / PIXELS_PER_MM
    x, y = at[None, :] - _MIDDLE, _MIDDLE - at[:, None]
    half = 0.5 * (bones.gap_mm + bones.wedge_mm * x / 6.0)
    thickness = np.full((count, count), 2.2)
    beside = np.clip(6.5 - np.abs(x), 0.0, 1.0)
    for head, depth in ((True, -half - y), (False, y - half)):
        if head:
            outer, inner = _inside(depth, 5.0), _inside(depth - 0.45, 4.55)
        else:
            levels = np.linspace(-8.0, 25.0, 3301)
            outer = np.interp(depth, levels, _cup(levels, bones.tilted_mm, 3.2))
            inner = np.interp(depth - 0.45, levels, _cup(levels, bones.tilted_mm, 3.0))
        bone = outer - 0.75 * inner
        if bones.fused:
            bone = np.where(np.abs(y) < 5.0, 4.0, bone)
        for plate in bones.plates_mm:
            bone = bone * (1.0 - 0.8 * np.exp(-(((y - plate) / 0.6) ** 2)) * (y > 0.0))
        thickness = thickness + 0.55 * beside * bone
    if bones.fused:
        thickness = np.minimum(thickness, 2.2 + 0.55 * 4.4)
    blurred = gaussian_filter(thickness, bones.blur_mm * PIXELS_PER_MM * _FINE)
    film = blurred.reshape(count // _FINE, _FINE, count // _FINE, _FINE).mean(axis=(1, 3))
    film = 0.1 + bones.contrast * 0.12 * film + np.random.default_rng(seed).normal(0.0, 1.0, film.shape) * bones.noise
    return film.astype(np.float32)


def view_of_film(pixels: NDArray[np.float32]) -> HandView:
    """A film of which the networks know nothing but the size of the hand."""
    crop = Crop(np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]), *pixels.shape, 1.0 / PIXELS_PER_MM)
    nothing = np.zeros((1, 1), np.float32)
    return HandView(
        Radiograph(
            pixels=pixels,
            valid=np.ones(pixels.shape, np.bool_),
            calibration=NO_CALIBRATION,
            source=Source("film.png", "0" * 64, *pixels.shape),
            visit="film",
        ),
        SkeletonMaps(crop, {}, np.zeros((29, 1, 1), np.uint8), np.zeros((1, 1), np.uint8)),
        CalciumMaps(crop, nothing, nothing, nothing),
        SideAndView("L", "user", "PA", "user"),
    )


def outline_of(bones: Bones, *, off_mm: float = 0.0, turned_deg: float = 0.0, code: str = "PIP3") -> JointOutline:
    """The outline of the drawn joint, off by some tenths of a millimetre and degrees as those of networks are."""
    angle = np.radians(turned_deg)
    middle = _MIDDLE * PIXELS_PER_MM - 0.5
    frame = JointFrame(
        np.array([middle, middle - off_mm * PIXELS_PER_MM]),
        np.array([np.sin(angle), -np.cos(angle)]),
        6.0 * PIXELS_PER_MM,
    )
    across = frame.central(9)
    # the outline of the cup is that of its nearer rim
    gap = bones.gap_mm - 0.5 - abs(bones.tilted_mm)
    middle_px = np.full_like(across, -0.5 * (0.5 + abs(bones.tilted_mm)) * PIXELS_PER_MM)
    return JointOutline(code, frame, 12.0 * PIXELS_PER_MM, gap * PIXELS_PER_MM, across, middle_px)
