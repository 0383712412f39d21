"""A trained calcium network looking at whole hands, as the shipped one does: for mining and for calibrating."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from sclerograph.networks.crops import CALCIUM_NOMINAL_MM, calcium_box, calcium_crop
from sclerograph.networks.maps import Crop
from sclerograph.training.augment import compose
from sclerograph.training.greys import fast_grey_channels, fast_warp
from sclerograph.training.loop import load_averaged
from sclerograph.training.prepared import PreparedFilm
from sclerograph.training.unet import CalciumNet

__all__ = ["CalciumEye", "Seen"]


@dataclass(frozen=True)
class Seen:
    """Probability of calcium on the crop of a hand; the crop leads back to pixels of the film made ready."""

    crop: Crop
    calcium: NDArray[np.float32]


class CalciumEye:
    """A trained calcium network."""

    def __init__(self, checkpoint: Path) -> None:
        model = load_averaged(CalciumNet(), checkpoint)
        self._model = model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def look(self, film: PreparedFilm) -> Seen:
        """Mark calcium on a film made ready."""
        pose = film.pose
        known = film.landmarks[:, 2] > 0
        crop = calcium_crop(pose, box_mm=calcium_box(pose.map_to_nominal(film.landmarks[known, :2])))
        dark = float(np.percentile(film.grey[::4, ::4], 2))
        grey = fast_grey_channels(
            fast_warp(film.grey, crop.to_crop, crop.rows, crop.columns, fill=dark), CALCIUM_NOMINAL_MM
        )
        skeleton_to_film = np.linalg.inv(np.vstack([film.to_crop, [0.0, 0.0, 1.0]]))[:2]
        between = compose(crop.to_crop, skeleton_to_film)
        anatomy = [
            fast_warp(values, between, crop.rows, crop.columns) * np.float32(2.0 / 255.0) - 1
            for values in (film.any_bone, film.pisiform)
        ]
        image = torch.from_numpy(np.concatenate([grey, np.stack(anatomy)])[None])
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
            logits = self._model(image.to(memory_format=torch.channels_last))
        return Seen(crop, torch.sigmoid(logits[0, 0].float()).numpy())
