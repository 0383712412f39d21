"""Simulated adult hands that do not stand straight, filmed twice, kept between runs with their exact truth.

Each hand is put down anew for the second film: rolled and tilted by up to 15 degrees in all, with another look. Half of
the hands of each series are left as they are, for false alarms.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.held_out import HeldOutFilm, load_film, store_film
from bench.measure import Workplace
from bench.provenance import simulator_sha256
from bench.true_networks import TrueNetworks
from sclerograph.anatomy.hand import DIGITS
from sclerograph.errors import InputRejected
from sclerograph.findings.atomic_file import write_atomically
from sclerograph.hand.side import SideAndView
from sclerograph.hand.view import HandView
from sclerograph.networks.protocol import HandNetworks

if TYPE_CHECKING:
    from sclerograph.phantom.projection import Detector
    from sclerograph.phantom.scene import HandScene

__all__ = ["FLEXED_SEEDS", "MISALIGNED_SEEDS", "PosedFilm", "posed_pairs", "view_of"]

#: First seeds of both series; no other measure draws there.
MISALIGNED_SEEDS = 15_000_000
FLEXED_SEEDS = 16_000_000
_ROWS, _COLUMNS, _PIXEL_MM = 880, 680, 0.28
_REPOSITIONED_DEG = 15.0
#: Joints of the fingers that are displaced and bent, and how likely each is.
_SHIFTED = (
    "MCP2",
    "MCP3",
    "MCP4",
    "MCP5",
    "PIP2",
    "PIP3",
    "PIP4",
    "PIP5",
    "DIP2",
    "DIP3",
    "DIP4",
    "DIP5",
    "MCP1",
    "IP1",
)
_SHIFT_CHANCE = 0.25


@dataclass(frozen=True)
class PosedFilm:
    """One film and its truth; see :func:`_truth` for the names. ``changed`` is False for hands left as they are."""

    film: HeldOutFilm
    truth: dict[str, Any]
    changed: bool


def posed_pairs(workplace: Workplace, first_seed: int, wanted: int, what: str) -> Iterator[tuple[PosedFilm, PosedFilm]]:
    """Go through so many hands of a series; those that were not simulated before are simulated now."""
    folder = workplace.cache / f"{simulator_sha256()[:12]}-posed"
    folder.mkdir(parents=True, exist_ok=True)
    for seed in workplace.each(range(first_seed, first_seed + workplace.count(wanted)), what):
        if not (folder / f"{seed}.json").is_file():
            _simulate(folder, seed, flexion=first_seed == FLEXED_SEEDS)
        record = json.loads((folder / f"{seed}.json").read_text(encoding="utf-8"))
        first, second = (
            PosedFilm(load_film(folder, f"{seed}-{n}", seed), truth, bool(record["changed"]))
            for n, truth in enumerate(record["films"], start=1)
        )
        yield first, second


def view_of(workplace: Workplace, posed: PosedFilm, *, true_outlines: bool) -> HandView | None:
    """Return the hand as networks without error or the shipped ones see it; ``None`` where these find none."""
    networks: HandNetworks = TrueNetworks({posed.film.path.name: posed.film}) if true_outlines else workplace.networks
    radiograph = posed.film.open()
    try:
        found = networks.locate(radiograph)
        if not found:
            return None
        skeleton = networks.skeleton(radiograph, max(found, key=lambda hand: hand.confidence))
    except InputRejected:
        return None
    calcium = TrueNetworks({posed.film.path.name: posed.film}).calcium(radiograph, skeleton)
    return HandView(radiograph, skeleton, calcium, SideAndView("L", "user", "PA", "user"))


def _simulate(folder: Path, seed: int, *, flexion: bool) -> None:
    from sclerograph.phantom.film import fast_film
    from sclerograph.phantom.form import sample_form
    from sclerograph.phantom.scene import ADULT, draw_scene, reposed

    rng = np.random.default_rng(seed)
    changed = bool(seed % 2)
    scene = draw_scene(rng, ADULT)
    scene = replace(scene, form=sample_form(rng, flexion_probability=0.0), _hands={})
    if changed:
        scene = _flexed(scene, rng) if flexion else _misaligned(scene, rng)
    angle, direction = rng.uniform(0.0, _REPOSITIONED_DEG), rng.uniform(0.0, 2.0 * np.pi)
    turned = {
        "pronation_deg": scene.pronation_deg + float(angle * np.cos(direction)),
        "tilt_deg": scene.tilt_deg + float(angle * np.sin(direction)),
    }
    truths = []
    for number, visit in enumerate((reposed(scene, rng), reposed(scene, rng, **turned)), start=1):
        detector = visit.detector(_ROWS, _COLUMNS, _PIXEL_MM)
        film = fast_film(visit, rng, rows=_ROWS, columns=_COLUMNS, pixel_mm=_PIXEL_MM, plain=True)
        store_film(folder, f"{seed}-{number}", film)
        truths.append(_truth(visit, detector))
    # written last: an interrupted run leaves no films without their truth
    write_atomically(folder / f"{seed}.json", json.dumps({"changed": changed, "films": truths}))


def _flexed(scene: HandScene, rng: np.random.Generator) -> HandScene:
    """Flex some fingers so that their middle phalanges rise by 15 to 60 degrees."""
    from sclerograph.phantom.flexion import flexed

    angles: dict[int, tuple[float, ...]] = {}
    share = rng.uniform(0.25, 1.0)
    for digit in range(2, 6):
        total, first = rng.uniform(15.0, 60.0), rng.uniform(0.0, 0.5)
        if rng.random() < share:
            angles[digit] = (total * first, total, min(total * rng.uniform(1.0, 1.4), 80.0))
    return replace(scene, form=flexed(scene.form, angles), _hands={})


def _misaligned(scene: HandScene, rng: np.random.Generator) -> HandScene:
    from sclerograph.phantom.alignment import JointShift, Misalignment

    joints = {
        code: JointShift(float(rng.uniform(-0.5, 0.5)), float(rng.uniform(-30.0, 30.0)))
        for code in _SHIFTED
        if rng.random() < _SHIFT_CHANCE
    }
    resorbed = rng.random() < 0.5
    how = Misalignment(
        cmc1_ratio=float(rng.uniform(0.0, 0.7)),
        cmc1_sunk=float(rng.uniform(0.0, 0.3)),
        trapezium_lost=float(rng.uniform(0.1, 0.5)) if resorbed else 0.0,
        metacarpal_base_lost=float(rng.uniform(0.05, 0.2)) if resorbed else 0.0,
        joints=joints,
    )
    return replace(scene, misalignment=how, _hands={})


def _truth(scene: HandScene, detector: Detector) -> dict[str, Any]:
    """Return what is true on a film: ratios of the thumb's base, joints, ulnar variance (mm), losses, flexion (deg).

    The flexion of a finger is the greatest angle of its proximal and middle phalanx to the metacarpals, of the thumb
    that of its proximal phalanx.
    """
    from sclerograph.hand.joint_alignment import ALIGNED_JOINTS
    from sclerograph.phantom.alignment import true_joint, true_thumb_base, true_ulnar_variance

    hand = scene.hand()
    base, variance = true_thumb_base(hand, detector), true_ulnar_variance(hand, detector)
    joints = {}
    for code in ALIGNED_JOINTS:
        found = true_joint(hand, detector, code)
        if found is not None:
            joints[code] = [found.offset_ratio, found.angle_deg]
    lost = scene.misalignment
    angles = scene.form.flexion_deg
    return {
        "cmc1_ratio": base.subluxation_ratio,
        "cmc1_migration": base.migration_ratio,
        "joints": joints,
        "ulnar_variance_mm": None if variance is None else variance * detector.pixel_mm,
        "trapezium_lost": 0.0 if lost is None else lost.trapezium_lost,
        "metacarpal_base_lost": 0.0 if lost is None else lost.metacarpal_base_lost,
        "flexion_deg": {str(d.number): max(angles[d.number][: 1 if d.number == 1 else 2]) for d in DIGITS},
    }
