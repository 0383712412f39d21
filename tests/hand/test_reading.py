"""From films to a reading, with networks that know the truth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sclerograph.errors import NotAHandRadiograph, UsageError
from sclerograph.findings.records import NOT_MEASURED, Reading
from sclerograph.hand.reading import METHODS, read_films
from sclerograph.imaging.calibration import Calibration
from sclerograph.imaging.radiograph import Radiograph
from tests.hand.scenes import ExactNetworks, Placed, Scene, disc, film_of, healthy_landmarks, rectangle

SHAFT = 0.5 * (np.array(healthy_landmarks()["PIP3"]) + np.array(healthy_landmarks()["DIP3"]))
PULP = np.array(healthy_landmarks()["TIP4"])
ONE = Scene(calcium=[disc(*SHAFT, 4.0)])
TWO = Scene(calcium=[disc(*SHAFT, 4.0), disc(*PULP, 3.0)], lost={2: 0.4})
SIZE = Calibration("pixel_spacing", 0.25)
#: Scenes have soft edges, half way at the true outline; outlines run at a lower level, which fits what networks give.
OUTLINED_WITHIN = 0.08
LEFT, RIGHT = Placed(), Placed(mirrored=True)


def film(name: str, scene: Scene, placed: Placed, calibration: Calibration = SIZE, **changes: object) -> Radiograph:
    made = film_of(scene, placed, calibration, **changes)
    return replace(made, source=replace(made.source, file=name))


def read(*hands: tuple[str, Scene, Placed], **options: object) -> Reading:
    films = [film(*hand) for hand in hands]
    networks = ExactNetworks({name: [(scene, placed)] for name, scene, placed in hands})
    return read_films(films, networks, name="visit", **options)  # type: ignore[arg-type]


def test_one_film() -> None:
    reading = read(("a.png", TWO, RIGHT))
    assert reading.name == "visit"
    assert [m.name for m in reading.software.models] == ["exact"]
    assert reading.software.methods == list(METHODS)
    assert [(s.id, s.file, s.calibration.mm_per_pixel) for s in reading.sources] == [("s1", "a.png", 0.25)]
    (hand,) = reading.hands
    assert (hand.source, hand.side, hand.side_source, hand.view, hand.view_source) == (
        "s1",
        "R",
        "chirality",
        "PA",
        "presumed",
    )
    assert [(d.id, d.site) for d in hand.deposits] == [("d1", "MP3"), ("d2", "DP4")]
    assert hand.tufts[1].grade == 3
    assert hand.acro_osteolysis is not None
    assert hand.acro_osteolysis.maximum == 3
    assert len(hand.bones) == 29
    assert len(hand.landmarks) == 37
    assert reading.calcified_area_mm2 == pytest.approx(sum(d.area_mm2 or 0.0 for d in hand.deposits), abs=0.01)
    assert reading.acro_osteolysis is not None
    assert reading.acro_osteolysis.total is None


def test_reading_survives_json() -> None:
    reading = read(("a.png", TWO, LEFT))
    assert Reading.model_validate_json(reading.model_dump_json(by_alias=True)) == reading


def test_left_and_right_films() -> None:
    reading = read(("l.png", ONE, LEFT), ("r.png", TWO, RIGHT))
    assert [h.side for h in reading.hands] == ["L", "R"]
    assert [d.id for h in reading.hands for d in h.deposits] == ["d1", "d2", "d3"]
    assert reading.acro_osteolysis is not None
    assert reading.acro_osteolysis.total == 3
    assert reading.calcified_area_mm2 == pytest.approx(np.pi * (4 + 4 + 2.25), rel=OUTLINED_WITHIN)


def test_two_views_of_one_hand_count_once() -> None:
    films = [film("o.png", ONE, LEFT, view="oblique"), film("p.png", TWO, LEFT, view="PA")]
    networks = ExactNetworks({"o.png": [(ONE, LEFT)], "p.png": [(TWO, LEFT)]})
    reading = read_films(films, networks, name="visit")
    assert len(reading.hands) == 2
    assert any("not counted" in note for note in reading.hands[0].notes)
    assert not any("not counted" in note for note in reading.hands[1].notes)
    assert reading.calcified_area_mm2 == pytest.approx(np.pi * (4 + 2.25), rel=OUTLINED_WITHIN)
    assert not reading.hands[0].tufts[0].assessable


def test_two_hands_on_one_film() -> None:
    left = Placed(3.0, rows=900, columns=1300)
    wide = film("both.png", Scene(), left, side="L")
    placed = [_moved(Placed(3.0, mirrored=True, rows=900, columns=1300), -300), _moved(left, 300)]
    networks = ExactNetworks({"both.png": [(ONE, placed[0]), (TWO, placed[1])]})
    reading = read_films([wide], networks, name="both")
    assert [(h.side, h.side_source) for h in reading.hands] == [("R", "chirality"), ("L", "chirality")]
    assert [len(h.deposits) for h in reading.hands] == [1, 2]
    assert any("was not used" in note for note in reading.sources[0].notes)


class _Moved(Placed):
    shift: float = 0.0

    @property
    def to_film(self) -> np.ndarray:
        matrix = super().to_film.copy()
        matrix[0, 2] += self.shift
        return matrix


def _moved(placed: Placed, shift: float) -> Placed:
    moved = _Moved(placed.pixels_per_mm, placed.turn_deg, placed.mirrored, placed.rows, placed.columns)
    object.__setattr__(moved, "shift", shift)
    return moved


def test_contradicting_side_is_told() -> None:
    reading = read(("a.png", ONE, RIGHT), side="L")
    assert reading.hands[0].side == "L"
    assert reading.hands[0].side_conflict is not None
    assert "looks like a right one" in reading.hands[0].side_conflict


def test_contradicting_view_is_told() -> None:
    films = [film("a.png", ONE, LEFT, view="AP")]
    reading = read_films(films, ExactNetworks({"a.png": [(ONE, LEFT)]}), name="a", view="PA")
    assert reading.hands[0].view == "PA"
    assert "the user says PA view, the file says AP" in reading.sources[0].notes


def test_no_millimetres_without_calibration() -> None:
    films = [film("a.png", ONE, LEFT, Calibration("none", None))]
    reading = read_films(films, ExactNetworks({"a.png": [(ONE, LEFT)]}), name="a")
    assert reading.calcified_area_mm2 is None
    assert reading.hands[0].calcinosis[-1].area_mm2 is None
    assert reading.hands[0].calcinosis[-1].area_ratio == pytest.approx(np.pi * 4 / 8100, rel=OUTLINED_WITHIN)


def test_too_coarse_a_film_is_not_silent() -> None:
    tiny = Placed(1.0, rows=260, columns=220)
    films = [film("a.png", ONE, tiny, Calibration("ruler", 1.0))]
    reading = read_films(films, ExactNetworks({"a.png": [(ONE, tiny)]}), name="a")
    (hand,) = reading.hands
    assert not hand.calcinosis_assessable
    assert hand.deposits == []
    assert any(line.startswith("calcinosis: ") for line in hand.not_assessable)
    assert reading.calcified_area_mm2 is None


def test_what_is_not_assessable_is_listed() -> None:
    hidden = Scene(metal=[rectangle(*(0.5 * (PULP + np.array(healthy_landmarks()["DIP4"]))), 8.0, 14.0)])
    (hand,) = read(("a.png", hidden, LEFT)).hands
    assert "tuft 4: hidden by metal" in hand.not_assessable


def test_every_lesion_is_looked_at() -> None:
    (hand,) = read(("a.png", ONE, LEFT)).hands
    reasons = {joint.joint: joint.reason for joint in hand.joints if not joint.assessable}
    assert set(reasons) >= {"CMC2", "STT"}
    assert all(reasons[code] != NOT_MEASURED for code in reasons if code[:3] in ("DIP", "PIP", "MCP"))
    assert all(joint.erosion_suspicion is not None or joint.erosion_reason for joint in hand.joints)
    assert all(bone.reason != NOT_MEASURED for bone in hand.erosions)
    assert all(bone.reason != NOT_MEASURED for bone in hand.cortex)
    assert hand.cortex_mean.reason != NOT_MEASURED
    assert [f.assessable for f in hand.alignment.flexion] == [True] * 5
    offsets = {j.joint: j.offset_ratio for j in hand.alignment.joints}
    assert offsets["MCP3"] is not None
    assert {j.joint: j.subluxation_ratio for j in hand.joints}["MCP3"] == offsets["MCP3"]
    assert len(METHODS) == len({method.name for method in METHODS}) >= 6


def test_a_flexed_digit_is_not_graded() -> None:
    joint, dip, tip = (np.array(healthy_landmarks()[name]) for name in ("PIP4", "DIP4", "TIP4"))
    short = -0.45 * (dip - joint)
    moved = {"DIP4": tuple(short), "TIP4": tuple(short - 0.3 * (tip - dip))}
    (hand,) = read(("a.png", Scene(shift=moved), LEFT)).hands
    assert hand.alignment.flexion[3].flagged
    assert not hand.tufts[3].assessable
    assert hand.tufts[3].reason is not None
    assert hand.tufts[3].reason.startswith("flexed")
    assert f"tuft 4: {hand.tufts[3].reason}" in hand.not_assessable


def test_marks_that_were_rejected_are_noted() -> None:
    needle = rectangle(*SHAFT, 2.0, 10.0)
    (hand,) = read(("a.png", Scene(calcium=[needle], metal=[needle]), LEFT)).hands
    assert "1 mark(s) not taken for calcium: on metal" in hand.notes


def test_no_hand() -> None:
    with pytest.raises(NotAHandRadiograph, match="no hand was found"):
        read_films([film("a.png", ONE, LEFT)], ExactNetworks({}), name="a")


def test_unsure_finder() -> None:
    networks = ExactNetworks({"a.png": [(ONE, LEFT)]}, confidence=0.2)
    with pytest.raises(NotAHandRadiograph, match=r"highest confidence 0\.20"):
        read_films([film("a.png", ONE, LEFT)], networks, name="a")


def test_skeleton_that_is_none() -> None:
    faint = Scene(confidence=dict.fromkeys(healthy_landmarks(), 0.1))
    with pytest.raises(NotAHandRadiograph, match="are not seen"):
        read(("a.png", faint, LEFT))


def test_one_film_of_two_without_a_hand() -> None:
    films = [film("a.png", ONE, LEFT), film("knee.png", ONE, LEFT)]
    reading = read_films(films, ExactNetworks({"a.png": [(ONE, LEFT)]}), name="visit")
    assert len(reading.hands) == 1
    assert len(reading.sources) == 2
    assert any(note.startswith("not read: no hand was found") for note in reading.sources[1].notes)


def test_second_mark_that_is_no_hand() -> None:
    films = [film("a.png", ONE, LEFT)]
    far = _moved(LEFT, 150)
    faint = Scene(confidence=dict.fromkeys(healthy_landmarks(), 0.1))
    reading = read_films(films, ExactNetworks({"a.png": [(ONE, LEFT), (faint, far)]}), name="a")
    assert len(reading.hands) == 1
    assert any("was not taken for a hand" in note for note in reading.sources[0].notes)


def test_no_films() -> None:
    with pytest.raises(UsageError):
        read_films([], ExactNetworks({}), name="nothing")
