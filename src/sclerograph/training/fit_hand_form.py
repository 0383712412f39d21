"""Fit the statistical form of a hand on a film from landmark sets, and write the numbers that the phantom ships.

The landmark sets are 37 points a film in the order of :data:`sclerograph.anatomy.hand.LANDMARKS`. They are brought to
one size (MCP3 to TIP3 = 90 nominal millimetres) and one orientation (Procrustes), and a principal component analysis is
kept.

    python -m sclerograph.training.fit_hand_form LANDMARKS.json --rows 800
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sclerograph.anatomy.hand import LANDMARKS

MCP3, TIP3 = LANDMARKS.index("MCP3"), LANDMARKS.index("TIP3")
NOMINAL_FINGER_MM = 90.0
COMPONENTS = 34


def normalise(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Bring (n, 37, 2) image points (y down) to nominal millimetres with y up, centred, turned to a common mean."""
    flipped = points * np.array([1.0, -1.0])
    scale = NOMINAL_FINGER_MM / np.linalg.norm(flipped[:, TIP3] - flipped[:, MCP3], axis=-1)
    shapes = flipped * scale[:, None, None]
    shapes -= shapes.mean(axis=1, keepdims=True)
    mean = shapes[0]
    for _ in range(8):
        for i, shape in enumerate(shapes):
            u, _, vt = np.linalg.svd(shape.T @ mean)
            sign = np.diag([1.0, np.sign(np.linalg.det(u @ vt))])
            shapes[i] = shape @ (u @ sign @ vt)
        mean = shapes.mean(axis=0)
    up = mean[MCP3] - mean[LANDMARKS.index("LUN")]
    angle = np.arctan2(up[0], up[1])
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return np.asarray(shapes @ turn)


def main() -> None:
    """Read the landmark sets, fit, and write ``phantom/hand_form.npz``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("landmarks", type=Path)
    parser.add_argument("--rows", type=int, default=800, help="rows used; the others stay held out")
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "phantom" / "hand_form.npz")
    arguments = parser.parse_args()
    points = np.asarray(json.loads(arguments.landmarks.read_text()), dtype=np.float64).reshape(-1, len(LANDMARKS), 2)
    shapes = normalise(points[: arguments.rows])
    flat = shapes.reshape(len(shapes), -1)
    mean = flat.mean(axis=0)
    _, singular, components = np.linalg.svd(flat - mean, full_matrices=False)
    deviation = singular / np.sqrt(len(flat) - 1)
    kept = np.sum(deviation[:COMPONENTS] ** 2) / np.sum(deviation**2)
    print(f"{len(flat)} sets, {COMPONENTS} components keep {kept:.4f} of the variance")
    np.savez_compressed(
        arguments.out,
        mean=mean.round(3).astype(np.float32),
        components=components[:COMPONENTS].round(5).astype(np.float32),
        deviation=deviation[:COMPONENTS].round(4).astype(np.float32),
    )


if __name__ == "__main__":
    main()
