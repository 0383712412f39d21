"""Makes ``hand/rotation_weights.json`` from simulated adult hands.

python tools/fit_rotation.py simulate EXACT.npz FIRST HANDS    features of exact projections (seeds from 20,700,000)
python tools/fit_rotation.py observe SEEN.npz FIRST HANDS      features that the networks see (seeds from 20,600,000)
python tools/fit_rotation.py fit EXACT.npz ... SEEN.npz ...    weights from all of them

The slopes are fitted on exact projections, of which there are many. Networks follow what they were trained on and see
strong turns as weaker ones: what they see of films gives the polynomial that takes this out, and the standard error.
Run it again after a change of the skeleton network.
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
from sclerograph.imaging.calibration import NO_CALIBRATION
from sclerograph.imaging.radiograph import Radiograph, Source
from sclerograph.networks.maps import Crop, Landmark, SkeletonMaps
from sclerograph.phantom.film import fast_film
from sclerograph.phantom.projection import path_length
from sclerograph.phantom.scene import ADULT, HandScene, draw_scene, reposed

_FIRST_SEED = 20_700_000
_OBSERVED_SEED = 20_600_000
_POSES = 2
_ROWS, _COLUMNS, _NOMINAL_MM = 470, 360, 0.5
_MOST_DEG = 40.0
#: Tilt about the transverse axis, which is not measured and must not disturb.
_TILT_SD_DEG = 6.0
#: Errors of outlines and landmarks of the networks, by which features are disturbed, as measured on simulated films of
#: turned hands: places (nominal mm) of carpal bones, of metacarpals and of landmarks; logarithms of areas; overlaps.
#: The networks lose the pisiform where it leaves the triquetrum.
_NOISE = {"carpal": 0.55, "metacarpal": 0.4, "landmark": 0.7, "area": 0.12, "overlap": 0.09}
_PISIFORM_NOISE = {"carpal": 3.0, "area": 0.3, "overlap": 0.25}
_NOISY_COPIES = 4
_FLAT_HANDS = 12
_OBSERVED_MOST_DEG = 38.0
_DEGREE, _FOLDS = 3, 10
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


def observe(path: Path, first: int, hands: int) -> None:
    """Write the same as :func:`simulate` for what the shipped networks see on films of some hands."""
    from sclerograph.networks.runner import load_networks

    networks, frame = load_networks(1), _flat_frame()
    rows, seen, pronations, which = [], [], [], []
    for seed in range(_OBSERVED_SEED + first, _OBSERVED_SEED + first + hands):
        rng = np.random.default_rng(seed)
        pronation = float(rng.uniform(-_OBSERVED_MOST_DEG, _OBSERVED_MOST_DEG))
        scene = reposed(draw_scene(rng, ADULT), rng, pronation_deg=pronation, tilt_deg=float(rng.normal(0.0, 4.0)))
        image = fast_film(scene, rng, rows=880, columns=680, pixel_mm=0.28, plain=True).image
        film = Radiograph(
            pixels=(image / 255.0).astype(np.float32),
            valid=np.ones(image.shape, np.bool_),
            calibration=NO_CALIBRATION,
            source=Source("film.png", "0" * 64, *image.shape),
        )
        found = networks.locate(film)
        if not found:
            continue
        skeleton = networks.skeleton(film, max(found, key=lambda hand: hand.confidence))
        features = rotation_features(skeleton, frame)
        if features is not None:
            rows.append(features[0])
            seen.append(features[1])
            pronations.append(pronation)
            which.append(seed)
    np.savez_compressed(
        path,
        features=np.array(rows),
        seen=np.array(seen),
        pronation=np.array(pronations),
        hand=np.array(which),
        observed=np.array(True),
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
        deviation[i] = (_PISIFORM_NOISE if "PIS" in name else _NOISE)[kind]
    noisy = features + deviation * rng.normal(size=features.shape)
    overlaps = np.array([" over " in name for name in FEATURES])
    noisy[:, overlaps] = np.clip(noisy[:, overlaps], 0.0, 1.0)
    return np.asarray(noisy)


def fit(paths: list[Path]) -> None:
    """Fit the weights, measure their error on hands that were left out, and write them."""
    files = [np.load(path) for path in paths]
    parts = [part for part in files if "observed" not in part]
    watched = [part for part in files if "observed" in part]
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
    exact = np.polyfit(scores @ slopes, target, _DEGREE)
    test = (_disturbed(features[held_out], rng) - mean) / deviation @ components.T / spread
    errors = np.polyval(exact, test @ slopes) - pronation[held_out]
    distance = np.sqrt((test**2).mean(axis=1))
    _tell("exact projections, disturbed", errors, pronation[held_out])
    films, whole, turned = (
        np.concatenate([part[name] for part in watched]) for name in ("features", "seen", "pronation")
    )
    standard = np.where(whole, (films - mean) / deviation, 0.0)
    line = (standard @ components.T / spread) @ slopes
    # each film is judged by a polynomial that the other films gave
    folds = np.arange(len(line)) % _FOLDS
    errors = np.concatenate(
        [
            np.polyval(np.polyfit(line[folds != fold], turned[folds != fold], _DEGREE), line[folds == fold])
            - turned[folds == fold]
            for fold in range(_FOLDS)
        ]
    )
    _tell("films seen by the networks", errors, np.concatenate([turned[folds == fold] for fold in range(_FOLDS)]))
    bend = np.polyfit(line, turned, _DEGREE)
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
        "source": "simulated adult hands (sclerograph.phantom): exact projections, and films seen by the networks",
    }
    path = Path(rotation_weights.__file__).with_suffix(".json")
    path.write_text(json.dumps(record, indent=None, separators=(",", ":")) + "\n", encoding="utf-8")


def _tell(what: str, errors: NDArray[np.float64], pronation: NDArray[np.float64]) -> None:
    print(f"{what}: {errors.mean():.2f} +- {errors.std():.2f} degrees on {len(errors)} films")
    for low, high in ((0, 10), (10, 20), (20, 40)):
        part = (np.abs(pronation) >= low) & (np.abs(pronation) < high)
        outward = errors[part] * np.sign(pronation[part])
        print(f"  {low} to {high} degrees: {outward.mean():.2f} (outward) +- {errors[part].std():.2f}")


def _ridge(count: int) -> float:
    return 0.01 * count


def _rounded(values: NDArray[np.float64]) -> list[float]:
    return [round(float(value), _DIGITS) for value in values]


if __name__ == "__main__":
    if sys.argv[1] == "simulate":
        simulate(Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
    elif sys.argv[1] == "observe":
        observe(Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
    else:
        fit([Path(name) for name in sys.argv[2:]])
