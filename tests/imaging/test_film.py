import numpy as np
import pytest

from sclerograph.errors import NotAHandRadiograph
from sclerograph.imaging.film import clean_film
from tests.imaging.films import hand_film

FILM = hand_film(400, 320)
ALL = np.ones(FILM.shape, dtype=bool)


def test_plain_film_passes_unchanged():
    film = clean_film(FILM, ALL, polarity_is_known=False)
    np.testing.assert_array_equal(film.pixels, FILM)
    assert film.valid.all()
    assert film.notes == ()


def test_inverted_film_is_turned_round_unless_the_file_knows_better():
    turned = clean_film(1 - FILM, ALL, polarity_is_known=False)
    np.testing.assert_allclose(turned.pixels, FILM, atol=1e-6)
    assert "inverted" in turned.notes[0]
    kept = clean_film(1 - FILM, ALL, polarity_is_known=True)
    np.testing.assert_allclose(kept.pixels, 1 - FILM)
    assert "darker" in kept.notes[0]


@pytest.mark.parametrize("inverted", [False, True])
@pytest.mark.parametrize("frame", [1.0, 0.0])
def test_frame_and_polarity_together(inverted, frame):
    inner = 1 - FILM if inverted else FILM
    picture = np.pad(inner, 50, constant_values=frame)
    film = clean_film(picture, np.ones(picture.shape, dtype=bool), polarity_is_known=False)
    np.testing.assert_allclose(film.pixels[54:-54, 54:-54], FILM[4:-4, 4:-4], atol=1e-5)
    if frame == 1.0 and not inverted:
        assert not film.valid[:48].any()
        assert not film.pixels[:48].any()


def test_annotations_are_shown_filled_but_not_valid():
    annotations = np.zeros(FILM.shape, dtype=bool)
    annotations[100:120, 100:110] = True
    film = clean_film(FILM, ALL, annotations, polarity_is_known=False)
    np.testing.assert_array_equal(film.valid, ~annotations)
    np.testing.assert_array_equal(film.pixels, FILM)


@pytest.mark.parametrize(
    ("picture", "words"),
    [
        (np.zeros((300, 300)), "black"),
        (np.ones((300, 300)), "white"),
        (np.full((300, 300), 0.5), "one grey"),
        (np.random.default_rng(0).random((300, 300)), "noise"),
        (np.random.default_rng(0).normal(0.3, 0.02, (2000, 1600)), "noise"),
    ],
)
def test_empty_films_are_refused(picture, words):
    with pytest.raises(NotAHandRadiograph, match=words):
        clean_film(picture.astype(np.float32), np.ones(picture.shape, dtype=bool), polarity_is_known=False)


def test_no_film_at_all_is_refused():
    with pytest.raises(NotAHandRadiograph, match="without film"):
        clean_film(FILM, np.zeros(FILM.shape, dtype=bool), polarity_is_known=False)
