"""Simulated films as networks without error would see them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sclerograph.anatomy.hand import BONES, LANDMARKS
from sclerograph.hand.side import SideAndView
from sclerograph.hand.view import HandView
from sclerograph.imaging.calibration import Calibration
from sclerograph.imaging.radiograph import Radiograph, Source
from sclerograph.networks.maps import CalciumMaps, Crop, Landmark, SkeletonMaps
from sclerograph.phantom.film import CALCIUM, SOFT_TISSUE, SimulatedFilm

PA = SideAndView("L", "user", "PA", "user")


def view_of_simulated(film: SimulatedFilm, side_and_view: SideAndView = PA) -> HandView:
    """The hand with exact landmarks and outlines."""
    rows, columns = film.image.shape
    crop = Crop(np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]), rows, columns, film.nominal_mm_per_pixel)
    marks = {
        name: Landmark(float(x), float(y), float(seen > 0))
        for name, (x, y, seen) in zip(LANDMARKS, film.landmarks, strict=True)
    }
    bones = np.stack([film.bones >> np.uint32(i) & np.uint32(1) > 0 for i in range(len(BONES))])
    nothing = np.zeros(film.image.shape, np.float32)
    return HandView(
        Radiograph(
            pixels=(film.image / 255.0).astype(np.float32),
            valid=np.ones(film.image.shape, np.bool_),
            calibration=Calibration("ruler", film.mm_per_pixel),
            source=Source("film.png", "0" * 64, rows, columns),
            visit="film",
        ),
        SkeletonMaps(
            crop,
            marks,
            bones.astype(np.uint8) * np.uint8(255),
            np.where(film.tissue & SOFT_TISSUE, 255, 0).astype(np.uint8),
        ),
        CalciumMaps(crop, (film.tissue & CALCIUM > 0).astype(np.float32), nothing, nothing),
        side_and_view,
    )


def with_greys(view: HandView, pixels: NDArray[np.floating]) -> HandView:
    """The same hand with other greys."""
    return replace(view, radiograph=replace(view.radiograph, pixels=pixels.astype(np.float32)))


def with_film_above(view: HandView, row: float) -> HandView:
    """The same hand on a film that ends at a row, counted from the top."""
    valid = view.radiograph.valid.copy()
    valid[: int(row)] = False
    return replace(view, radiograph=replace(view.radiograph, valid=valid))
