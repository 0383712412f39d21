import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("numba")

from sclerograph.anatomy.hand import BONES, LANDMARKS
from sclerograph.phantom.film import CALCIUM, SimulatedFilm
from sclerograph.phantom.truth import film_record, true_deposits, write_masks, write_truth
from tests.phantom.films import fine_film_of, two_hands


def painted(magnification: float = 1.0) -> SimulatedFilm:
    """A disc of 10 pixels' radius on PP3 and a bar beside MC5, on pixels of 0.2 mm."""
    shape = (120, 160)
    y, x = np.mgrid[: shape[0], : shape[1]]
    tissue, bones = np.zeros(shape, np.uint8), np.zeros(shape, np.uint32)
    codes = [bone.code for bone in BONES]
    bones[20:60, 30:70] |= np.uint32(1 << codes.index("PP3"))
    bones[80:110, 100:115] |= np.uint32(1 << codes.index("MC5"))
    tissue[(x - 50) ** 2 + (y - 40) ** 2 <= 100] |= CALCIUM
    tissue[90:92, 125:145] |= CALCIUM
    tissue[5, 5] |= CALCIUM
    calcium = np.where(tissue & CALCIUM, 1.5, 0.0).astype(np.float16)
    marks = np.zeros((len(LANDMARKS), 3), np.float32)
    film = SimulatedFilm(np.zeros(shape, np.uint8), marks, bones, tissue, calcium, 0.2, 0.2)
    film.magnification = magnification
    return film


def test_deposits_are_measured_in_the_hand() -> None:
    disc, bar = true_deposits(painted())
    assert (disc.site, bar.site) == ("PP3", "MC5")
    assert disc.area_mm2 == pytest.approx(np.pi * 2.0**2, rel=0.02)
    assert disc.longest_diameter_mm == pytest.approx(4.2, abs=0.1)
    assert disc.centre == pytest.approx((50.0, 40.0))
    assert disc.peak_mineral_mm == 1.5
    assert bar.area_mm2 == pytest.approx(40 * 0.04)
    assert bar.longest_diameter_mm == pytest.approx(np.hypot(4.0, 0.4))


def test_magnification_makes_the_film_larger_than_the_hand() -> None:
    plain, magnified = true_deposits(painted())[0], true_deposits(painted(1.05))[0]
    assert magnified.area_mm2 == pytest.approx(plain.area_mm2 / 1.05**2)
    assert magnified.longest_diameter_mm == pytest.approx(plain.longest_diameter_mm / 1.05)


def test_a_deposit_beyond_a_resorbed_tuft_belongs_to_it() -> None:
    film = painted()
    film.bones[:] = 0
    codes = [bone.code for bone in BONES]
    film.bones[60:64, 48:53] |= np.uint32(1 << codes.index("DP2"))
    film.bones[38:43, 66:80] |= np.uint32(1 << codes.index("PP1"))
    film.landmarks[LANDMARKS.index("DIP2")] = (50.0, 64.0, 1.0)
    film.landmarks[LANDMARKS.index("TIP2")] = (50.0, 60.0, 1.0)
    assert true_deposits(film)[0].site == "PP1"
    film.resorption, film.intact_distal_length_mm = {2: (0.8, 4)}, {2: 6.0}
    assert true_deposits(film)[0].site == "DP2"


def test_the_record_of_a_film_has_the_agreed_layout() -> None:
    record = film_record("a.dcm", two_hands().hands)
    assert set(record) == {"film", "hands"}
    left, right = record["hands"]
    assert set(left) == {"side", "landmarks", "deposits", "tufts"}
    assert [left["side"], right["side"]] == ["L", "R"]
    assert set(left["deposits"][0]) == {"site", "area_mm2", "longest_diameter_mm", "centre"}
    assert set(left["landmarks"]["TIP3"]) == {"x", "y"}
    assert [tuft["digit"] for tuft in left["tufts"]] == [1, 2, 3, 4, 5]
    assert left["tufts"][2] == {"digit": 3, "grade": 3, "length_deficit": 0.4}
    assert all(tuft["grade"] == 0 for tuft in right["tufts"])
    assert not right["deposits"]


def test_areas_add_up_to_the_mask() -> None:
    film = fine_film_of("L")
    mm = film.mm_per_pixel / film.magnification
    mask = float((film.tissue & CALCIUM > 0).sum()) * mm**2
    assert sum(deposit.area_mm2 for deposit in true_deposits(film)) == pytest.approx(mask, rel=0.02)


def test_truth_and_masks_are_written_whole(tmp_path: Path) -> None:
    film = fine_film_of("L")
    write_truth(tmp_path / "a.truth.json", "a.dcm", [film])
    write_masks(tmp_path / "a.npz", [film])
    record = json.loads((tmp_path / "a.truth.json").read_text(encoding="utf-8"))
    assert record == film_record("a.dcm", [film])
    with np.load(tmp_path / "a.npz") as masks:
        assert np.array_equal(masks["bones_L"], film.bones)
        assert np.array_equal(masks["calcium_mm_L"], film.calcium_mm)
        assert masks["distal_length_mm_L"].shape == (5,)
        assert float(masks["mm_per_pixel"]) == pytest.approx(film.mm_per_pixel / film.magnification)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.npz", "a.truth.json"]
