import shutil
import subprocess
from pathlib import Path

import numpy as np
import pydicom
import pytest

pytest.importorskip("numba")

from sclerograph.imaging import open_radiograph
from sclerograph.phantom.dicom_film import film_dataset, write_dicom
from tests.phantom.films import fast_film_of, fine_film_of, two_hands


def test_pixels_come_back_exactly(tmp_path: Path) -> None:
    film = fine_film_of("L")
    write_dicom(tmp_path / "a.dcm", film)
    dataset = pydicom.dcmread(tmp_path / "a.dcm")
    assert np.array_equal(dataset.pixel_array, film.image_12bit)
    assert (dataset.Modality, dataset.ViewPosition, dataset.BodyPartExamined) == ("DX", "PA", "HAND")
    assert (dataset.ImageLaterality, dataset.PatientID) == ("L", "SIMULATED")
    assert (dataset.BitsAllocated, dataset.BitsStored) == (16, 12)
    assert float(dataset.ImagerPixelSpacing[0]) == pytest.approx(film.mm_per_pixel)
    assert float(dataset.PixelSpacing[0]) == pytest.approx(film.mm_per_pixel / film.magnification, rel=1e-4)


def test_a_film_of_8_bits_uses_the_whole_range(tmp_path: Path) -> None:
    film = fast_film_of(0)
    write_dicom(tmp_path / "a.dcm", film)
    back = pydicom.dcmread(tmp_path / "a.dcm").pixel_array
    assert np.array_equal((back.astype(int) * 255 + 2047) // 4095, film.image)


def test_a_film_is_read_the_same_whichever_way_its_greys_are_stored(tmp_path: Path) -> None:
    film = fine_film_of("R")
    read = []
    for name, inverted in (("m1", True), ("m2", False)):
        write_dicom(tmp_path / f"{name}.dcm", film, monochrome1=inverted)
        read.append(open_radiograph(tmp_path / f"{name}.dcm"))
    first, second = read
    assert first.pixels == pytest.approx(second.pixels, abs=2e-3)
    for radiograph in read:
        assert radiograph.side == "R"
        assert radiograph.view == "PA"
        assert radiograph.calibration.mm_per_pixel == pytest.approx(film.mm_per_pixel / film.magnification, rel=1e-4)
        bright = radiograph.pixels[film.bones > 0].mean()
        assert bright > radiograph.pixels[film.tissue == 0].mean()


def test_a_name_gives_the_same_bytes_and_other_names_other_identifiers(tmp_path: Path) -> None:
    film = fast_film_of(0)
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        write_dicom(tmp_path / folder / "a.dcm", film)
    assert (tmp_path / "one" / "a.dcm").read_bytes() == (tmp_path / "two" / "a.dcm").read_bytes()
    first, second = film_dataset(film, "a"), film_dataset(film, "b")
    assert first.SOPInstanceUID != second.SOPInstanceUID
    assert first.StudyInstanceUID != second.StudyInstanceUID
    assert all(len(uid) <= 64 for uid in (first.SOPInstanceUID, first.StudyInstanceUID, first.SeriesInstanceUID))


@pytest.mark.parametrize("inverted", [False, True])
def test_the_validator_finds_no_error(tmp_path: Path, inverted: bool) -> None:
    validator = shutil.which("dciodvfy")
    if validator is None:
        pytest.skip("dciodvfy (Debian: dicom3tools) is not installed")
    for name, film in (("one", fine_film_of("L")), ("two", two_hands())):
        write_dicom(tmp_path / f"{name}.dcm", film, monochrome1=inverted)
        result = subprocess.run(
            [validator, "-new", str(tmp_path / f"{name}.dcm")], capture_output=True, text=True, check=False
        )
        assert "Error" not in result.stdout + result.stderr
