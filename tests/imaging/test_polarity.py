import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sclerograph.imaging.polarity import bone_is_dark, polarity_score
from tests.imaging.films import hand_film

REAL = Path(__file__).parents[3] / "shared" / "data"


@pytest.mark.parametrize("size", [(220, 200), (400, 320), (640, 500)])
def test_drawn_hand_either_way(size):
    film = hand_film(*size)
    assert not bone_is_dark(film)
    assert bone_is_dark(1 - film)


def test_score_changes_sign_with_the_film():
    film = hand_film(400, 320)
    np.testing.assert_allclose(polarity_score(film), np.negative(polarity_score(1 - film)), atol=0.3)


def test_in_doubt_a_film_is_left_as_it_is():
    assert not bone_is_dark(np.zeros((300, 300), np.float32))
    assert not bone_is_dark(np.random.default_rng(0).random((300, 300)).astype(np.float32))


@pytest.mark.bench
@pytest.mark.real_films
def test_real_films_either_way():
    if not (REAL / "hands.json").exists():
        pytest.skip("the optional folder of real films is absent")
    names = [entry["file"] for entry in json.loads((REAL / "hands.json").read_text()) if entry["split"] == "validation"]
    wrong = missed = 0
    for name in names:
        film = np.asarray(Image.open(REAL / name).convert("L"), np.float32) / 255
        wrong += bone_is_dark(film)
        missed += not bone_is_dark(1 - film)
    assert wrong <= 0.005 * len(names)
    assert missed <= 0.02 * len(names)
