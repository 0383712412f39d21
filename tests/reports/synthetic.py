"""A reading that no patient has: two drawn hands on one film, with deposits and resorbed fingertips of known place."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage.draw import polygon
from skimage.measure import find_contours

from sclerograph.anatomy.hand import BONES, FINGER_CHAINS
from sclerograph.findings.records import (
    CalcinosisTotal,
    CalibrationRecord,
    Compartment,
    Contour,
    Deposit,
    DigitLength,
    Hand,
    Interval,
    LandmarkRecord,
    Method,
    ModelRecord,
    Morphology,
    Outline,
    Reading,
    SoftwareRecord,
    SourceRecord,
    Tuft,
    TuftSummary,
)
from sclerograph.reports.drawn_hand import bone_outline, landmarks, skin_outline

MM_PER_PIXEL = 0.4
ROWS, COLUMNS = 675, 875
_GRADES = {"L": (1, 3, 4, 0, None), "R": (0, 0, 1, 0, 0)}
_DEFICITS = (0.02, 0.08, 0.18, 0.38, 0.62)


@dataclass(frozen=True)
class _Spot:
    """A blob of calcium: offset from a landmark in millimetres, radii, and what it is called."""

    landmark: str
    offset_mm: tuple[float, float]
    radii_mm: tuple[float, float]
    site: str
    digit: int | None
    compartment: Compartment
    morphology: Morphology


_SPOTS = (
    _Spot("TIP1", (2.0, -2.5), (3.2, 2.2), "DP1", 1, "pulp", "globular"),
    _Spot("TIP3", (-3.5, 4.0), (1.6, 4.2), "DP3", 3, "overlying_bone", "clustered"),
    _Spot("TIP2", (1.0, -3.0), (0.8, 0.7), "DP2", 2, "pulp", "punctate"),
    _Spot("PIP2", (7.0, 1.0), (2.6, 4.4), "PIP2", 2, "periarticular", "globular"),
    _Spot("MCP4", (-3.0, -12.0), (1.8, 6.0), "PP4", 4, "subcutaneous", "plate"),
    _Spot("CMC1", (4.0, 4.5), (3.4, 2.6), "CMC1", 1, "periarticular", "clustered"),
    _Spot("CMC5", (-9.0, 22.0), (2.0, 3.2), "TRQ", None, "subcutaneous", "net"),
    _Spot("CMC3", (0.0, 17.0), (1.4, 1.2), "LUN", None, "overlying_bone", "punctate"),
    _Spot("CMC3", (4.0, 37.0), (1.9, 1.5), "RC", None, "intra_articular", "punctate"),
)


def _mask(points: NDArray[np.float64]) -> NDArray[np.bool_]:
    mask = np.zeros((ROWS, COLUMNS), dtype=bool)
    rows, columns = polygon(points[:, 1], points[:, 0], mask.shape)
    mask[rows, columns] = True
    return mask


def _contours(mask: NDArray[np.bool_]) -> list[Contour]:
    box = ndimage.find_objects(mask.astype(int))[0]
    top, left = box[0].start - 1, box[1].start - 1
    found = find_contours(np.pad(mask[box], 1).astype(float), 0.5)
    return [[(float(c) + left, float(r) + top) for r, c in contour[:-1]] for contour in found]


def _place(points: NDArray[np.float64], side: str) -> NDArray[np.float64]:
    """Millimetres of the drawing to pixels of the film: the left hand in the left half, the right one mirrored."""
    sign, centre = (1.0, COLUMNS * 0.235) if side == "L" else (-1.0, COLUMNS * 0.765)
    return np.asarray(points) * [sign / MM_PER_PIXEL, 1.0 / MM_PER_PIXEL] + [centre, ROWS * 0.745]


@lru_cache(maxsize=1)
def _drawn() -> tuple[NDArray[np.float32], dict[str, Hand]]:
    rng = np.random.default_rng(7)
    film = np.zeros((ROWS, COLUMNS))
    hands = {}
    for side in ("L", "R"):
        skin = np.zeros(film.shape, dtype=bool)
        for outline in skin_outline():
            skin |= _mask(_place(outline, side))
        film += 0.22 * ndimage.gaussian_filter(
            np.minimum(ndimage.distance_transform_edt(skin) * MM_PER_PIXEL / 7.5, 1.0), 1.2
        )
        outlines = []
        for drawn in BONES:
            mask = _mask(_place(bone_outline(drawn.code), side))
            # A film has 58 bones: each is shaded in its own box.
            (box,) = ndimage.find_objects(mask.astype(int))
            box = tuple(slice(max(part.start - 4, 0), part.stop + 4) for part in box)
            inside = ndimage.distance_transform_edt(mask[box]) * MM_PER_PIXEL
            cortex = np.clip(inside / 0.8, 0.0, 1.0) * (0.18 + 0.16 * np.exp(-inside / 1.8))
            film[box] += ndimage.gaussian_filter(cortex, 0.7)
            outlines.append(Outline(bone=drawn.code, contours=_contours(mask), confidence=0.95))
        marks = {name: tuple(_place(np.array([point]), side)[0]) for name, point in landmarks().items()}
        deposits = []
        for number, spot in enumerate(_SPOTS if side == "L" else _SPOTS[2:4], 1):
            mask, deposit = _deposit(f"d{number}", spot, marks, rng)
            film += 0.5 * ndimage.gaussian_filter(mask.astype(float), 1.2)
            deposits.append(deposit)
        hands[side] = _hand(side, skin, outlines, marks, deposits)
    film += ndimage.gaussian_filter(rng.normal(0.0, 0.03, film.shape), 0.7) + 0.04
    return np.clip(film, 0.0, 1.0).astype(np.float32), hands


def _deposit(
    name: str, spot: _Spot, marks: dict[str, tuple[float, float]], rng: np.random.Generator
) -> tuple[NDArray[np.bool_], Deposit]:
    x, y = np.array(marks[spot.landmark]) + np.array(spot.offset_mm) / MM_PER_PIXEL
    angles = np.linspace(0.0, 2.0 * np.pi, 60, endpoint=False)
    bumps = 1.0 + 0.18 * np.sin(angles * 5 + rng.uniform(0, 6)) * rng.uniform(0.3, 1.0)
    a, b = np.array(spot.radii_mm) / MM_PER_PIXEL
    mask = _mask(np.column_stack([x + a * bumps * np.cos(angles), y + b * bumps * np.sin(angles)]))
    area_px = float(mask.sum())
    area_mm2 = area_px * MM_PER_PIXEL**2
    longest_px = 2.0 * float(max(a, b))
    return mask, Deposit(
        id=name,
        site=spot.site,
        digit=spot.digit,
        compartment=spot.compartment,
        morphology=spot.morphology,
        contours=_contours(mask),
        area_px=area_px,
        area_mm2=area_mm2,
        area_mm2_interval=Interval(low=0.9 * area_mm2, high=1.12 * area_mm2),
        longest_diameter_px=longest_px,
        longest_diameter_mm=longest_px * MM_PER_PIXEL,
        relative_density=0.82,
        confidence=0.91,
    )


def _hand(
    side: str,
    skin: NDArray[np.bool_],
    outlines: list[Outline],
    marks: dict[str, tuple[float, float]],
    deposits: list[Deposit],
) -> Hand:
    rows, columns = np.nonzero(skin)
    scale_px = float(np.hypot(*np.subtract(marks["TIP3"], marks["MCP3"])))
    tufts = []
    for digit, grade in enumerate(_GRADES[side], 1):
        if grade is None:
            tufts.append(Tuft(digit=digit, assessable=False, reason="flexed: the phalanges are foreshortened"))
            continue
        deficit = _DEFICITS[grade]
        tufts.append(
            Tuft(
                digit=digit,
                assessable=True,
                grade=grade,
                grade_interval=Interval(low=max(grade - 1, 0), high=grade),
                length_deficit=deficit,
                length_deficit_interval=Interval(low=deficit - 0.06, high=deficit + 0.05),
                fragmented=grade == 4,
                confidence=0.88,
            )
        )
    grades = [t.grade for t in tufts if t.grade is not None]
    return Hand(
        source="s1",
        side="L" if side == "L" else "R",
        side_source="chirality",
        view="PA",
        box=(float(columns.min()), float(rows.min()), float(columns.max()), float(rows.max())),
        confidence=0.99,
        landmarks={
            name: LandmarkRecord(x=x, y=y, confidence=0.97, plausible=(side, name) != ("L", "DIP5"))
            for name, (x, y) in marks.items()
        },
        bones=outlines,
        soft_tissue=_contours(skin),
        deposits=deposits,
        calcinosis=_totals(deposits, scale_px),
        digit_lengths=[_lengths(digit, marks) for digit in range(1, 6)],
        tufts=tufts,
        acro_osteolysis=TuftSummary(
            assessable_digits=len(grades),
            total=sum(grades),
            total_with_missing_as_mean=sum(grades) / len(grades) * 5,
            maximum=max(grades),
            johnstone_group="moderate/severe" if max(grades) > 1 else "normal/minimal",
        ),
        not_assessable=["distal radius: cut off by the edge of the film"] if side == "R" else [],
    )


def _totals(deposits: list[Deposit], scale_px: float) -> list[CalcinosisTotal]:
    groups: dict[tuple[str, str], list[Deposit]] = {}
    for deposit in deposits:
        groups.setdefault(("site", deposit.site), []).append(deposit)
        if deposit.digit is not None:
            groups.setdefault(("digit", str(deposit.digit)), []).append(deposit)
    groups["hand", "hand"] = deposits
    totals = []
    for (scope, name), members in groups.items():
        area_px = sum(d.area_px for d in members)
        known = [d.area_mm2 for d in members if d.area_mm2 is not None]
        totals.append(
            CalcinosisTotal.model_validate(
                {
                    "scope": scope,
                    "name": name,
                    "deposits": len(members),
                    "area_px": area_px,
                    "area_mm2": sum(known) if len(known) == len(members) else None,
                    "area_ratio": area_px / scale_px**2,
                }
            )
        )
    return totals


def _lengths(digit: int, marks: dict[str, tuple[float, float]]) -> DigitLength:
    chain = [marks[name] for name in FINGER_CHAINS[digit]]
    lengths = [float(np.hypot(*np.subtract(b, a))) for a, b in pairwise(chain)]
    metacarpal, proximal, *middle, distal = lengths
    return DigitLength(
        digit=digit,
        distal_px=distal,
        middle_px=middle[0] if middle else None,
        proximal_px=proximal,
        metacarpal_px=metacarpal,
        distal_mm=distal * MM_PER_PIXEL,
        middle_mm=middle[0] * MM_PER_PIXEL if middle else None,
        proximal_mm=proximal * MM_PER_PIXEL,
        metacarpal_mm=metacarpal * MM_PER_PIXEL,
    )


def film() -> NDArray[np.float32]:
    """Return the pixels of the drawn film."""
    return _drawn()[0].copy()


def reading(sides: str = "LR", calibrated: bool = True) -> Reading:
    """Return the reading of the drawn film, with one hand or both, in millimetres or without a calibration."""
    hands = [_drawn()[1][side] for side in sides]
    if not calibrated:
        hands = [_without_millimetres(hand) for hand in hands]
    total = sum(h.acro_osteolysis.total or 0 for h in hands if h.acro_osteolysis)
    return Reading(
        name="synthetic-visit",
        software=SoftwareRecord(
            version="0.1.0",
            models=[ModelRecord(name="skeleton", sha256="ab" * 32), ModelRecord(name="calcium", sha256="cd" * 32)],
            methods=[
                Method(
                    name="acro_osteolysis",
                    version="1",
                    citation="ends of the scale: Johnstone 2012, doi:10.1093/rheumatology/kes214; "
                    "grades between: own definition",
                ),
                Method(name="calcinosis", version="1", citation="own definition"),
            ],
        ),
        sources=[
            SourceRecord(
                id="s1",
                file="synthetic_hands.dcm",
                sha256="0123456789abcdef" * 4,
                rows=ROWS,
                columns=COLUMNS,
                calibration=CalibrationRecord(
                    source="imager_pixel_spacing",
                    mm_per_pixel=MM_PER_PIXEL,
                    magnification=1.04,
                    detail="ImagerPixelSpacing 0.26 mm, EstimatedRadiographicMagnificationFactor 1.04",
                )
                if calibrated
                else CalibrationRecord(source="none", mm_per_pixel=None),
                notes=["greys inverted (MONOCHROME1)"],
            )
        ],
        hands=hands,
        acro_osteolysis=TuftSummary(
            assessable_digits=9,
            total=total,
            total_with_missing_as_mean=10.0 / 9.0 * total,
            maximum=4,
            johnstone_group="moderate/severe",
        ),
        calcified_area_mm2=sum(d.area_mm2 or 0.0 for h in hands for d in h.deposits) if calibrated else None,
    )


def _without_millimetres(hand: Hand) -> Hand:
    no_mm = {"area_mm2": None, "longest_diameter_mm": None, "area_mm2_interval": None}
    lengths = {"distal_mm": None, "middle_mm": None, "proximal_mm": None, "metacarpal_mm": None}
    return hand.model_copy(
        update={
            "deposits": [d.model_copy(update=no_mm) for d in hand.deposits],
            "calcinosis": [t.model_copy(update={"area_mm2": None}) for t in hand.calcinosis],
            "digit_lengths": [length.model_copy(update=lengths) for length in hand.digit_lengths],
        }
    )
