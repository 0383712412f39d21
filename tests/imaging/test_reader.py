import hashlib
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sclerograph.errors import InputRejected, UnreadableFile, UnsupportedImage, UsageError
from sclerograph.imaging import find_inputs, open_radiograph
from tests.imaging.films import PATIENT, as_bytes, dicom, eight_bit, encapsulated, hand_film, raster, rle, transcoded
from tests.imaging.films import twelve_bit as twelve

FILM = hand_film(220, 200)
STORED = twelve(FILM)


def small_files() -> dict[str, bytes]:
    grey = Image.fromarray(eight_bit(FILM))
    plain = dicom(STORED, bits_stored=12)
    return {
        "explicit": as_bytes(plain),
        "deflated": transcoded(plain, "1.2.840.10008.1.2.1.99"),
        "JPEG lossless": transcoded(plain, "1.2.840.10008.1.2.4.70"),
        "JPEG-LS": transcoded(plain, "1.2.840.10008.1.2.4.80"),
        "JPEG 2000": transcoded(plain, "1.2.840.10008.1.2.4.90"),
        "baseline": encapsulated(dicom(eight_bit(FILM)), raster(grey, "JPEG"), "1.2.840.10008.1.2.4.50"),
        "RLE": rle(dicom(STORED, bits_stored=12)),
        "PNG": raster(grey, "PNG"),
        "JPEG": raster(grey, "JPEG"),
        "TIFF": raster(grey, "TIFF", compression="tiff_lzw"),
        "BMP": raster(grey, "BMP"),
    }


FILES = small_files()


@pytest.fixture
def save(tmp_path):
    def _save(data: bytes, name: str = "film.dcm") -> Path:
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return _save


@pytest.mark.parametrize("kind", FILES)
def test_content_decides_and_not_the_name(kind, save):
    film = open_radiograph(save(FILES[kind], "mislabelled.bmp" if kind != "BMP" else "mislabelled.dcm"))
    assert film.pixels.shape == FILM.shape
    assert np.corrcoef(film.pixels.ravel(), FILM.ravel())[0, 1] > 0.97
    assert film.source.sha256 == hashlib.sha256(FILES[kind]).hexdigest()
    assert film.source.file.startswith("mislabelled")


def test_ruler_overrides_the_file_and_says_when_they_differ(save):
    path = save(as_bytes(dicom(STORED, bits_stored=12, ImagerPixelSpacing=[0.5, 0.5])))
    same, other = open_radiograph(path, mm_per_pixel=0.51), open_radiograph(path, mm_per_pixel=0.6)
    assert (same.calibration.source, same.calibration.mm_per_pixel) == ("ruler", 0.51)
    assert not any("differ" in note for note in same.notes)
    assert any("differ by 20%" in note for note in other.notes)
    with pytest.raises(UsageError):
        open_radiograph(path, mm_per_pixel=-1.0)


def test_paths_without_a_film(save, tmp_path):
    for path in (tmp_path / "absent.dcm", tmp_path):
        with pytest.raises(UnreadableFile):
            open_radiograph(path)
    with pytest.raises(UnreadableFile, match="empty"):
        open_radiograph(save(b""))
    with pytest.raises(UnreadableFile, match="encrypted"):
        open_radiograph(save(b"Salted__" + bytes(range(200))))
    with pytest.raises(UnsupportedImage, match="PDF"):
        open_radiograph(save(b"%PDF-1.4 ..."))


@pytest.mark.parametrize("kind", FILES)
def test_any_damage_is_refused_or_survived(kind, save):
    """Cut at random places, or with random bytes changed: a film or a refusal, never another error."""
    whole = FILES[kind]
    chance = random.Random(kind)
    messages: list[str] = []
    for _ in range(14):
        damaged = bytearray(whole)
        if chance.random() < 0.35:
            damaged = damaged[: chance.randrange(len(damaged))]
        else:
            end = chance.choice([min(len(damaged), 1800), len(damaged)])
            for _ in range(chance.choice([1, 4, 40])):
                damaged[chance.randrange(end)] = chance.randrange(256)
        try:
            film = open_radiograph(save(bytes(damaged)))
        except InputRejected as refusal:
            messages.append(str(refusal))
        else:
            assert film.pixels.shape == film.valid.shape
            assert np.isfinite(film.pixels).all()
            assert 0 <= film.pixels.min() <= film.pixels.max() <= 1
    assert messages
    assert not any(value in message for value in PATIENT.values() for message in messages)


def test_find_inputs(tmp_path):
    films = ["b.dcm", "a.png", "sub/c", "sub/deeper/d.tif", "pixels.txt"]
    others = [".hidden.dcm", "DICOMDIR", "truth.json", "notes.txt", ".git/e.dcm", "__MACOSX/f.dcm", "summary.csv"]
    for name in films + others:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(FILES["PNG"] if name in ("a.png", "pixels.txt") else b"{}")
    found = find_inputs([tmp_path])
    assert found == sorted(tmp_path / name for name in films)
    assert find_inputs([tmp_path / "a.png", tmp_path]) == found
    assert find_inputs([tmp_path / "truth.json", tmp_path / "absent"]) == [tmp_path / "absent", tmp_path / "truth.json"]
    assert find_inputs([tmp_path / "DICOMDIR"]) == []


def test_importing_the_door_is_light():
    script = (
        "import sys, sclerograph.imaging; "
        "heavy = {'pydicom', 'PIL', 'scipy', 'gdcm', 'openjpeg', 'torch'} & set(sys.modules); "
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
