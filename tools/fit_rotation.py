"""Makes ``hand/rotation_weights.json`` from the exact projections of simulated adult hands.

python tools/fit_rotation.py simulate FILE.npz FIRST_HAND HANDS     features of some hands (seeds from 20,700,000 on)
python tools/fit_rotation.py fit FILE.npz ...                       weights from all of them
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sclerograph.anatomy.hand import BONES, LANDMARKS
from sclerograph.hand import rotation_weights
from sclerograph.hand.bone_windows import bone_window, middle_of
from sclerograph.hand.rotation_features import FEATURES, FRAME, rotation_features
from sclerograph.networks.maps import Crop, Landmark, SkeletonMaps
from sclerograph.phantom.projection import path_length
from sclerograph.phantom.scene import ADULT, HandScene, draw_scene, reposed

_FIRST_SEED = 20_700_000
_POSES = 2
_ROWS, _COLUMNS, _NOMINAL_MM = 470, 360, 0.5
_MOST_DEG = 40.0
#: Tilt about the transverse axis, which is not measured and must not disturb.
_TILT_SD_DEG = 6.0
#: Errors of outlines and landmarks of the networks, by which features are disturbed: places (nominal mm) of carpal
#: bones, of metacarpals and of landmarks; logarithms of areas; overlaps.
_NOISE = {"carpal": 0.4, "metacarpal": 0.25, "landmark": 0.6, "area": 0.06, "overlap": 0.05}
_NOISY_COPIES = 4
_FLAT_HANDS = 12
_HELD_OUT = 0.25
_DIGITS = 5


def _skeleton(scene: HandScene) -> SkeletonMaps:
    """Return the exact projection of a hand on the grid of the networks."""
    detector = scene.detector(_ROWS, _COLUMNS, _NOMINAL_MM * scene.size)
    hand = scene.hand()
    bones = np.zeros((len(BONES), _ROWS, _COLUMNS), np.uint8)
    for channel, known in enumerate(BONES):
        bone = hand.bones[known.code]
        length, window = path_length(bone.outer, bone.faces, detector)
        bones[channel][window] = np.where(length > 0.2, 255, 0).astype(np.uint8)
    marks = {
        name: Landmark(float(x), float(y), 1.0)
        for name, (x, y) in zip(LANDMARKS, detector.project(hand.landmarks), strict=True)
    }
    crop = Crop(np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]), _ROWS, _COLUMNS, _NOMINAL_MM)
    return SkeletonMaps(crop, marks, bones, np.zeros((1, 1), np.uint8))


def _flat_frame() -> dict[str, tuple[float, float]]:
    """Return the mean place of the bones of the frame in flat hands (nominal mm)."""
    channel = {b.code: i for i, b in enumerate(BONES)}
    places = []
    for seed in range(_FIRST_SEED - _FLAT_HANDS, _FIRST_SEED):
        rng = np.random.default_rng(seed)
        scene = reposed(draw_scene(rng, ADULT), rng, pronation_deg=0.0, tilt_deg=0.0, turn_deg=0.0)
        bones = _skeleton(scene).bones
        middles = np.stack([middle_of(bone_window(bones[channel[code]])) for code in FRAME]) * _NOMINAL_MM
        places.append(middles - middles.mean(axis=0))
    mean = np.mean(places, axis=0)
    return {code: (round(float(x), 3), round(float(y), 3)) for code, (x, y) in zip(FRAME, mean, strict=True)}


def simulate(path: Path, first: int, hands: int) -> None:
    """Write features (n, f), seen (n, f), pronation and tilt (n,) and hand (n,) of some hands."""
    frame = _flat_frame()
    rows, seen, pronations, tilts, which = [], [], [], [], []
    for seed in range(_FIRST_SEED + first, _FIRST_SEED + first + hands):
        rng = np.random.default_rng(seed)
        scene = draw_scene(rng, ADULT)
        for _ in range(_POSES):
            pronation = float(rng.uniform(-_MOST_DEG, _MOST_DEG))
            tilt = float(rng.normal(0.0, _TILT_SD_DEG))
            found = rotation_features(_skeleton(reposed(scene, rng, pronation_deg=pronation, tilt_deg=tilt)), frame)
            if found is not None:
                rows.append(found[0])
                seen.append(found[1])
                pronations.append(pronation)
                tilts.append(tilt)
                which.append(seed)
    np.savez_compressed(
        path,
        features=np.array(rows),
        seen=np.array(seen),
        pronation=np.array(pronations),
        tilt=np.array(tilts),
        hand=np.array(which),
        frame=np.array([frame[code] for code in FRAME]),
    )


def _disturbed(features: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    deviation = np.empty(len(FEATURES))
    for i, name in enumerate(FEATURES):
        kind = (
            "overlap"
            if " over " in name
            else "area"
            if "area" in name
            else "metacarpal"
            if name.startswith("MC") and not name.startswith("MCP")
            else "landmark"
            if name.startswith(("MCP", "CMC"))
            else "carpal"
        )
        deviation[i] = _NOISE[kind]
    noisy = features + deviation * rng.normal(size=features.shape)
    overlaps = np.array([" over " in name for name in FEATURES])
    noisy[:, overlaps] = np.clip(noisy[:, overlaps], 0.0, 1.0)
    return np.asarray(noisy)


def fit(paths: list[Path]) -> None:
    """Fit the weights, measure their error on hands that were left out, and write them."""
    parts = [np.load(path) for path in paths]
    features, seen, pronation, hand = (
        np.concatenate([part[name] for part in parts]) for name in ("features", "seen", "pronation", "hand")
    )
    whole = seen.all(axis=1)
    features, pronation, hand = features[whole], pronation[whole], hand[whole]
    names = np.unique(hand)
    held_out = np.isin(hand, names[: int(_HELD_OUT * len(names))])
    rng = np.random.default_rng(0)
    noisy = np.concatenate([_disturbed(features[~held_out], rng) for _ in range(_NOISY_COPIES)])
    target = np.tile(pronation[~held_out], _NOISY_COPIES)
    mean, deviation = noisy.mean(axis=0), noisy.std(axis=0)
    standard = (noisy - mean) / deviation
    _, singular, components = np.linalg.svd(standard, full_matrices=False)
    spread = singular / np.sqrt(len(standard))
    scores = standard @ components.T / spread
    slopes = scores.T @ target / (len(standard) + _ridge(len(standard)))
    bend = np.polyfit(scores @ slopes, target, 3)
    test = (_disturbed(features[held_out], rng) - mean) / deviation @ components.T / spread
    errors = np.polyval(bend, test @ slopes) - pronation[held_out]
    distance = np.sqrt((test**2).mean(axis=1))
    print(
        f"{len(features)} films; error on {held_out.sum()} left out: {errors.mean():.2f} +- {errors.std():.2f} degrees"
    )
    for low, high in ((0, 10), (10, 20), (20, 40)):
        part = (np.abs(pronation[held_out]) >= low) & (np.abs(pronation[held_out]) < high)
        print(f"  {low} to {high} degrees: {errors[part].mean():.2f} +- {errors[part].std():.2f}")
    record = {
        "features": list(FEATURES),
        "frame": {code: [float(x), float(y)] for code, (x, y) in zip(FRAME, parts[0]["frame"], strict=True)},
        "mean": _rounded(mean),
        "deviation": _rounded(deviation),
        "components": [_rounded(row) for row in components],
        "spread": _rounded(spread),
        "slopes": _rounded(slopes),
        "bend": [float(f"{value:.8g}") for value in bend],
        "error_deg": round(float(errors.std()), 2),
        "most_distance": round(float(np.percentile(distance, 99.0)), 3),
        "hands": len(names),
        "source": "exact projections of simulated adult hands (sclerograph.phantom), disturbed",
    }
    path = Path(rotation_weights.__file__).with_suffix(".json")
    path.write_text(json.dumps(record, indent=None, separators=(",", ":")) + "\n", encoding="utf-8")


def _ridge(count: int) -> float:
    return 0.01 * count


def _rounded(values: NDArray[np.float64]) -> list[float]:
    return [round(float(value), _DIGITS) for value in values]


if __name__ == "__main__":
    if sys.argv[1] == "simulate":
        simulate(Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
    else:
        fit([Path(name) for name in sys.argv[2:]])
