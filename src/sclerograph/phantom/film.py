"""One simulated film with its truth: the fast gear, for training and for measuring detection.

A film is a scene (form, pose, diseases, objects), its attenuation, and a look. Everything comes from one random
generator, so a seed repeats a film exactly.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sclerograph.anatomy.hand import BONES
from sclerograph.findings.records import Morphology
from sclerograph.phantom import look, texture
from sclerograph.phantom.deposits import add_at, deposit_thickness, draw_morphology, lobule
from sclerograph.phantom.form import HandForm, index_of, sample_form
from sclerograph.phantom.interior import bone_attenuation
from sclerograph.phantom.objects import add_metal
from sclerograph.phantom.pose import PosedHand, pose_hand, rotation_about
from sclerograph.phantom.projection import Detector
from sclerograph.phantom.resorption import draw_resorption
from sclerograph.phantom.soft_tissue import SoftTissue, soft_tissue

__all__ = ["CALCIUM", "LOOK_ALIKE", "MARKER", "METAL", "SOFT_TISSUE", "Beam", "SimulatedFilm", "TrueDeposit", "simulate_film"]

#: Bits of :attr:`SimulatedFilm.tissue`.
CALCIUM, METAL, SOFT_TISSUE, MARKER, LOOK_ALIKE = 1, 2, 4, 8, 16
#: Mineral thinner than this attenuates less than the noise of any film: it is not marked.
VISIBLE_MINERAL_MM = 0.06
Points = NDArray[np.float64]


@dataclass(frozen=True)
class Beam:
    """Attenuation coefficients per millimetre at one effective energy (fits to the tables of NIST, NISTIR 5632)."""

    mineral: float
    soft: float
    fat: float

    @classmethod
    def at(cls, energy_kev: float) -> Beam:
        """Coefficients of cortical bone, soft tissue and fat between 28 and 50 keV."""
        return cls(
            0.128 * (40.0 / energy_kev) ** 2.6,
            0.0285 * (40.0 / energy_kev) ** 1.1,
            0.0228 * (40.0 / energy_kev) ** 0.9,
        )


@dataclass(frozen=True)
class TrueDeposit:
    """One connected deposit of the truth, found on the thickness map."""

    morphology: Morphology
    area_mm2: float
    centre: tuple[float, float]
    peak_mineral_mm: float


@dataclass
class SimulatedFilm:
    """A film and what is on it.

    ``image`` is (rows, columns) uint8; ``landmarks`` (37, 3) x, y in pixels and 1 where visible; ``bones`` a bit field
    with bit i for ``BONES[i]``; ``tissue`` a bit field of :data:`CALCIUM` ... :data:`LOOK_ALIKE`; ``calcium_mm`` the
    thickness of mineral; ``resorption`` the fraction of each distal phalanx that is gone and its grade.
    """

    image: NDArray[np.uint8]
    landmarks: NDArray[np.float32]
    bones: NDArray[np.uint32]
    tissue: NDArray[np.uint8]
    calcium_mm: NDArray[np.float16]
    mm_per_pixel: float
    nominal_mm_per_pixel: float
    resorption: dict[int, tuple[float, int]] = field(default_factory=dict)
    flexion_deg: dict[int, tuple[float, ...]] = field(default_factory=dict)
    deposit_kinds: list[Morphology] = field(default_factory=list)


def simulate_film(
    rng: np.random.Generator,
    *,
    disease: bool = True,
    rows: int = 880,
    columns: int = 680,
    pixel_mm: float = 0.28,
    base: Points | None = None,
    healthy_look: bool = False,
) -> SimulatedFilm:
    """Draw one film of one upright hand, thumb to the right.

    Parameters
    ----------
    rng
        Source of all randomness.
    disease
        False leaves out deposits and acro-osteolysis.
    rows, columns, pixel_mm
        Size of the film and of its pixels in millimetres.
    base
        (37, 2) form in nominal millimetres to start from; drawn when ``None``.
    healthy_look
        True leaves out metal, letters and collimation as well: a plain film.
    """
    form = sample_form(rng, base=base)
    size = float(rng.uniform(0.8, 1.08))
    resorptions = {}
    if disease and rng.random() < 0.45:
        chance = rng.uniform(0.1, 0.9)
        resorptions = {d: draw_resorption(rng) for d in range(1, 6) if rng.random() < chance}
    wide = rng.random() < 0.1
    hand = pose_hand(
        form,
        rng,
        size=size,
        resorptions=resorptions,
        pronation_deg=float(rng.uniform(-40, 40) if wide else rng.normal(0.0, 6.0)),
        tilt_deg=float(rng.normal(0.0, 4.0)),
    )
    detector = _place(hand, rng, rows, columns, pixel_mm)
    film = _Scene(hand, form, detector, rng).film(disease=disease, plain=healthy_look)
    film.resorption = {d: (r.lost, r.grade) for d, r in resorptions.items()}
    return film


def _place(hand: PosedHand, rng: np.random.Generator, rows: int, columns: int, pixel_mm: float) -> Detector:
    """Turn the hand a little in the plane of the film and put film and source around it."""
    turn = rng.normal(0.0, 8.0) if rng.random() < 0.85 else rng.uniform(-30, 30)
    hand.transform(rotation_about(np.array([0.0, 0.0, 1.0]), float(turn)), hand.landmarks.mean(axis=0))
    marks = hand.landmarks[:, :2]
    low, high = marks.min(axis=0), marks.max(axis=0)
    centre = (low + high) / 2 + rng.normal(0.0, 5.0, 2) + np.array([0.0, -rng.uniform(0.0, 14.0)])
    bottom = min(float(b.outer[:, 2].min()) for b in hand.bones.values()) - rng.uniform(6.0, 12.0)
    source = (centre[0] + rng.normal(0, 25), centre[1] + rng.normal(0, 25), bottom + rng.uniform(900, 1150))
    return Detector(
        rows, columns, pixel_mm, centre[0] - columns * pixel_mm / 2, centre[1] + rows * pixel_mm / 2, bottom, source
    )


class _Scene:
    """Attenuation of one posed hand and all that goes with it."""

    def __init__(self, hand: PosedHand, form: HandForm, detector: Detector, rng: np.random.Generator) -> None:
        self.hand, self.form, self.detector, self.rng = hand, form, detector, rng
        self.shape = (detector.rows, detector.columns)
        self.beam = Beam.at(float(rng.uniform(29.0, 46.0)))
        self.attenuation = np.zeros(self.shape, np.float32)
        self.bones = np.zeros(self.shape, np.uint32)
        self.tissue = np.zeros(self.shape, np.uint8)
        self.calcium = np.zeros(self.shape, np.float32)
        self.metal = np.zeros(self.shape, np.float32)
        self.kinds: list[Morphology] = []
        self.marks = detector.project(hand.landmarks)

    def film(self, *, disease: bool, plain: bool) -> SimulatedFilm:
        rng, detector = self.rng, self.detector
        soft = soft_tissue(self.hand, detector, rng)
        self._bones()
        if disease and rng.random() < 0.8:
            soft = self._deposits(soft)
        inside = soft.total > 1.2
        self.tissue[inside] |= SOFT_TISSUE
        self._add_soft(soft)
        if not plain and rng.random() < 0.2:
            self.metal = add_metal(rng, self.hand, detector)
            metal = self.metal > 0.5
            self.attenuation += self.metal * float(rng.uniform(1.2, 4.0))
            self.tissue[metal] = (self.tissue[metal] & ~np.uint8(CALCIUM)) | METAL
        density = look.detect(np.maximum(self.attenuation, 0.0), rng, detector.pixel_mm)
        image = look.process(density, inside, rng, detector.pixel_mm)
        visible = np.ones(self.shape, bool)
        if not plain:
            image, visible = look.collimate(image, rng)
            image, letters = look.add_letters(image, inside, rng)
            self.tissue[letters] |= MARKER
        self.tissue[~visible] &= MARKER
        self.bones[~visible] = 0
        greys = (image * 255.0 + 0.5).astype(np.uint8)
        if not plain and rng.random() < 0.5:
            greys = look.jpeg(greys, int(rng.integers(35, 96)))
        calcium = np.where(self.tissue & CALCIUM, self.calcium, 0.0)
        size = self.hand.size
        return SimulatedFilm(
            greys,
            self._landmarks(visible),
            self.bones,
            self.tissue,
            calcium.astype(np.float16),
            detector.pixel_mm,
            detector.pixel_mm / size,
            flexion_deg=dict(self.form.flexion_deg),
            deposit_kinds=self.kinds,
        )

    def _landmarks(self, visible: NDArray[np.bool_]) -> NDArray[np.float32]:
        out = np.zeros((len(self.marks), 3), np.float32)
        out[:, :2] = self.marks
        x, y = np.round(self.marks).astype(int).T
        inside = (x >= 1) & (y >= 1) & (x < self.shape[1] - 1) & (y < self.shape[0] - 1)
        out[inside, 2] = visible[y[inside], x[inside]]
        return out

    def _bones(self) -> None:
        index = {b.code: i for i, b in enumerate(BONES)}
        growing = self.rng.random() < 0.4
        mineral = float(self.rng.uniform(0.55, 1.15))
        spongiosa = float(self.rng.uniform(0.10, 0.34))
        grain = float(self.rng.uniform(0.03, 0.22))
        for code, bone in self.hand.bones.items():
            drawn = bone_attenuation(
                bone, self.detector, self.beam, self.rng, mineral=mineral, spongiosa=spongiosa, grain=grain, growing=growing
            )
            if drawn is None:
                continue
            window, attenuation, outline = drawn
            self.attenuation[window] += attenuation
            if code in index:
                self.bones[window][outline] |= np.uint32(1 << index[code])
            else:
                self.tissue[window][outline] |= LOOK_ALIKE

    def _add_soft(self, soft: SoftTissue) -> None:
        skin = soft.total - soft.below_skin
        fat = soft.below_skin - soft.muscle
        mottle = 1.0 + 0.03 * texture.field(self.rng, self.shape, 0.008, 0.03) + 0.04 * texture.field(
            self.rng, self.shape, 0.001, 0.004
        )
        water = self.beam.soft * (skin + soft.muscle) + self.beam.fat * fat
        self.attenuation += water * mottle

    # -- deposits -----------------------------------------------------------------------------------------------

    def _site(self) -> Points:
        """A place for a deposit, film pixels: fingertips first, then joints, shafts, the wrist, anywhere."""
        rng, mm = self.rng, 1.0 / self.detector.pixel_mm
        project = self.detector.project
        choice = rng.random()
        if choice < 0.34:
            digit = int(rng.choice([1, 2, 3, 4, 5], p=[0.28, 0.24, 0.2, 0.16, 0.12]))
            dp = self.hand.bones[f"DP{digit}"]
            start, end = project(dp.base)[0], self.marks[index_of[f"TIP{digit}"]]
            place = start + (end - start) * rng.uniform(0.3, 1.15) + rng.normal(0.0, 2.6, 2) * mm
        elif choice < 0.64:
            names = [n for n in index_of if n[:2] in ("DI", "PI", "MC", "IP") or n == "CMC1"]
            place = self.marks[index_of[names[int(rng.integers(len(names)))]]] + rng.normal(0.0, 4.5, 2) * mm
        elif choice < 0.78:
            codes = list(self.hand.bones)
            bone = self.hand.bones[codes[int(rng.integers(len(codes)))]]
            start, end = project(bone.base)[0], project(bone.head)[0]
            place = start + (end - start) * rng.uniform(0.0, 1.0) + rng.normal(0.0, 5.0, 2) * mm
        elif choice < 0.9:
            names = ["ULNAR_STYLOID", "TRQ", "LUN", "SCA", "TZM", "RADIAL_STYLOID", "CAP"]
            place = self.marks[index_of[names[int(rng.integers(len(names)))]]] + rng.normal(0.0, 8.0, 2) * mm
        else:
            place = self.marks[int(rng.integers(len(self.marks)))] + rng.normal(0.0, 12.0, 2) * mm
        return np.asarray(place)

    def _deposits(self, soft: SoftTissue) -> SoftTissue:
        rng, pixel = self.rng, self.detector.pixel_mm
        mineral = np.zeros(self.shape, np.float32)
        count = 1 + int(rng.poisson(rng.uniform(0.5, 9.0)))
        only = draw_morphology(rng) if rng.random() < 0.25 else None
        for _ in range(count):
            kind = only or draw_morphology(rng)
            if kind == "tumoral" and rng.random() < 0.5:
                kind = "clustered"
            x, y = self._site()
            add_at(mineral, x, y, deposit_thickness(rng, kind, pixel))
            self.kinds.append(kind)
        mineral = np.minimum(mineral, 14.0)
        total = soft.total
        if rng.random() < 0.6:
            bulge = ndimage.gaussian_filter(mineral, 3.0 / pixel) * rng.uniform(2.0, 9.0)
            wanted = np.maximum(total, np.where(total > 0.2, np.minimum(13.0, total + bulge), np.minimum(9.0, bulge)))
            total = ndimage.gaussian_filter(wanted, 0.8 / pixel)
            total = np.where(bulge > 0.05, np.maximum(total, soft.total), soft.total)
        within = np.clip((total - 1.2) / 2.5, 0.0, 1.0)
        mineral = ndimage.gaussian_filter(mineral * within, rng.uniform(0.05, 0.2) / pixel)
        mineral = np.minimum(mineral, np.maximum(total - 0.5, 0.0))
        self.calcium = mineral.astype(np.float32)
        self.tissue[mineral > VISIBLE_MINERAL_MM] |= CALCIUM
        self.attenuation += (self.beam.mineral * 0.62 - self.beam.soft * 0.4) * mineral
        below = np.minimum(soft.below_skin + (total - soft.total), total)
        return SoftTissue(total.astype(np.float32), below.astype(np.float32), soft.muscle)
