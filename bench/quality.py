"""The quality of films: error of the rotation, what is forbidden on good films, and what on spoilt ones.

Simulated adult hands are turned by up to 35 degrees about their long axis, a third of them not beyond 10; the good ones
are also blurred and clipped. Real films of the training split, taken flat, show how often an ordinary film is forbidden
anything.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from scipy.ndimage import gaussian_filter

from bench.held_out import load_film, store_film
from bench.measure import Measure, Outcome, Row, Skipped, Workplace
from bench.posed_hands import PosedFilm, view_of
from bench.provenance import simulator_sha256
from bench.share_rows import share_row
from sclerograph.errors import InputRejected
from sclerograph.findings.atomic_file import write_atomically
from sclerograph.hand import quality
from sclerograph.hand.side import SideAndView
from sclerograph.hand.view import HandView
from sclerograph.imaging import open_radiograph

__all__ = ["FIRST_SEED", "MEASURE"]

#: No other measure draws there.
FIRST_SEED = 20_510_000
_HANDS = 60
_REAL_FILMS = 40
_ROWS, _COLUMNS, _PIXEL_MM = 880, 680, 0.28
_MOST_DEG, _FLAT_DEG, _CLEAR_DEG = 35.0, 10.0, 22.0
#: A blur (mm) that no joint space survives.
_BLUR_MM = 1.5
_SEEN_BY = {True: "true outlines", False: "outlines of the networks"}


@dataclass
class _Tally:
    errors: list[float] = field(default_factory=list)
    covered: list[bool] = field(default_factory=list)
    refused: int = 0
    good: list[bool] = field(default_factory=list)
    turned: list[bool] = field(default_factory=list)
    blurred: list[bool] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)


def run(workplace: Workplace) -> Outcome:
    """Judge simulated films by true outlines and by those of the networks, and real films by the latter."""
    tallies = {seen: _Tally() for seen in _SEEN_BY}
    films = list(_films(workplace))
    for posed in films:
        for true_outlines, tally in tallies.items():
            view = view_of(workplace, posed, true_outlines=true_outlines)
            if view is None:
                tally.refused += 1
            else:
                _judge(view, float(posed.truth["pronation_deg"]), tally)
    rows: list[Row] = []
    details: dict[str, dict[str, object]] = {}
    for true_outlines, tally in tallies.items():
        rows += _rows(tally, f"simulated, {_SEEN_BY[true_outlines]}", "true" if true_outlines else "networks")
        details[_SEEN_BY[true_outlines]] = {"forbidden on good films": dict(sorted(tally.kinds.items()))}
    notes = [
        f"good: turned by no more than {_FLAT_DEG:g} degrees, neither blurred nor clipped; clearly turned: by "
        f"{_CLEAR_DEG:g} degrees or more; tilt about the transverse axis (SD 4 degrees) is not measured",
    ]
    try:
        real, kinds = _real_films(workplace)
        rows.append(real)
        details["real films"] = {"forbidden": dict(sorted(kinds.items()))}
    except Skipped as reason:
        notes.append(f"real films: {reason}")
    return Outcome(rows, details, [FIRST_SEED, FIRST_SEED + len(films) - 1], notes)


def _films(workplace: Workplace) -> Iterator[PosedFilm]:
    folder = workplace.cache / f"{simulator_sha256()[:12]}-turned"
    folder.mkdir(parents=True, exist_ok=True)
    for seed in workplace.each(range(FIRST_SEED, FIRST_SEED + workplace.count(_HANDS)), "quality, simulated"):
        if not (folder / f"{seed}.json").is_file():
            _simulate(folder, seed)
        truth = json.loads((folder / f"{seed}.json").read_text(encoding="utf-8"))
        yield PosedFilm(load_film(folder, str(seed), seed), truth, True)


def _simulate(folder: Path, seed: int) -> None:
    from sclerograph.phantom.film import fast_film
    from sclerograph.phantom.scene import ADULT, draw_scene, reposed

    rng = np.random.default_rng(seed)
    most = _FLAT_DEG if seed % 3 == 0 else _MOST_DEG
    pronation = float(rng.uniform(-most, most))
    scene = reposed(draw_scene(rng, ADULT), rng, pronation_deg=pronation, tilt_deg=float(rng.normal(0.0, 4.0)))
    store_film(
        folder,
        str(seed),
        fast_film(scene, rng, rows=_ROWS, columns=_COLUMNS, pixel_mm=_PIXEL_MM, plain=True),
    )
    write_atomically(folder / f"{seed}.json", json.dumps({"pronation_deg": pronation}))


def _judge(view: HandView, pronation_deg: float, tally: _Tally) -> None:
    found = quality.measure(view)
    rotation = found.rotation
    if rotation.pronation_deg is None or rotation.pronation_interval is None:
        tally.refused += 1
    else:
        tally.errors.append(rotation.pronation_deg - pronation_deg)
        tally.covered.append(rotation.pronation_interval.low <= pronation_deg <= rotation.pronation_interval.high)
    forbids = quality.forbidden(found)
    if abs(pronation_deg) <= _FLAT_DEG:
        tally.good.append(bool(forbids))
        tally.kinds.update(forbids)
        sigma = _BLUR_MM / _PIXEL_MM
        pixels = gaussian_filter(view.radiograph.pixels, sigma)
        blurred = replace(view, radiograph=replace(view.radiograph, pixels=pixels))
        tally.blurred.append("joint_space" in quality.forbidden(quality.measure(blurred)))
    elif abs(pronation_deg) >= _CLEAR_DEG:
        tally.turned.append("joint_space" in forbids)


def _rows(tally: _Tally, on: str, key: str) -> list[Row]:
    errors = np.asarray(tally.errors)
    count = len(errors)
    rows = [
        Row(
            f"quality_rotation_{name}_{key}",
            f"rotation about the long axis, {words}",
            on,
            value,
            "degrees",
            count,
            "films",
        )
        for name, words, value in (
            ("bias", "bias", float(errors.mean()) if count else None),
            ("sd", "standard deviation of the error", float(errors.std(ddof=1)) if count > 1 else None),
            ("mean_absolute", "mean absolute error", float(np.abs(errors).mean()) if count else None),
        )
    ]
    for name, words, calls in (
        ("rotation_covered", "95 % intervals of the rotation that hold the truth", tally.covered),
        ("good_forbidden", "good films on which anything is forbidden for the whole hand", tally.good),
        ("turned_forbidden", "clearly turned hands of which joint spaces are forbidden", tally.turned),
        (
            "blurred_forbidden",
            f"good films blurred by {_BLUR_MM:g} mm of which joint spaces are forbidden",
            tally.blurred,
        ),
    ):
        rows.append(share_row(f"quality_{name}_{key}", words, on, sum(calls), len(calls), "films"))
    return rows


def _real_films(workplace: Workplace) -> tuple[Row, Counter[str]]:
    """Return how many ordinary films are forbidden anything: those of the training split, the most grown up hands."""
    data = workplace.real_films()
    listed = [m for m in json.loads((data / "hands.json").read_text(encoding="utf-8")) if m["split"] == "train"]
    listed.sort(key=lambda entry: (-float(entry["bone_age_months"]), str(entry["file"])))
    step = max(1, len(listed) // (3 * _REAL_FILMS))
    chosen = workplace.some([data / str(entry["file"]) for entry in listed[: step * _REAL_FILMS : step]])
    calls: list[bool] = []
    kinds: Counter[str] = Counter()
    for path in workplace.each(chosen, "quality, real films"):
        radiograph = open_radiograph(path)
        try:
            found = workplace.networks.locate(radiograph)
            if not found:
                continue
            skeleton = workplace.networks.skeleton(radiograph, max(found, key=lambda hand: hand.confidence))
            calcium = workplace.networks.calcium(radiograph, skeleton)
        except InputRejected:
            continue
        view = HandView(radiograph, skeleton, calcium, SideAndView("L", "user", "PA", "user"))
        forbids = quality.forbidden(quality.measure(view))
        calls.append(bool(forbids))
        kinds.update(forbids)
    words = "ordinary films on which anything is forbidden for the whole hand"
    on = "real, children and adolescents"
    return share_row("quality_real_forbidden", words, on, sum(calls), len(calls), "films"), kinds


MEASURE = Measure("quality", "Quality of the film", run)
