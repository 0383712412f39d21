"""Fit the average hand and its covariance, and write them into the package.

    python -m sclerograph.training.fit_shape_prior LANDMARKS_ONLY_JSON

The file holds rows of 74 numbers: x, y of the 37 landmarks in pixels of unknown scale. The first 800 rows of a fixed
shuffle are used; :func:`kept_rows` gives the others, by which the prior is judged.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray

from sclerograph.networks.hand_shape import landmark_index

__all__ = ["fit", "fitted_rows", "kept_rows", "load_landmark_sets"]

_SHUFFLE_SEED = 20240
_FITTED = 800
_MIDDLE_FINGER_MM = 90.0


def load_landmark_sets(path: Path) -> NDArray[np.float64]:
    """Read (hands, 37, 2) landmarks in pixels."""
    return np.asarray(json.loads(path.read_text()), dtype=np.float64).reshape(-1, 37, 2)


def _order(count: int) -> NDArray[np.int64]:
    return np.random.default_rng(_SHUFFLE_SEED).permutation(count)


def fitted_rows(count: int) -> NDArray[np.int64]:
    """Rows that the prior is fitted on."""
    return _order(count)[:_FITTED]


def kept_rows(count: int) -> NDArray[np.int64]:
    """Rows that the prior has not seen."""
    return _order(count)[_FITTED:]


def _upright(hands: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """Origin halfway between LUN and TIP3, TIP3 straight up, MCP3 to TIP3 90 nominal millimetres."""
    lunate, tip, knuckle = (hands[:, landmark_index(name)] for name in ("LUN", "TIP3", "MCP3"))
    up = (tip - lunate) / np.abs(tip - lunate)
    scale = _MIDDLE_FINGER_MM / np.abs(tip - knuckle)
    return np.asarray((hands - ((lunate + tip) / 2)[:, None]) * (-1j * up.conj() * scale)[:, None])


def fit(landmarks: NDArray[np.float64], rounds: int = 4) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Generalised Procrustes analysis with steadier landmarks weighing more.

    Parameters
    ----------
    landmarks
        (hands, 37, 2) in any unit, all of one chirality (thumb to the right when the fingers point up).

    Returns
    -------
    mean_mm, covariance_mm2
        (37, 2) and (74, 74) in the nominal frame.
    """
    hands = landmarks[..., 0] + 1j * landmarks[..., 1]
    mean = _upright(hands).mean(0)
    spread = np.ones(mean.shape)
    for _ in range(rounds):
        weight = 1.0 / np.square(4.0 + spread)
        weight /= weight.sum()
        centred_mean = mean - (weight * mean).sum()
        centred = hands - (weight * hands).sum(1)[:, None]
        factor = (weight * centred.conj() * centred_mean).sum(1) / (weight * np.abs(centred) ** 2).sum(1)
        laid = centred * factor[:, None] + (weight * mean).sum()
        mean = _upright(laid.mean(0)[None])[0]
        spread = np.sqrt(np.square(np.abs(laid - mean)).mean(0))
    difference = laid - mean
    rows = np.stack([difference.real, difference.imag], -1).reshape(len(hands), -1)
    return np.stack([mean.real, mean.imag], -1), np.asarray(rows.T @ rows / len(rows))


def main(
    landmarks_json: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    out: Annotated[Path, typer.Option()] = Path(__file__).parents[1] / "networks" / "hand_shape.npz",
) -> None:
    """Fit and write ``networks/hand_shape.npz``."""
    sets = load_landmark_sets(landmarks_json)
    mean, covariance = fit(sets[fitted_rows(len(sets))])
    np.savez(out, mean_mm=mean.astype(np.float32), covariance_mm2=covariance.astype(np.float32))
    typer.echo(f"{len(fitted_rows(len(sets)))} hands, rms spread {np.sqrt(np.trace(covariance) / 37):.2f} nominal mm")


if __name__ == "__main__":
    typer.run(main)
