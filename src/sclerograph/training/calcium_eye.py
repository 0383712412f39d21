"""Trained networks looking for calcium on whole hands, as the shipped ones do: for mining and for calibrating."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from sclerograph.networks.crops import CALCIUM_NOMINAL_MM, Pose, calcium_box, calcium_crop
from sclerograph.networks.maps import Crop
from sclerograph.networks.marks import MARK_PATCH, Marks, find_marks, mark_patches
from sclerograph.training.augment import compose
from sclerograph.training.averaged_net import load_members
from sclerograph.training.greys import fast_grey_channels, fast_warp
from sclerograph.training.loop import load_averaged
from sclerograph.training.prepared import PreparedFilm
from sclerograph.training.second_look_net import SecondLookNet
from sclerograph.training.unet import CALCIUM_CHANNELS, CalciumNet

__all__ = ["CalciumEye", "SecondLookEye", "Seen"]

_CALCIUM, _LOOK_ALIKE = (CALCIUM_CHANNELS.index(name) for name in ("calcium", "look_alike"))


@dataclass(frozen=True)
class Seen:
    """What the network was shown of a hand (4, rows, columns), and the probabilities that it gave.

    The crop leads back to pixels of the film made ready.
    """

    crop: Crop
    image: NDArray[np.float32]
    calcium: NDArray[np.float32]
    look_alike: NDArray[np.float32]

    @cached_property
    def marks(self) -> Marks:
        """The marks, as the runner finds them."""
        return find_marks(self.calcium)

    def mark_patches(self, pose: Pose, side: int = MARK_PATCH) -> NDArray[np.float32]:
        """What the second look is shown of the marks (:func:`sclerograph.networks.marks.mark_patches`)."""
        places = self.marks.nominal_mm(self.crop, pose)
        return mark_patches(self.image, self.calcium, self.look_alike, self.marks, places, side)


class CalciumEye:
    """A trained calcium network, or several that are averaged."""

    def __init__(self, checkpoints: Sequence[Path]) -> None:
        model = load_members(CalciumNet, checkpoints)
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
        image = np.concatenate([grey, np.stack(anatomy)])
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
            logits = self._model(torch.from_numpy(image[None]).to(memory_format=torch.channels_last))
        calcium, look_alike = torch.sigmoid(logits[0, [_CALCIUM, _LOOK_ALIKE]].float()).numpy()
        return Seen(crop, image, calcium, look_alike)


class SecondLookEye:
    """A trained second look."""

    def __init__(self, checkpoint: Path) -> None:
        self._model = load_averaged(SecondLookNet(), checkpoint)

    def look(self, seen: Seen, pose: Pose) -> NDArray[np.float64]:
        """Probability (n,) that each mark is calcium."""
        if not len(seen.marks.numbers):
            return np.zeros(0)
        patches = torch.from_numpy(seen.mark_patches(pose))
        with torch.inference_mode():
            return np.asarray(torch.sigmoid(self._model(patches)).numpy(), dtype=np.float64)
