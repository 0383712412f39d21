import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import Dataset, dcmread
from pydicom.pixels import apply_voi_lut

from sclerograph.imaging.dicom import read_dicom
from sclerograph.imaging.greys import LookupTable, develop, present, stretch
from tests.imaging.films import DX_PRESENTATION, DX_PROCESSING, as_bytes, big_endian, dicom, eight_bit, hand_film
from tests.imaging.films import twelve_bit as twelve

FILM = hand_film(220, 200)
STORED = twelve(FILM)
ALL = np.ones(FILM.shape, dtype=bool)


def window(centre: float = 2048, width: float = 4096, **more: object) -> dict[str, object]:
    return {"WindowCenter": centre, "WindowWidth": width, **more}


def table(first: int, entries: np.ndarray, bits: int, *, as_words: bool = False) -> Dataset:
    item = Dataset()
    item.add_new("LUTDescriptor", "US" if first >= 0 else "SS", [len(entries) & 0xFFFF, first, bits])
    if as_words:
        item.add_new("LUTData", "US", [int(entry) for entry in entries])
    else:
        item.add_new("LUTData", "OW", entries.astype("<u2").tobytes())
    return item


def greys(dataset: Dataset) -> np.ndarray:
    return read_dicom(as_bytes(dataset), "film.dcm", "0").pixels


def shown(**attributes: object) -> np.ndarray:
    return greys(dicom(STORED, bits_stored=12, **attributes))


def test_window_agrees_with_pydicom():
    for function in ("LINEAR", "LINEAR_EXACT", "SIGMOID"):
        dataset = dicom(STORED, bits_stored=12, **window(1500, 2200, VOILUTFunction=function))
        expected = apply_voi_lut(STORED, dataset) / 4095
        np.testing.assert_allclose(present(dataset, STORED.astype(np.int32), ALL).values, expected, atol=1e-3)


def test_rescale_comes_before_the_window():
    attributes = {"RescaleSlope": "0.5", "RescaleIntercept": "-100", "RescaleType": "US"}
    np.testing.assert_allclose(shown(**window(1024 - 100, 2048), **attributes), shown(**window()), atol=1e-3)


def test_modality_table_comes_before_the_window():
    rising = (np.arange(4096) ** 0.5 * 63.9).astype(int)
    dataset = dicom(STORED, bits_stored=12, ModalityLUTSequence=[table(0, rising, 12)], **window())
    np.testing.assert_allclose(greys(dataset), rising[STORED] / 4095, atol=1e-3)


@pytest.mark.parametrize("as_words", [False, True])
def test_voi_table_wins_over_the_window(as_words):
    curve = np.round(65535 * (np.arange(3000) / 2999) ** 0.7).astype(int)
    dataset = dicom(STORED, bits_stored=12, VOILUTSequence=[table(500, curve, 16, as_words=as_words)], **window(10, 20))
    expected = curve[np.clip(STORED.astype(int) - 500, 0, 2999)] / 65535
    np.testing.assert_allclose(greys(dataset), expected, atol=1e-4)


def test_tables_in_big_endian_files():
    curve = np.round(65535 * (np.arange(4096) / 4095) ** 0.7).astype(int)
    dataset = dicom(STORED, bits_stored=12, VOILUTSequence=[table(0, curve, 16)])
    little = greys(dataset)
    dataset.VOILUTSequence[0].LUTData = curve.astype(">u2").tobytes()
    np.testing.assert_allclose(greys(big_endian(dataset)), little, atol=1e-6)


def test_table_of_signed_values():
    curve = np.arange(4096)
    stored = STORED.astype(np.int16) - 2000
    dataset = dicom(stored, bits_stored=13, VOILUTSequence=[table(-2000, curve, 12)])
    np.testing.assert_allclose(greys(dataset), STORED / 4095, atol=1e-4)


def test_table_of_eight_bits_and_of_65536_entries():
    item = Dataset()
    item.add_new("LUTDescriptor", "US", [256, 0, 8])
    item.add_new("LUTData", "OW", np.arange(256, dtype=np.uint8).tobytes())
    np.testing.assert_allclose(greys(dicom(eight_bit(FILM), VOILUTSequence=[item])), eight_bit(FILM) / 255, atol=1e-6)
    full = LookupTable.from_item(table(0, np.arange(65536), 16), little_endian=True, lowest_input=0.0)
    assert full is not None
    assert len(full.entries) == 65536


def test_table_that_uses_fewer_bits_than_it_declares():
    loose = LookupTable.from_item(table(0, np.arange(4096), 16), little_endian=True, lowest_input=0.0)
    assert loose is not None
    assert loose.full_scale == 4095


def test_broken_tables_are_passed_over():
    broken = Dataset()
    broken.add_new("LUTDescriptor", "US", [4096, 0, 12])
    broken.add_new("LUTData", "OW", bytes(10))
    np.testing.assert_allclose(shown(VOILUTSequence=[broken], **window()), shown(**window()))


def test_monochrome1_and_inverse_mean_one_inversion_together():
    upright = shown(**window())
    negative = dicom(4095 - STORED, bits_stored=12, PhotometricInterpretation="MONOCHROME1", **window())
    np.testing.assert_allclose(greys(negative), upright, atol=1e-3)
    negative.PresentationLUTShape = "INVERSE"
    np.testing.assert_allclose(greys(negative), upright, atol=1e-3)
    negative.PhotometricInterpretation = "MONOCHROME2"
    np.testing.assert_allclose(greys(negative), upright, atol=1e-3)


def test_monochrome1_with_identity_is_noted():
    dataset = dicom(4095 - STORED, bits_stored=12, PhotometricInterpretation="MONOCHROME1")
    dataset.PresentationLUTShape = "IDENTITY"
    film = read_dicom(as_bytes(dataset), "film.dcm", "0")
    assert any("IDENTITY" in note for note in film.notes)
    assert np.corrcoef(film.pixels.ravel(), FILM.ravel())[0, 1] > 0.99


def test_presentation_table_is_applied_last():
    falling = table(0, np.arange(255, -1, -1), 8)
    inverted = shown(PresentationLUTSequence=[falling], **window())
    np.testing.assert_allclose(inverted, 1 - shown(**window()), atol=3e-3)


def test_without_a_window_the_range_of_the_film_is_taken():
    for stored, bits in ((STORED, 16), (STORED.astype(np.int16) - 3000, 16), (eight_bit(FILM), 8)):
        pixels = greys(dicom(stored, bits_stored=bits))
        assert np.corrcoef(pixels.ravel(), FILM.ravel())[0, 1] > 0.999
        assert pixels.min() == pytest.approx(0.0, abs=0.02)
        assert pixels.max() == pytest.approx(1.0, abs=0.02)


def test_a_window_beside_the_film_is_not_used():
    film = read_dicom(as_bytes(dicom(STORED, bits_stored=12, **window(60_000, 10))), "film.dcm", "0")
    assert any("window" in note for note in film.notes)
    assert np.corrcoef(film.pixels.ravel(), FILM.ravel())[0, 1] > 0.999


@pytest.mark.parametrize(
    ("sign", "photometric", "relationship"),
    [(1, "MONOCHROME1", "LIN"), (-1, "MONOCHROME2", "LIN"), (1, "MONOCHROME1", "LOG"), (None, "MONOCHROME1", "")],
)
def test_raw_detector_data_are_developed(sign, photometric, relationship):
    attenuation = 4.0 * (FILM - 0.05)
    counts = 30_000 * np.exp(-attenuation) if relationship != "LOG" else 15_000 * (4.0 - attenuation) / 4.0
    counts[:30, :40] = 20.0  # behind the collimator
    stored = np.round(counts if sign != -1 else 40_000 - counts).astype(np.uint16)
    dataset = dicom(
        stored,
        SOPClassUID=DX_PROCESSING,
        Modality="DX",
        PresentationIntentType="FOR PROCESSING",
        PhotometricInterpretation=photometric,
    )
    if relationship:
        dataset.PixelIntensityRelationship = relationship
    if sign is not None:
        dataset.PixelIntensityRelationshipSign = sign
    developed = develop(dataset, stored.astype(np.int32), ALL)
    inside = np.s_[40:, 50:]
    assert np.corrcoef(developed.values[inside].ravel(), FILM[inside].ravel())[0, 1] > 0.98
    notes = read_dicom(as_bytes(dataset), "film.dcm", "0").notes
    assert any("raw detector data" in note for note in notes)


def test_dx_for_presentation_is_presented():
    dataset = dicom(
        STORED, bits_stored=12, SOPClassUID=DX_PRESENTATION, Modality="DX", PresentationIntentType="FOR PRESENTATION"
    )
    dataset.WindowCenter, dataset.WindowWidth = 2048, 4096
    np.testing.assert_allclose(greys(dataset), STORED / 4095, atol=1e-3)


@settings(max_examples=20, deadline=None)
@given(gain=st.floats(0.1, 100), offset=st.floats(-1000, 1000))
def test_stretch_forgets_gain_and_offset(gain, offset):
    once = stretch(FILM, ALL)
    np.testing.assert_allclose(stretch(FILM.astype(np.float64) * gain + offset, ALL), once, atol=1e-2)


def test_stretch_keeps_dense_objects_apart_from_outliers():
    film = FILM.copy()
    film[100:103, 100:103] = 1.2  # dense calcium: few pixels, a little above the rest
    film[0, 0] = 1e6  # one broken pixel
    film[0, 1] = np.nan
    stretched = stretch(film, ALL)
    assert stretched[101, 101] < 1.0
    assert stretched[101, 101] > stretched[50:90, 50:90].max()
    assert np.isfinite(stretched).all()


def test_written_file_is_read_back_by_pydicom_too():
    data = as_bytes(dicom(STORED, bits_stored=12))
    from io import BytesIO

    np.testing.assert_array_equal(dcmread(BytesIO(data)).pixel_array, STORED)
