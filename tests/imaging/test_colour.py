import numpy as np
import pytest
from skimage import data

from sclerograph.errors import UnsupportedImage
from sclerograph.imaging.colour import grey_of_colour
from tests.imaging.films import eight_bit, hand_film

FILM = hand_film(320, 256)
GREY = np.stack([eight_bit(FILM)] * 3, axis=-1)


def test_equal_channels_are_that_grey():
    found = grey_of_colour(GREY)
    np.testing.assert_allclose(found.values, GREY[..., 0] / 255, atol=1e-6)
    assert not found.annotations.any()
    assert found.notes == ()


@pytest.mark.parametrize("ink", [(255, 0, 0), (255, 255, 0), (0, 255, 0), (0, 0, 255), (0, 255, 255)])
def test_coloured_arrow_is_masked_and_filled_from_its_surroundings(ink):
    drawn = GREY.copy()
    arrow = np.zeros(FILM.shape, dtype=bool)
    arrow[100:180, 60:64] = True
    arrow[176:180, 50:74] = True
    drawn[arrow] = ink
    found = grey_of_colour(drawn)
    assert found.annotations[arrow].all()
    assert found.annotations.mean() < 0.03
    untouched = ~found.annotations
    np.testing.assert_allclose(found.values[untouched], FILM[untouched], atol=0.01)
    assert np.abs(found.values - FILM)[found.annotations].mean() < 0.06
    assert "annotations in colour" in found.notes[0]


def test_arrow_survives_jpeg():
    from io import BytesIO

    from PIL import Image

    from tests.imaging.films import raster

    drawn = GREY.copy()
    drawn[100:180, 60:64] = (255, 0, 0)
    copied = np.array(Image.open(BytesIO(raster(Image.fromarray(drawn), "JPEG", quality=80))))
    found = grey_of_colour(copied)
    assert found.annotations[100:180, 60:64].all()
    away = ~found.annotations
    assert np.abs(found.values - FILM)[away].max() < 0.12


def test_tinted_scan_is_read_with_a_note():
    tinted = np.clip(GREY * np.array([0.88, 0.95, 1.0]), 0, 255).astype(np.uint8)
    found = grey_of_colour(tinted)
    assert "tinted" in found.notes[0]
    assert not found.annotations.any()
    assert np.corrcoef(found.values.ravel(), FILM.ravel())[0, 1] > 0.999


@pytest.mark.parametrize("picture", ["astronaut", "chelsea", "coffee", "rocket"])
def test_photographs_are_refused(picture):
    with pytest.raises(UnsupportedImage, match="photograph"):
        grey_of_colour(getattr(data, picture)())


def test_skin_and_colour_maps_are_refused():
    skin = np.clip(FILM[..., None] * np.array([255, 190, 150]), 0, 255).astype(np.uint8)
    with pytest.raises(UnsupportedImage, match="photograph"):
        grey_of_colour(skin)
    mapped = np.stack([FILM * 255, 255 - FILM * 255, np.full(FILM.shape, 128.0)], axis=-1).astype(np.uint8)
    with pytest.raises(UnsupportedImage, match="photograph"):
        grey_of_colour(mapped)
