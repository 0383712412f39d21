import json
from pathlib import Path

import pydicom
import pytest

from sclerograph.anatomy.hand import BONES, LANDMARKS

EXAMPLES = Path(__file__).parents[2] / "examples"
FILMS = sorted(EXAMPLES.glob("*.dcm"))


def test_there_are_films_of_every_kind_and_they_stay_small() -> None:
    names = {film.stem for film in FILMS}
    assert {"calcinosis-both-hands", "acro-osteolysis-with-calcium", "healthy-adult"} <= names
    assert sum(film.stat().st_size for film in FILMS) < 20e6


@pytest.mark.parametrize("film", FILMS, ids=lambda film: film.stem)
def test_a_film_and_its_truth_belong_together(film: Path) -> None:
    dataset = pydicom.dcmread(film, stop_before_pixels=True)
    truth = json.loads(film.with_suffix(".truth.json").read_text(encoding="utf-8"))
    assert truth["film"] == film.name
    sides = [hand["side"] for hand in truth["hands"]]
    assert dataset.ImageLaterality == ("B" if len(sides) == 2 else sides[0])
    assert dataset.PatientID == "SIMULATED"
    codes = {bone.code for bone in BONES}
    for hand in truth["hands"]:
        assert set(hand["landmarks"]) == set(LANDMARKS)
        for mark in hand["landmarks"].values():
            assert 0 <= mark["x"] < dataset.Columns
            assert 0 <= mark["y"] < dataset.Rows
        for deposit in hand["deposits"]:
            assert deposit["site"] in codes
            assert 0 < deposit["area_mm2"] < 2 * deposit["longest_diameter_mm"] ** 2
    healthy = film.stem.startswith("healthy")
    assert healthy == (not any(hand["deposits"] for hand in truth["hands"]))
