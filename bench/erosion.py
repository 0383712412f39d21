"""Suspicion of erosion against exact truth on simulated hands, and what it says of real hands of healthy people."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import rankdata

from bench.eroded_films import FIRST_SEED, ErodedFilm, KnownErosion, eroded_films, view_of
from bench.hand_views import LEFT_PA, SeenBy
from bench.hands import find_hands
from bench.measure import Measure, Outcome, Row, Skipped, Target, Workplace
from bench.real_films import adult_wrists, atlas_films, validation_films
from bench.share_rows import share_row
from sclerograph.findings.records import EROSION_BONES
from sclerograph.hand import calcinosis, erosion
from sclerograph.hand.erosion import Erosions
from sclerograph.hand.erosion_settings import DEFAULT as PROMPTS
from sclerograph.hand.side import SideAndView
from sclerograph.hand.view import HandView, seen_hand
from sclerograph.imaging import open_radiograph
from sclerograph.networks.maps import HandLocation
from sclerograph.scores.settings import DEFAULT as SCORES

__all__ = ["MEASURE", "area_under_curve"]

_HANDS = 64
#: Erosions from this width on count; smaller ones are left out of both sides.
_LEAST_MM = 2.0
#: The software prompts, and scores count an erosion, from here on.
_PROMPT, _COUNTED = PROMPTS.place_from, SCORES.eroded_from_suspicion
#: A place counts as right within half the erosion's width and this distance.
_NEAR_MM = 2.0
_ON: dict[SeenBy, str] = {"truth": "simulated, true outlines", "networks": "simulated, networks"}
#: Of 16 years and more there is a single validation film: grown hands are those of the other split which the suspicion
#: was not fitted to, though the networks have seen them.
_GROWN_MONTHS, _NEARLY_GROWN_MONTHS = 192, 168
#: On the films of wrists: height of the middle of the metacarpus as a share of the film, and the distance from the
#: wrist to the tip of the middle finger as a multiple of its width (600 pixels of 0.15 mm).
_WRIST_CENTRE, _WRIST_HAND_PARTS = 0.2, 2.0
_WRIST_MARKS = ("LUN", "SCA", "TRQ", "CAP", "TZM", "HAM", "RADIUS_ULNAR_EDGE", "RADIUS_RADIAL_EDGE", "ULNAR_STYLOID")


@dataclass
class _Found:
    """What was found at joints (or on bones of the wrist) of simulated hands: suspicions of the eroded ones, of those
    that are whole, and of those in hands without any erosion.
    """

    eroded: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    clean: list[float] = field(default_factory=list)
    right_place: list[bool] = field(default_factory=list)
    by_kind: dict[str, list[float]] = field(default_factory=dict)
    by_width: dict[str, list[float]] = field(default_factory=dict)
    kind_named: Counter[str] = field(default_factory=Counter)
    hands_without: int = 0
    asked: int = 0
    reasons: Counter[str] = field(default_factory=Counter)


@dataclass
class _Tally:
    joints: _Found = field(default_factory=_Found)
    bones: _Found = field(default_factory=_Found)


def area_under_curve(eroded: list[float], whole: list[float]) -> float | None:
    """Return the chance that an eroded one has the greater suspicion (ties count half); ``None`` without pairs."""
    if not eroded or not whole:
        return None
    ranks = rankdata([*eroded, *whole])[: len(eroded)]
    return float((ranks.sum() - len(eroded) * (len(eroded) + 1) / 2) / (len(eroded) * len(whole)))


def run(workplace: Workplace) -> Outcome:
    """Judge every simulated hand with true outlines and through the networks, then the real ones."""
    tallies = {seen_by: _Tally() for seen_by in _ON}
    seeds = []
    for film in eroded_films(workplace, _HANDS):
        seeds.append(film.film.seed)
        for seen_by, tally in tallies.items():
            view = view_of(workplace, film, seen_by)
            if view is not None:
                _add(film, erosion.measure(view, calcinosis.measure(view)), tally)
    rows = [row for seen_by, tally in tallies.items() for row in _rows(seen_by, tally)]
    details: dict[str, Any] = {
        seen_by: {"joints": _details(tally.joints), "bones": _details(tally.bones)}
        for seen_by, tally in tallies.items()
    }
    try:
        for name, on, paths in _real(workplace):
            count, found = _count(workplace, paths, on, name)
            rows += count
            details[name] = found
        row, details["real_wrists"] = _wrists(workplace)
        rows.append(row)
    except Skipped as reason:
        details["real films"] = str(reason)
    notes = [
        f"first seed {FIRST_SEED}; erosions of {_LEAST_MM:g} mm or more along the margin and from back to palm count, "
        "smaller ones are left out; the operating point was chosen on other seeds",
        "on real films nobody has looked for erosions: those of grown hands without known disease are taken for none; "
        "the networks, but not the suspicion, were trained on the films of 16 years or more",
    ]
    return Outcome(rows, details, [seeds[0], seeds[-1]], notes)


def _add(film: ErodedFilm, found: Erosions, tally: _Tally) -> None:
    mm = film.film.mm_per_pixel
    for count, units in (
        (tally.joints, {code: each for code, each in found.joints.items() if each.reason is None or _looked_for(code)}),
        (tally.bones, {each.bone: each for each in found.bones}),
    ):
        count.hands_without += film.health != "eroded"
        for code, each in units.items():
            count.asked += 1
            suspicion = each.suspicion
            if suspicion is None:
                count.reasons[(each.reason or "no reason").split(":")[0]] += 1
                continue
            true = [e for e in film.erosions if code == (e.joint if count is tally.joints else _bone_of_wrist(e))]
            if not true:
                count.whole.append(suspicion)
                if film.health != "eroded":
                    count.clean.append(suspicion)
            elif max(e.width_mm for e in true) >= _LEAST_MM:
                _add_eroded(count, suspicion, each.places, max(true, key=lambda e: e.width_mm), mm)


def _bone_of_wrist(true: KnownErosion) -> str | None:
    return true.bone if true.joint in (None, "CMC1") else None


def _looked_for(code: str) -> bool:
    return code == "CMC1" or code[:3] in ("MCP", "PIP", "DIP", "IP1")


def _add_eroded(count: _Found, suspicion: float, places: list[Any], true: KnownErosion, mm: float) -> None:
    count.eroded.append(suspicion)
    near = [p for p in places if np.hypot(p.x - true.x, p.y - true.y) * mm <= true.width_mm / 2 + _NEAR_MM]
    count.right_place.append(bool(near))
    count.by_kind.setdefault(true.kind, []).append(suspicion)
    count.by_width.setdefault(f"{int(true.width_mm)} mm", []).append(suspicion)
    for place in near[:1]:
        count.kind_named[f"{true.kind} called {place.kind}"] += 1


def _rows(seen_by: SeenBy, tally: _Tally) -> list[Row]:
    on, rows = _ON[seen_by], []
    for name, words, count, target in (
        ("joints", "joints", tally.joints, Target(">=", 0.90)),
        ("bones", "bones of the wrist", tally.bones, None),
    ):
        n = len(count.eroded)
        rows.append(
            Row(
                f"erosion_auc_{name}_{seen_by}",
                f"suspicion of erosion, {words}, area under the curve",
                on,
                area_under_curve(count.eroded, count.whole),
                "",
                n + len(count.whole),
                words,
                target,
            )
        )
        for key, done, level in (("", "prompted", _PROMPT), ("counted_", "counted by scores", _COUNTED)):
            hits, false = _from(count.eroded, level), _from(count.clean, level)
            rows += [
                share_row(
                    f"erosion_{key}sensitivity_{name}_{seen_by}",
                    f"{words} with erosions of 2 mm or more that are {done}",
                    on,
                    hits,
                    n,
                    words,
                ),
                Row(
                    f"erosion_{key}false_{name}_{seen_by}",
                    f"{words} {done} in hands without erosions",
                    on,
                    false / count.hands_without if count.hands_without else None,
                    "per hand",
                    count.hands_without,
                    "hands",
                ),
            ]
    return rows


def _from(suspicions: list[float], level: float) -> int:
    return sum(suspicion >= level for suspicion in suspicions)


def _details(count: _Found) -> dict[str, Any]:
    return {
        "eroded": len(count.eroded),
        "prompted": _from(count.eroded, _PROMPT),
        "counted": _from(count.eroded, _COUNTED),
        "marked_at_the_right_place": sum(count.right_place),
        "whole": len(count.whole),
        "whole_prompted": _from(count.whole, _PROMPT),
        "false_in_hands_without": _from(count.clean, _PROMPT),
        "counted_in_hands_without": _from(count.clean, _COUNTED),
        "hands_without": count.hands_without,
        "auc_by_kind": {
            kind: [_rounded(area_under_curve(values, count.whole)), len(values)]
            for kind, values in sorted(count.by_kind.items())
        },
        "sensitivity_by_width": {
            width: [round(float(np.mean(np.asarray(values) >= _PROMPT)), 3), len(values)]
            for width, values in sorted(count.by_width.items())
        },
        "kinds": dict(count.kind_named.most_common()),
        "not_assessable": [count.reasons.total(), count.asked],
        "reasons": dict(count.reasons.most_common()),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _real(workplace: Workplace) -> list[tuple[str, str, list[Path]]]:
    data = workplace.real_films()
    entries = json.loads((data / "hands.json").read_text(encoding="utf-8"))
    grown = [e for e in entries if e["split"] == "train" and e["bone_age_months"] >= _GROWN_MONTHS]
    young = [film.path for film in validation_films(data) if film.bone_age_months >= _NEARLY_GROWN_MONTHS]
    return [
        # the fit of the suspicion has the others
        ("real_grown", "real films of bone age 16 years or more", [data / e["file"] for e in grown[1::2]]),
        ("real_young", "validation films of bone age 14 years or more", young),
        ("real_atlas", "Digital Hand Atlas", [film.path for film in atlas_films(data)]),
    ]


def _count(workplace: Workplace, paths: list[Path], on: str, key: str) -> tuple[list[Row], dict[str, Any]]:
    """Count prompts on real hands that are taken for free of erosions."""
    hands, judged = 0, 0
    joints, bones, reasons = Counter[str](), Counter[str](), Counter[str]()
    suspicions: dict[str, list[float]] = {"joints": [], "bones": []}
    for path in workplace.each(list(workplace.some(paths)), on):
        radiograph = open_radiograph(path)
        for location in find_hands(radiograph, workplace.networks)[:1]:
            skeleton = workplace.networks.skeleton(radiograph, location)
            view = seen_hand(radiograph, skeleton, workplace.networks, LEFT_PA)
            found = erosion.measure(view, calcinosis.measure(view))
            hands += 1
            seen = [code for code, each in found.joints.items() if each.suspicion is not None]
            judged += bool(seen)
            joints.update(c for c in seen if (found.joints[c].suspicion or 0.0) >= _PROMPT)
            bones.update(each.bone for each in found.bones if (each.suspicion or 0.0) >= _PROMPT)
            suspicions["joints"] += [found.joints[code].suspicion or 0.0 for code in seen]
            suspicions["bones"] += [each.suspicion or 0.0 for each in found.bones]
            reasons.update(
                (each.reason or "no reason").split(":")[0]
                for code, each in found.joints.items()
                if each.suspicion is None and _looked_for(code)
            )
    rows = [
        Row(
            f"erosion_{part}false_{name}_{key}",
            f"{words} {done}",
            f"{on}, networks",
            _from(suspicions[name], level) / judged if judged else None,
            "per hand",
            judged,
            "hands",
        )
        for name, words in (("joints", "joints"), ("bones", "bones of the wrist"))
        for part, done, level in (("", "prompted", _PROMPT), ("counted_", "counted by scores", _COUNTED))
    ]
    details = {
        "hands": hands,
        "judged": judged,
        "joints_prompted": dict(joints.most_common()),
        "bones_prompted": dict(bones.most_common()),
        "joints_counted": _from(suspicions["joints"], _COUNTED),
        "bones_counted": _from(suspicions["bones"], _COUNTED),
        "joints_of_a_hand": 16,
        "bones_of_a_hand": len(EROSION_BONES),
        "reasons": dict(reasons.most_common()),
    }
    return rows, details


def _wrists(workplace: Workplace) -> tuple[Row, dict[str, Any]]:
    """Count prompts on wrists with and without rheumatoid arthritis, of which nobody says which is which.

    The finder refuses films without fingers: the skeleton is asked where these films, all alike, show the hand.
    """
    wrists, sure = 0, []
    prompted, judged = Counter[str](), Counter[str]()
    for path in workplace.each(list(workplace.some(adult_wrists(workplace.real_films()))), "adult wrists"):
        film = open_radiograph(path)
        rows, columns = film.pixels.shape
        right = path.stem.endswith("R")
        location = HandLocation(
            (0.5 * columns, _WRIST_CENTRE * rows), 0.0, _WRIST_HAND_PARTS * columns, right, 1.0, 1.0
        )
        skeleton = workplace.networks.skeleton(film, location)
        calcium = workplace.networks.calcium(film, skeleton)
        view = HandView(film, skeleton, calcium, SideAndView("R" if right else "L", "user", "PA", "user"))
        wrists += 1
        sure.append(float(np.mean([skeleton.landmarks[name].confidence for name in _WRIST_MARKS])))
        for bone in erosion.measure(view, calcinosis.measure(view)).bones:
            judged[bone.bone] += bone.suspicion is not None
            prompted[bone.bone] += (bone.suspicion or 0.0) >= _PROMPT
    row = Row(
        "erosion_prompts_bones_wrists",
        "bones of the wrist prompted",
        "adult wrists, rheumatoid arthritis and controls without labels, networks",
        prompted.total() / wrists if wrists else None,
        "per wrist",
        wrists,
        "wrists",
    )
    return row, {
        "wrists": wrists,
        "median_confidence_of_landmarks": round(float(np.median(sure)), 3) if sure else None,
        "prompted": dict(prompted.most_common()),
        "judged": dict(judged.most_common()),
    }


MEASURE = Measure("erosion", "Suspicion of erosion", run)
