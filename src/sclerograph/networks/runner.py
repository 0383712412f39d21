"""Runs the shipped networks on onnxruntime.

Sessions are made when first used and kept; weights are read from the package.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache, partial
from importlib import resources
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sclerograph.anatomy.hand import BONES, LANDMARKS
from sclerograph.anatomy.joint_frame import SPACE_JOINTS
from sclerograph.errors import MissingComponent
from sclerograph.findings.records import RADIOGRAMMETRY_BONES
from sclerograph.imaging.radiograph import Radiograph
from sclerograph.networks.crops import (
    Pose,
    calcium_box,
    calcium_crop,
    fit_pose,
    letterbox,
    location_of_pose,
    pose_of_landmarks,
    pose_of_location,
    skeleton_crop,
)
from sclerograph.networks.decode import decode_heat_maps, spatial_softmax
from sclerograph.networks.inputs import anatomy_channels, film_channels, film_greys
from sclerograph.networks.joint_crops import WIDTHS_MM, joint_channels, joint_crop
from sclerograph.networks.locate import hands_of_maps, to_film
from sclerograph.networks.looks import Look, averaged
from sclerograph.networks.maps import (
    Belief,
    CalciumMaps,
    Crop,
    HandLocation,
    JointLook,
    Landmark,
    ShaftLook,
    SkeletonMaps,
)
from sclerograph.networks.marks import find_marks, mark_patches
from sclerograph.networks.shaft_crops import INDICES, shaft_channels, shaft_crop
from sclerograph.networks.shape_prior import plausible_landmarks
from sclerograph.networks.side_by_side import side_by_side

if TYPE_CHECKING:
    import onnxruntime

__all__ = ["Networks", "load_networks"]

_NAMES = ("finder", "skeleton", "skeleton_from_side", "calcium", "second_look", "joints", "shafts")
#: A hand whose landmarks are less confident than this on average is no hand.
_LEAST_LANDMARK_CONFIDENCE = 0.45
#: Landmarks less confident than this on average make one look whether the hand lies on its side. On simulated films
#: those of flat hands reach 0.93 and more, those of hands on their side at most 0.88; and what the network for such
#: hands says of them is less sure by up to this.
_SURE_OF_FLAT, _LESS_SURE_FROM_SIDE = 0.9, 0.1
#: Below this the side of the thumb is tried both ways.
_SURE_OF_MIRROR = 0.97
#: On films of known side the right side's landmarks are surer by 0.09 to 0.25: this turns 0.1 into 0.95.
_SIDE_STEEPNESS = 30.0
#: The first of two looks at a skeleton is turned by this.
_TURN_DEG = 4.0
#: Landmarks less confident than this do not widen the crop of the calcium network.
_CROP_CONFIDENCE = 0.2
#: From the greys of a square, what it shows, and nominal millimetres of a film pixel to what a network is shown.
_Channels = Callable[[NDArray[np.float32], str, float], NDArray[np.float32]]
#: So many marks are looked at a second time at once: more would only take more memory.
_MARKS_AT_ONCE = 64


@lru_cache(maxsize=8)
def _read_weights(name: str) -> bytes:
    path = resources.files("sclerograph.networks").joinpath("weights", f"{name}.onnx")
    if not path.is_file():
        raise MissingComponent(
            f"the {name} network is not installed: films cannot be read without it; "
            "reinstall sclerograph with its weights"
        )
    return path.read_bytes()


@dataclass
class _Network:
    name: str
    threads: int | None
    _made: onnxruntime.InferenceSession | None = None
    _making: Lock = field(default_factory=Lock)

    @property
    def _session(self) -> onnxruntime.InferenceSession:
        with self._making:
            if self._made is None:
                self._made = self._make()
            return self._made

    def _make(self) -> onnxruntime.InferenceSession:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        if self.threads is not None:
            options.intra_op_num_threads = self.threads
        options.inter_op_num_threads = 1
        # A thread that waits for work by spinning takes its core from the hand that is measured beside.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        # Films and hands come one at a time: memory kept for the largest crop would only be held back from the rest.
        options.enable_cpu_mem_arena = False
        return onnxruntime.InferenceSession(_read_weights(self.name), options, providers=["CPUExecutionProvider"])

    def __call__(self, image: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        return [output[0] for output in self.batch(image[None])]

    def batch(self, images: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """Answer for several images of one size at once."""
        return [np.asarray(output) for output in self._session.run(None, {"image": images})]


def _softmax(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    """(n, levels) logits to shares that sum to 1 in each row."""
    values = logits.astype(np.float64)
    shares = np.exp(values - values.max(axis=1, keepdims=True))
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def _sigmoid(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(1.0 / (1.0 + np.exp(-values)), dtype=np.float32)


class Networks:
    """The shipped networks; keeps to :class:`sclerograph.networks.protocol.HandNetworks`.

    Parameters
    ----------
    threads
        Threads of each network; onnxruntime decides if ``None``.
    """

    def __init__(self, threads: int | None = None) -> None:
        self._threads = threads
        networks = {name: _Network(name, threads) for name in _NAMES}
        self._finder, self._calcium = networks["finder"], networks["calcium"]
        self._skeleton, self._skeleton_from_side = networks["skeleton"], networks["skeleton_from_side"]
        self._second_look = networks["second_look"]
        self._joints, self._shafts = networks["joints"], networks["shafts"]

    @cached_property
    def models(self) -> Sequence[tuple[str, str]]:
        """Name and SHA-256 of each network.

        Raises
        ------
        MissingComponent
            If a network is not installed.
        """
        return tuple((name, hashlib.sha256(_read_weights(name)).hexdigest()) for name in _NAMES)

    def locate(self, film: Radiograph) -> list[HandLocation]:
        """Find none, one or two hands, the most confident first.

        Each is confirmed, and set straight, by a look of the skeleton network: what has no landmarks is no hand, and
        where the finder is not sure on which side the thumb lies, the more confident landmarks decide. So they do
        between a hand that lies flat and one on its side, which a network of its own knows.
        """
        crop = letterbox(*film.pixels.shape)
        (maps,) = self._finder(film_channels(film, crop))
        candidates = [to_film(seen, crop) for seen in hands_of_maps(maps, crop.rows)]
        looked_at = side_by_side(partial(self._confirm, film), candidates, self._threads)
        confirmed: list[HandLocation] = []
        for location in sorted((each for each in looked_at if each is not None), key=lambda each: -each.confidence):
            # a hand that was proposed twice, say both ways round, is the one that its landmarks are surer of
            if all(
                math.dist(location.centre, other.centre) > 0.3 * max(location.length, other.length)
                for other in confirmed
            ):
                confirmed.append(location)
        return confirmed

    def _confirm(self, film: Radiograph, location: HandLocation) -> HandLocation | None:
        tries = [location]
        if location.mirrored_confidence < _SURE_OF_MIRROR:
            tries.append(replace(location, mirrored=not location.mirrored))
        looks = self._looks(film, tries)
        if max(look.confidence for look in looks) < _SURE_OF_FLAT:
            on_side = [
                replace(each, from_side=True) for each in (location, replace(location, mirrored=not location.mirrored))
            ]
            seen = self._looks(film, on_side)
            if max(look.confidence for look in seen) + _LESS_SURE_FROM_SIDE > max(look.confidence for look in looks):
                tries, looks = on_side, seen
        best = int(np.argmax([look.confidence for look in looks]))
        look, chosen = looks[best], tries[best]
        if look.confidence < _LEAST_LANDMARK_CONFIDENCE:
            return None
        sure = location.mirrored_confidence
        if len(looks) == 2:
            # How much more one side's landmarks believe in themselves than the other's.
            sure = 1.0 / (1.0 + math.exp(-_SIDE_STEEPNESS * abs(looks[0].confidence - looks[1].confidence)))
        pose = fit_pose(look.points[:, :2], look.points[:, 2] ** 2 + 1e-6, mirrored=chosen.mirrored)
        found = location_of_pose(pose, confidence=min(1.0, look.confidence), mirrored_confidence=sure)
        return replace(found, from_side=chosen.from_side)

    def _looks(self, film: Radiograph, locations: Sequence[HandLocation]) -> list[Look]:
        return [self._look(film, skeleton_crop(pose_of_location(each)), each.from_side) for each in locations]

    def _look(self, film: Radiograph, crop: Crop, from_side: bool) -> Look:
        network = self._skeleton_from_side if from_side else self._skeleton
        heat, masks = network(film_channels(film, crop))
        points = decode_heat_maps(spatial_softmax(heat))
        points[:, :2] = crop.map_to_original(points[:, :2])
        return Look(crop, points, masks)

    def skeleton(self, film: Radiograph, location: HandLocation) -> SkeletonMaps:
        """Look twice, and take the mean: the landmarks of the first look place the crop of the second."""
        turned = skeleton_crop(pose_of_location(location), turn_deg=_TURN_DEG)
        first = self._look(film, turned, location.from_side)
        pose = fit_pose(first.points[:, :2], first.points[:, 2] ** 2 + 1e-6, mirrored=location.mirrored)
        look = averaged(first, self._look(film, skeleton_crop(pose), location.from_side))
        # what is known of the shape of hands is of flat ones
        plausible = (
            np.ones(len(LANDMARKS), dtype=np.bool_)
            if location.from_side
            else plausible_landmarks(look.points[:, :2], look.points[:, 2], mirrored=location.mirrored)
        )
        landmarks = {
            name: Landmark(float(x), float(y), float(min(1.0, confidence)), bool(fits))
            for name, (x, y, confidence), fits in zip(LANDMARKS, look.points, plausible, strict=True)
        }
        masks = np.round(_sigmoid(look.masks) * 255.0).astype(np.uint8)
        return SkeletonMaps(look.crop, landmarks, masks[: len(BONES)], masks[len(BONES)])

    def calcium(self, film: Radiograph, skeleton: SkeletonMaps) -> CalciumMaps:
        """Mark calcium, metal and markers on a crop that holds the whole hand, and look at each mark once more."""
        pose = _pose(skeleton)
        crop = _calcium_crop(skeleton, pose)
        image = np.concatenate([film_channels(film, crop), anatomy_channels(skeleton, crop)])
        (logits,) = self._calcium(image)
        calcium, metal, marker, look_alike = (_sigmoid(logits[channel]) for channel in range(4))
        marks = find_marks(calcium)
        places = marks.nominal_mm(crop, pose)
        answers = np.zeros(int(marks.labels.max()) + 1, dtype=np.float32)
        for first in range(0, len(marks.numbers), _MARKS_AT_ONCE):
            chosen = slice(first, first + _MARKS_AT_ONCE)
            few = marks.part(chosen)
            (logits,) = self._second_look.batch(mark_patches(image, calcium, look_alike, few, places[chosen]))
            answers[few.numbers] = _sigmoid(logits)
        return CalciumMaps(crop, calcium, metal, marker, answers[marks.labels])

    def joints(self, film: Radiograph, skeleton: SkeletonMaps) -> dict[str, JointLook]:
        """Look at the space of each joint whose landmarks are known."""
        pose = _pose(skeleton)
        unit, points = pose.pixels_per_mm, _known_points(skeleton)
        crops = {code: joint_crop(points, code, unit, mirrored=pose.mirrored) for code in SPACE_JOINTS}
        squares = _squares(film, crops, joint_channels, unit)
        if not squares:
            return {}
        (logits,) = self._joints.batch(np.stack(list(squares.values())))
        return {
            code: JointLook(WIDTHS_MM * unit, share, float(fused), float(seen))
            for code, share, (fused, seen) in zip(
                squares, _softmax(logits[:, :-2]), _sigmoid(logits[:, -2:]), strict=True
            )
        }

    def shafts(self, film: Radiograph, skeleton: SkeletonMaps) -> dict[str, ShaftLook]:
        """Look at the shaft of each metacarpal of radiogrammetry whose landmarks are known."""
        pose = _pose(skeleton)
        unit, points = pose.pixels_per_mm, _known_points(skeleton)
        crops = {code: shaft_crop(points, code, unit, mirrored=pose.mirrored) for code in RADIOGRAMMETRY_BONES}
        squares = _squares(film, crops, shaft_channels, unit)
        if not squares:
            return {}
        (logits,) = self._shafts.batch(np.stack(list(squares.values())))
        index, isthmus = (_softmax(part) for part in np.split(logits, 2, axis=1))
        return {
            code: ShaftLook(Belief(INDICES, shares), Belief(INDICES, narrowest))
            for code, shares, narrowest in zip(squares, index, isthmus, strict=True)
        }


def _known_points(skeleton: SkeletonMaps) -> dict[str, NDArray[np.float64]]:
    return {
        name: np.array([mark.x, mark.y])
        for name, mark in skeleton.landmarks.items()
        if mark.plausible and mark.confidence >= _CROP_CONFIDENCE
    }


def _squares(
    film: Radiograph, crops: Mapping[str, Crop | None], channels: _Channels, unit: float
) -> dict[str, NDArray[np.float32]]:
    """Return what a network is shown of the places that have a crop, where there is more than empty film."""
    placed = {code: crop for code, crop in crops.items() if crop is not None}
    squares = zip(placed, film_greys(film, list(placed.values())), strict=True) if placed else ()
    made = {code: channels(greys, code, 1.0 / unit) for code, greys in squares}
    return {code: square for code, square in made.items() if square[0].any()}


def _calcium_crop(skeleton: SkeletonMaps, pose: Pose) -> Crop:
    sure = [(each.x, each.y) for each in skeleton.landmarks.values() if each.confidence >= _CROP_CONFIDENCE]
    places = pose.map_to_nominal(np.array(sure)) if sure else np.zeros((1, 2))
    return calcium_crop(pose, box_mm=calcium_box(places))


def _pose(skeleton: SkeletonMaps) -> Pose:
    mirrored = bool(np.linalg.det(skeleton.crop.to_crop[:, :2]) < 0)
    return pose_of_landmarks(skeleton.landmarks, mirrored=mirrored)


def load_networks(threads: int | None = None) -> Networks:
    """The shipped networks; their weights are read when first used."""
    return Networks(threads)
