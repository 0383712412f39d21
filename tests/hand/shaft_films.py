"""Films of tubular bones with known walls: the greys of a ray's way through them, blurred, with exact outlines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from sclerograph.anatomy.hand import BONES
from sclerograph.anatomy.norms import segment_ends
from sclerograph.hand.side import SideAndView
from sclerograph.hand.view import HandView
from sclerograph.imaging.calibration import NO_CALIBRATION, Calibration
from sclerograph.imaging.radiograph import Radiograph, Source
from sclerograph.networks.maps import CalciumMaps, Crop, Landmark, SkeletonMaps

Floats = NDArray[np.float64]

LEFT_PA = SideAndView("L", "user", "PA", "user")
LENGTH_MM, APART_MM, MARGIN_MM = 62.0, 16.0, 9.0


@dataclass(frozen=True)
class Tube:
    """One shaft: outer width and width of the marrow space (mm) in its middle.

    ``flare`` is the share by which it is wider at both ends than in the middle, ``bow_mm`` how far its middle lies
    beside the line of its ends. ``filled`` is the share of the marrow space that spongiosa fills at the distal end,
    down to 14 mm from it, and ``grain`` the relative contrast of its struts.
    """

    outer_mm: float = 8.0
    marrow_mm: float = 4.4
    flare: float = 0.3
    bow_mm: float = 0.0
    filled: float = 0.0
    grain: float = 0.0

    @property
    def index(self) -> float:
        """Its cortical index."""
        return 1.0 - self.marrow_mm / self.outer_mm


@dataclass(frozen=True)
class Film:
    """Shafts beside each other, and how they are filmed; ``turn_deg`` turns them on the film, clockwise."""

    tubes: Mapping[str, Tube] = field(default_factory=lambda: {"MC2": Tube(), "MC3": Tube(), "MC4": Tube()})
    pixels_per_mm: float = 7.0
    blur_mm: float = 0.12
    sharpened: float = 0.0
    noise: float = 0.0
    contrast: float = 0.05
    tissue: float = 0.2
    turn_deg: float = 0.0
    mirrored: bool = False
    calibration: Calibration = NO_CALIBRATION
    side_and_view: SideAndView = LEFT_PA
    calcium: Sequence[tuple[float, float, float]] = ()
    missing: Sequence[str] = ()

    @property
    def size_mm(self) -> float:
        """Breadth and height of the film."""
        return LENGTH_MM + 2.0 * MARGIN_MM + 4.0

    def view(self) -> HandView:
        """The hand as the measurements get it: landmarks and outlines of the shafts and nothing else."""
        count = round(self.size_mm * self.pixels_per_mm)
        y, x = np.mgrid[:count, :count].astype(np.float64)
        middle = 0.5 * (count - 1)
        turn = np.radians(self.turn_deg)
        right, down = (x - middle) / self.pixels_per_mm, (y - middle) / self.pixels_per_mm
        # into the frame of the bones: fingers up, level from 0 at the base to 1 at the head
        across = np.cos(turn) * right + np.sin(turn) * down
        level = 0.5 - (-np.sin(turn) * right + np.cos(turn) * down) / LENGTH_MM
        if self.mirrored:
            across = -across
        thickness = np.zeros((count, count))
        bones = np.zeros((len(BONES), count, count), np.uint8)
        marks: dict[str, Landmark] = {}
        for number, (code, tube) in enumerate(self.tubes.items()):
            at = (number - 0.5 * (len(self.tubes) - 1)) * APART_MM
            bow = tube.bow_mm * (1.0 - (2.0 * level - 1.0) ** 2)
            wider = 1.0 + tube.flare * (2.0 * level - 1.0) ** 2
            beside = across - at - bow
            outer, marrow = (0.5 * width * wider for width in (tube.outer_mm, tube.marrow_mm))
            along = np.clip(np.minimum(level, 1.0 - level) * LENGTH_MM + 0.5, 0.0, 1.0)
            way, hollow = (2.0 * np.sqrt(np.maximum(radius**2 - beside**2, 0.0)) for radius in (outer, marrow))
            grain = gaussian_filter(np.random.default_rng(number).normal(size=way.shape), 0.25 * self.pixels_per_mm)
            struts = 1.0 + tube.grain * grain / grain.std()
            filled = tube.filled * struts * ((1.0 - level) * LENGTH_MM < 14.0)
            thickness += along * (way - (1.0 - filled) * hollow)
            inside = np.clip((outer - np.abs(beside)) * self.pixels_per_mm + 0.5, 0.0, 1.0) * along
            bones[[b.code for b in BONES].index(code)] = np.rint(255.0 * inside)
            for name, share in zip(segment_ends(code), (0.0, 1.0), strict=True):
                sign = -1.0 if self.mirrored else 1.0
                u, v = sign * at * self.pixels_per_mm, (0.5 - share) * LENGTH_MM * self.pixels_per_mm
                place = middle + np.array([np.cos(turn) * u - np.sin(turn) * v, np.sin(turn) * u + np.cos(turn) * v])
                marks[name] = Landmark(float(place[0]), float(place[1]), 0.0 if name in self.missing else 0.95)
        grey = gaussian_filter(self.tissue + self.contrast * thickness, self.blur_mm * self.pixels_per_mm)
        if self.sharpened:
            grey = grey + self.sharpened * (grey - gaussian_filter(grey, 0.6 * self.pixels_per_mm))
        grey = grey + self.noise * np.random.default_rng(0).normal(size=grey.shape)
        crop = Crop(np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]), count, count, 1.0 / self.pixels_per_mm)
        calcium = np.zeros((count, count), np.float32)
        for px, py, radius in self.calcium:
            calcium[np.hypot(across - px, level - py) < radius] = 1.0
        nothing = np.zeros((1, 1), np.float32)
        return HandView(
            Radiograph(
                pixels=np.clip(grey, 0.0, 1.0).astype(np.float32),
                valid=np.ones((count, count), np.bool_),
                calibration=self.calibration,
                source=Source("film.png", "0" * 64, count, count),
                visit="film",
            ),
            SkeletonMaps(crop, marks, bones, np.full((count, count), 255, np.uint8)),
            CalciumMaps(crop, calcium, nothing, nothing),
            self.side_and_view,
        )
