from io import BytesIO

import numpy as np
import pytest
import tifffile
from PIL import Image, ImageFile
from skimage import data

from sclerograph.errors import InputRejected, NotAHandRadiograph, UnreadableFile, UnsupportedImage
from sclerograph.imaging.content import sniff
from sclerograph.imaging.radiograph import Radiograph
from sclerograph.imaging.raster import read_raster
from tests.imaging.films import eight_bit, hand_film, raster

FILM = hand_film(320, 256)
GREY = Image.fromarray(eight_bit(FILM))
SIXTEEN = np.round(FILM * 65535).astype(np.uint16)


def read(data_: bytes) -> Radiograph:
    return read_raster(data_, sniff(data_), "film.png", "0")


def likeness(film: Radiograph, truth: np.ndarray = FILM) -> float:
    return float(np.corrcoef(film.pixels.ravel(), truth.ravel())[0, 1])


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "BMP"])
def test_eight_bit_greys(kind):
    film = read(raster(GREY, kind))
    np.testing.assert_allclose(film.pixels, eight_bit(FILM) / 255, atol=0.15 if kind == "JPEG" else 1e-6)
    assert film.valid.all()
    assert film.calibration.source == "none"
    assert (film.side, film.view, film.visit) == (None, None, "film")
    assert (film.source.rows, film.source.columns) == (320, 256)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "LA", "P", "CMYK"])
def test_other_modes_of_the_same_greys(mode):
    kind = "TIFF" if mode == "CMYK" else "PNG"
    film = read(raster(GREY.convert("RGB").convert(mode) if mode == "CMYK" else GREY.convert(mode), kind))
    assert likeness(film) > 0.99


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
@pytest.mark.parametrize("bits", [12, 16])
def test_deep_greys_are_scaled_by_their_own_range(kind, bits):
    film = read(raster(Image.fromarray(SIXTEEN >> (16 - bits)), kind))
    assert likeness(film) > 0.9999
    assert film.pixels.max() == pytest.approx(1.0, abs=0.02)


def test_tiff_by_another_writer():
    for options in ({}, {"compression": "zlib"}, {"byteorder": ">"}, {"photometric": "miniswhite"}):
        buffer = BytesIO()
        values = 65535 - SIXTEEN if "photometric" in options else SIXTEEN
        tifffile.imwrite(buffer, values, **options)
        film = read(buffer.getvalue())
        assert likeness(film) > 0.9999
        assert not any("inverted" in note for note in film.notes)
    buffer = BytesIO()
    tifffile.imwrite(buffer, np.where(FILM > 0.9, np.nan, FILM).astype(np.float32))
    assert np.isfinite(read(buffer.getvalue()).pixels).all()


@pytest.mark.parametrize("orientation", [2, 3, 4, 5, 6, 7, 8])
@pytest.mark.parametrize("deep", [False, True])
def test_exif_rotation_is_undone(orientation, deep):
    stored = {
        2: lambda a: a[:, ::-1],
        3: lambda a: a[::-1, ::-1],
        4: lambda a: a[::-1],
        5: lambda a: a.T,
        6: lambda a: np.rot90(a),
        7: lambda a: a[::-1, ::-1].T,
        8: lambda a: np.rot90(a, -1),
    }[orientation](SIXTEEN if deep else eight_bit(FILM))
    exif = Image.Exif()
    exif[0x0112] = orientation
    film = read(raster(Image.fromarray(np.ascontiguousarray(stored)), "PNG", exif=exif))
    assert film.pixels.shape == FILM.shape
    assert likeness(film) > 0.999
    assert any("turned" in note for note in film.notes)


def test_transparent_parts_are_no_film():
    rgba = np.array(GREY.convert("RGBA"))
    rgba[:, :40, 3] = 0
    rgba[:, :40, :3] = 255
    film = read(raster(Image.fromarray(rgba), "PNG"))
    assert not film.valid[:, :40].any()
    assert film.valid[:, 40:].all()
    assert not film.pixels[:, :40].any()


def test_inverted_greys_are_turned_round():
    film = read(raster(Image.fromarray(255 - eight_bit(FILM)), "PNG"))
    assert likeness(film) > 0.9999
    assert any("inverted" in note for note in film.notes)


def test_coloured_arrow_is_not_valid():
    rgb = np.array(GREY.convert("RGB"))
    rgb[100:150, 100:104] = (255, 0, 0)
    film = read(raster(Image.fromarray(rgb), "PNG"))
    assert not film.valid[100:150, 100:104].any()
    assert film.valid.mean() > 0.98


def test_small_copies_carry_a_note():
    assert any("small" in note for note in read(raster(GREY, "PNG")).notes)


@pytest.mark.parametrize(
    ("picture", "error"),
    [
        (Image.new("L", (1, 1)), UnsupportedImage),
        (Image.new("L", (150, 900)), UnsupportedImage),
        (Image.new("L", (400, 400)), NotAHandRadiograph),
        (Image.new("RGB", (400, 400), (9, 9, 9)), NotAHandRadiograph),
        (Image.new("1", (400, 400)), UnsupportedImage),
        (Image.fromarray(data.astronaut()), UnsupportedImage),
    ],
)
def test_what_is_no_film_is_refused(picture, error):
    with pytest.raises(error):
        read(raster(picture, "PNG"))


def test_bomb_is_refused_unopened():
    # A PNG header that announces 60000 x 60000 pixels, without any.
    bomb = bytearray(raster(Image.new("L", (10, 10)), "PNG"))
    bomb[16:24] = (60_000).to_bytes(4, "big") * 2
    import zlib

    bomb[29:33] = zlib.crc32(bomb[12:29]).to_bytes(4, "big")
    with pytest.raises(UnreadableFile, match="million pixels"):
        read(bytes(bomb))
    bomb[16:24] = (11_000).to_bytes(4, "big") * 2  # beyond our limit, within Pillow's
    bomb[29:33] = zlib.crc32(bomb[12:29]).to_bytes(4, "big")
    with pytest.raises(UnreadableFile, match="11000 x 11000"):
        read(bytes(bomb))


def test_pages_are_refused_and_thumbnails_are_not():
    buffer = BytesIO()
    tifffile.imwrite(buffer, np.stack([eight_bit(FILM)] * 3), photometric="minisblack")
    with pytest.raises(UnsupportedImage, match="3 pictures"):
        read(buffer.getvalue())
    buffer = BytesIO()
    with tifffile.TiffWriter(buffer) as writer:
        writer.write(eight_bit(FILM))
        writer.write(eight_bit(FILM)[::4, ::4], subfiletype=1)
    assert likeness(read(buffer.getvalue())) > 0.999


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "BMP"])
def test_truncated_files_are_refused(kind):
    whole = raster(GREY, kind)
    with pytest.raises(InputRejected):
        read(whole[: len(whole) // 2])


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "BMP"])
def test_truncated_files_are_refused_though_another_library_fills_them_up(kind, monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    whole = raster(GREY, kind)
    with pytest.raises(InputRejected):
        read(whole[: len(whole) // 2])
    assert ImageFile.LOAD_TRUNCATED_IMAGES
