"""Makes ``anatomy/thumb_base_norms.json`` from simulated healthy adult hands.

python tools/fit_thumb_base_norms.py [HANDS]
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sclerograph.anatomy import thumb_base_norms
from sclerograph.anatomy.thumb_base_norms import REFERENCE_BONES
from sclerograph.phantom.alignment import thumb_direction
from sclerograph.phantom.projection import Detector, path_length
from sclerograph.phantom.scene import ADULT, draw_scene

_FIRST_SEED = 14_000_000
_PIXEL_MM = 0.25
#: Scatter between people of one bone's size around what its neighbours say (logarithm), an assumption: simulated
#: carpal bones keep their proportions to 3 %, real ones surely do not.
_AREA_SD, _HEIGHT_SD = 0.10, 0.08


def main() -> None:
    """Simulate, measure and write."""
    hands = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    codes = [code for own, others in REFERENCE_BONES.items() for code in (own, *others)]
    areas: dict[str, list[float]] = {code: [] for code in codes}
    heights: dict[str, list[float]] = {code: [] for code in REFERENCE_BONES}
    for seed in range(_FIRST_SEED, _FIRST_SEED + hands):
        scene = draw_scene(np.random.default_rng(seed), ADULT)
        hand, detector = scene.hand(), scene.detector(960, 760, _PIXEL_MM)
        unit = scene.size / detector.pixel_mm
        along = thumb_direction(hand, detector)
        for code in codes:
            pixels = _shadow(hand.bones[code].outer, hand.bones[code].faces, detector)
            areas[code].append(float(np.log(pixels / unit**2)))
        for code in heights:
            heights[code].append(float(np.log(np.ptp(detector.project(hand.bones[code].outer) @ along) / unit)))
    record = {
        "log_area": {code: round(float(np.mean(values)), 4) for code, values in areas.items()},
        "log_height": {code: round(float(np.mean(values)), 4) for code, values in heights.items()},
        "area_sd": _AREA_SD,
        "height_sd": _HEIGHT_SD,
        "hands": hands,
        "source": "simulated healthy adult hands (sclerograph.phantom); scatter between people assumed",
    }
    path = Path(thumb_base_norms.__file__).with_suffix(".json")
    path.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


def _shadow(points: NDArray[np.float64], faces: NDArray[np.int64], detector: Detector) -> float:
    """Return the area of a bone's projection in pixels."""
    length, _ = path_length(points, faces, detector)
    return float(np.count_nonzero(length > 0))


if __name__ == "__main__":
    main()
