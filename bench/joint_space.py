"""Joint spaces against exact truth: width, repeatability, narrowing grade, ankylosis."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.hand_views import view_of
from bench.joint_space_films import FIRST_SEED, JointSpaceFilm, joint_space_pairs
from bench.measure import Measure, Outcome, Row, Target, Workplace
from bench.share_rows import share_row
from bench.statistics import quadratic_kappa
from sclerograph.anatomy.joint_frame import SPACE_JOINTS
from sclerograph.findings.records import JointFinding
from sclerograph.hand import joint_space
from sclerograph.hand.joint_narrowing import grade_of_share

if TYPE_CHECKING:
    from sclerograph.training.lesion_film import TrueSpace

__all__ = ["MEASURE"]

_HANDS = 30
_GRADES = 5
_Z = 1.959963984540054
_ON = {
    ("fine", "truth"): "simulated, 0.15 mm pixels, vendors' looks, true outlines",
    ("fine", "networks"): "simulated, 0.15 mm pixels, vendors' looks, networks",
    ("fast", "truth"): "simulated, 0.15 mm pixels, wild looks of training, true outlines",
    ("fast", "networks"): "simulated, 0.15 mm pixels, wild looks of training, networks",
}
#: Joints that are measured alike: those of the fingers by their margins too, the others by the joint network alone.
_FAMILIES = {
    "fingers": ("joints of the fingers", tuple(c for c in SPACE_JOINTS if c[-1] in "2345")),
    "thumb": ("IP1 and MCP1", ("IP1", "MCP1")),
    "cmc1": ("CMC1", ("CMC1",)),
    "rc": ("radiocarpal joint", ("RC",)),
}


@dataclass
class _Tally:
    """What was found on the films of one gear with one kind of outlines, in all joints or in some."""

    codes: tuple[str, ...] = SPACE_JOINTS

    errors: list[float] = field(default_factory=list)
    least_errors: list[float] = field(default_factory=list)
    inside: int = 0
    kinds: dict[str, list[float]] = field(default_factory=dict)
    repeats: list[float] = field(default_factory=list)
    true_grades: list[int] = field(default_factory=list)
    grades: list[int] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)
    asked: int = 0


def _true_grade(space: TrueSpace) -> int:
    return 4 if space.fused else grade_of_share(1.0 - space.lost)


def _add(film: JointSpaceFilm, findings: dict[str, JointFinding], tally: _Tally) -> dict[str, float]:
    """Count the joints of one film; return the errors of the widths by joint."""
    errors = {}
    for code in tally.codes:
        tally.asked += 1
        finding, true = findings.get(code), film.spaces.get(code)
        if finding is None or not finding.assessable:
            reason = finding.reason if finding is not None else "no hand was found"
            tally.reasons[(reason or "no reason").split(":")[0]] += 1
            continue
        if true is None:
            continue
        if finding.narrowing_grade is not None:
            tally.true_grades.append(_true_grade(true))
            tally.grades.append(finding.narrowing_grade)
        interval = finding.space_width_mm_interval
        if finding.space_width_mm is None or interval is None:
            continue
        error = finding.space_width_mm - true.mean_mm
        errors[code] = error
        tally.errors.append(error)
        if finding.space_least_mm is not None:
            tally.least_errors.append(finding.space_least_mm - true.least_mm)
        tally.kinds.setdefault(code.rstrip("12345"), []).append(error)
        tally.inside += interval.low <= true.mean_mm <= interval.high
    return errors


def run(workplace: Workplace) -> Outcome:
    """Measure every joint of both films of every hand, with true outlines and through the networks."""
    tallies = {key: _Tally() for key in _ON}
    families = {(*key, family): _Tally(codes) for key in _ON for family, (_, codes) in _FAMILIES.items()}
    seeds = []
    for pair in joint_space_pairs(workplace, _HANDS):
        seeds.append(pair[0].film.seed)
        for seen_by in ("truth", "networks"):
            found = []
            for film in pair:
                view = view_of(workplace, film.film, seen_by)
                findings = [] if view is None else joint_space.measure(view)
                found.append({finding.joint: finding for finding in findings})
            key = pair[0].gear, seen_by
            for tally in (tallies[key], *(families[(*key, family)] for family in _FAMILIES)):
                both = [_add(film, findings, tally) for film, findings in zip(pair, found, strict=True)]
                # the true width differs between the positions: what does not repeat is the error
                tally.repeats += [both[1][code] - both[0][code] for code in both[0] if code in both[1]]
    rows = [row for key, tally in tallies.items() if tally.asked for row in _rows(key, tally)]
    rows += [row for key, tally in families.items() if tally.asked for row in _family_rows(key, tally)]
    details = {" ".join(key): _details(tally) for key, tally in tallies.items() if tally.asked}
    notes = [
        f"first seed {FIRST_SEED}; widths in the plane of the detector against the mean distance of the articular "
        "surfaces over the central 60 % of the joint",
        "smallest detectable difference: 1.96 standard deviations of the difference of two films of one hand, up to 15 "
        "degrees apart, the true difference taken off",
        "true grades follow from the share of the space that was taken away, with the borders of the measurement",
        "the width of the radiocarpal joint is true from the floor of the radius to the ends of scaphoid and lunate as "
        "the film shows them; simulated thumbs lie more obliquely than most real ones, so more of them are refused",
    ]
    return Outcome(rows, details, [seeds[0], seeds[-1]], notes)


def _rows(key: tuple[str, str], tally: _Tally) -> list[Row]:
    gear, seen_by = key
    on, name = _ON[key], f"{gear}_{seen_by}"
    aimed = gear == "fine"
    n, repeats = len(tally.errors), np.asarray(tally.repeats)
    bias = abs(float(np.mean(tally.errors))) if n else None
    sdd = _Z * float(repeats.std(ddof=1)) if len(repeats) > 1 else None
    kappa = quadratic_kappa(tally.true_grades, tally.grades, _GRADES)
    refused = tally.reasons.total()
    return [
        Row(
            f"joint_space_bias_{name}",
            "joint space width, bias",
            on,
            bias,
            "mm",
            n,
            "joints",
            Target("<=", 0.05, "mm") if aimed else None,
        ),
        Row(
            f"joint_space_sdd_{name}",
            "joint space width, smallest detectable difference",
            on,
            sdd,
            "mm",
            len(repeats),
            "pairs",
            Target("<=", 0.10, "mm") if aimed else None,
        ),
        Row(
            f"joint_space_kappa_{name}",
            "narrowing grade 0-4, quadratic weighted kappa",
            on,
            kappa,
            "",
            len(tally.grades),
            "joints",
            Target(">=", 0.80) if aimed else None,
        ),
        share_row(
            f"joint_space_not_assessable_{name}", "joints called not assessable", on, refused, tally.asked, "joints"
        ),
    ]


def _family_rows(key: tuple[str, str, str], tally: _Tally) -> list[Row]:
    """Return the lines of joints that are measured alike, on films with the looks of departments."""
    gear, seen_by, family = key
    if gear != "fine":
        return []
    on, what, name = _ON[gear, seen_by], _FAMILIES[family][0], f"{family}_{gear}_{seen_by}"
    n, repeats, refused = len(tally.errors), np.asarray(tally.repeats), tally.reasons.total()
    bias = abs(float(np.mean(tally.errors))) if n else None
    sdd = _Z * float(repeats.std(ddof=1)) if len(repeats) > 1 else None
    not_assessable = f"{what}: called not assessable"
    return [
        Row(f"joint_space_bias_{name}", f"{what}: space width, bias", on, bias, "mm", n, "joints"),
        Row(
            f"joint_space_sdd_{name}",
            f"{what}: space width, smallest detectable difference",
            on,
            sdd,
            "mm",
            len(repeats),
            "pairs",
        ),
        share_row(f"joint_space_not_assessable_{name}", not_assessable, on, refused, tally.asked, "joints"),
    ]


def _details(tally: _Tally) -> dict[str, Any]:
    table = np.zeros((_GRADES, _GRADES), int)
    np.add.at(table, (tally.true_grades, tally.grades), 1)
    errors = np.asarray(tally.errors)
    if not len(errors):
        return {"not_assessable": dict(tally.reasons.most_common())}
    return {
        "bias_mm": round(float(errors.mean()), 4),
        "error_sd_mm": round(float(errors.std()), 4),
        "error_95_percent_within_mm": round(float(np.quantile(np.abs(errors), 0.95)), 4),
        "median_absolute_repeat_difference_mm": round(float(np.median(np.abs(tally.repeats))), 4)
        if tally.repeats
        else None,
        "narrowest_place_bias_mm": round(float(np.mean(tally.least_errors)), 4) if tally.least_errors else None,
        "narrowest_place_error_sd_mm": round(float(np.std(tally.least_errors)), 4) if tally.least_errors else None,
        "true_width_in_95_percent_interval": round(tally.inside / len(errors), 3),
        "bias_and_sd_by_kind_mm": {
            kind: [round(float(np.mean(part)), 4), round(float(np.std(part)), 4), len(part)]
            for kind, part in sorted(tally.kinds.items())
        },
        "grades_true_by_measured": table.tolist(),
        "not_assessable": dict(tally.reasons.most_common()),
    }


MEASURE = Measure("joint_space", "Joint spaces, simulated", run)
