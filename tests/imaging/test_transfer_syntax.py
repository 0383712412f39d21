import logging
import warnings
import zlib

import numpy as np
import openjpeg
import pytest
from openjpeg.utils import encode_array
from PIL import Image
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.pixels import pixel_array

from sclerograph.errors import UnreadableFile, UnsupportedImage
from sclerograph.imaging import transfer_syntax
from sclerograph.imaging.transfer_syntax import parse, quiet_pydicom, stored_values
from tests.imaging.films import as_bytes, big_endian, dicom, eight_bit, encapsulated, hand_film, raster, rle, transcoded
from tests.imaging.films import twelve_bit as twelve

FILM = hand_film(220, 200)
SIGNED_13 = twelve(FILM).astype(np.int16) - 2000
SIGNED_16 = (twelve(FILM).astype(np.int32) * 8 - 16000).astype(np.int16)
UNSIGNED_16 = np.round(FILM * 65535).astype(np.uint16)
TRUTHS = [
    pytest.param(eight_bit(FILM), 8, id="8 bit"),
    pytest.param(np.round(FILM * 1023).astype(np.uint16), 10, id="10 bit"),
    pytest.param(twelve(FILM), 12, id="12 bit"),
    pytest.param(UNSIGNED_16, 16, id="16 bit"),
    pytest.param(SIGNED_13, 13, id="13 bit signed"),
    pytest.param(SIGNED_16, 16, id="16 bit signed"),
]


def decoded(data: bytes) -> np.ndarray:
    with quiet_pydicom():
        dataset = parse(data)
        return stored_values(dataset, dataset.Rows, dataset.Columns)


@pytest.mark.parametrize(("truth", "bits"), TRUTHS)
@pytest.mark.parametrize(
    "syntax",
    [
        pytest.param("1.2.840.10008.1.2", id="implicit"),
        pytest.param("1.2.840.10008.1.2.1", id="explicit"),
        pytest.param("1.2.840.10008.1.2.1.99", id="deflated"),
        pytest.param("1.2.840.10008.1.2.4.57", id="JPEG lossless"),
        pytest.param("1.2.840.10008.1.2.4.70", id="JPEG lossless SV1"),
        pytest.param("1.2.840.10008.1.2.4.80", id="JPEG-LS"),
        pytest.param("1.2.840.10008.1.2.4.90", id="JPEG 2000"),
    ],
)
def test_lossless_syntaxes_give_the_stored_values(truth, bits, syntax):
    np.testing.assert_array_equal(decoded(transcoded(dicom(truth, bits_stored=bits), syntax)), truth)


@pytest.mark.parametrize(("truth", "bits"), TRUTHS)
def test_rle_and_big_endian_give_the_stored_values(truth, bits):
    np.testing.assert_array_equal(decoded(rle(dicom(truth, bits_stored=bits))), truth)
    np.testing.assert_array_equal(decoded(as_bytes(big_endian(dicom(truth, bits_stored=bits)))), truth)


def test_jpeg_2000_by_a_second_encoder():
    stream = bytes(encode_array(twelve(FILM), bits_stored=12))
    data = encapsulated(dicom(twelve(FILM), bits_stored=12), stream, "1.2.840.10008.1.2.4.91")
    np.testing.assert_array_equal(decoded(data), twelve(FILM))


@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51"])
def test_baseline_jpeg_is_near(syntax):
    stream = raster(Image.fromarray(eight_bit(FILM)), "JPEG", quality=95)
    values = decoded(encapsulated(dicom(eight_bit(FILM)), stream, syntax))
    assert np.abs(values - eight_bit(FILM).astype(int)).max() <= 12


def test_bits_outside_the_stored_ones_are_dropped():
    # An overlay in the upper four bits, as files of the nineties have it.
    with_overlay = twelve(FILM) | 0x8000
    np.testing.assert_array_equal(decoded(as_bytes(dicom(with_overlay, bits_stored=12))), twelve(FILM))


def test_high_bit_may_be_above_the_stored_ones():
    shifted = (twelve(FILM) << 4).astype(np.uint16)
    dataset = dicom(shifted, bits_stored=12, HighBit=15)
    np.testing.assert_array_equal(decoded(as_bytes(dataset)), twelve(FILM))


def test_file_without_preamble_and_meta():
    for syntax in ("1.2.840.10008.1.2", "1.2.840.10008.1.2.1"):
        data = transcoded(dicom(twelve(FILM), bits_stored=12), syntax)
        start = data.index(b"\x08\x00\x16\x00")
        np.testing.assert_array_equal(decoded(data[start:]), twelve(FILM))


@pytest.mark.parametrize(
    "name",
    [
        "MR_small_RLE.dcm",
        "MR_small_bigendian.dcm",
        "MR_small_implicit.dcm",
        "MR_small_jp2klossless.dcm",
        "MR_small_jpeg_ls_lossless.dcm",
        "J2K_pixelrep_mismatch.dcm",
        "SC_rgb_jpeg_dcmtk.dcm",
        "SC_rgb_rle.dcm",
    ],
)
def test_files_of_other_makers_agree_with_pydicom(name):
    path = get_testdata_file(name, download=False)
    dataset = dcmread(path)
    expected = pixel_array(dataset)
    with quiet_pydicom():
        values = stored_values(dcmread(path), dataset.Rows, dataset.Columns)
    assert np.abs(values - expected.astype(int)).max() <= 1


def test_palette_becomes_colour():
    dataset = dcmread(get_testdata_file("examples_palette.dcm", download=False))
    with quiet_pydicom():
        values = stored_values(dataset, dataset.Rows, dataset.Columns)
    assert values.shape == (dataset.Rows, dataset.Columns, 3)
    assert 0 <= values.min() < 20
    assert 200 < values.max() <= 255


def test_deflated_bomb_is_refused_before_it_grows(monkeypatch):
    monkeypatch.setattr(transfer_syntax, "_LARGEST_DATASET_BYTES", 1_000_000)
    deflater = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    bomb = deflater.compress(bytes(10_000_000)) + deflater.flush()
    data = transcoded(dicom(twelve(FILM), bits_stored=12), "1.2.840.10008.1.2.1.99")
    # The group length of the meta information says where the deflated data set begins.
    header = data[: 144 + int.from_bytes(data[140:144], "little")]
    with pytest.raises(UnreadableFile, match="grows without end"):
        decoded(header + bomb)


def test_stream_larger_than_its_header_is_refused_before_decoding(monkeypatch):
    stream = bytes(encode_array(np.zeros((1500, 1500), np.uint16), bits_stored=12))
    data = encapsulated(dicom(twelve(FILM), bits_stored=12), stream, "1.2.840.10008.1.2.4.90")
    monkeypatch.setattr(openjpeg.utils, "decode", lambda *_: pytest.fail("decoded"))
    with pytest.raises(UnreadableFile, match="contradicts its DICOM header"):
        decoded(data)


def test_truncated_pixels_are_refused():
    for data in (
        as_bytes(dicom(twelve(FILM), bits_stored=12)),
        rle(dicom(twelve(FILM), bits_stored=12)),
        transcoded(dicom(twelve(FILM), bits_stored=12), "1.2.840.10008.1.2.4.70"),
        transcoded(dicom(twelve(FILM), bits_stored=12), "1.2.840.10008.1.2.4.80"),
        transcoded(dicom(twelve(FILM), bits_stored=12), "1.2.840.10008.1.2.1.99"),
    ):
        with pytest.raises(UnreadableFile):
            decoded(data[: len(data) * 2 // 3])


def test_video_and_twelve_bit_lossy_jpeg_are_named_as_unsupported():
    data = encapsulated(dicom(eight_bit(FILM)), b"\0\0\0\1", "1.2.840.10008.1.2.4.102")
    with pytest.raises(UnsupportedImage, match="transfer syntax"):
        decoded(data)
    stream = raster(Image.fromarray(eight_bit(FILM)), "JPEG")
    frame = stream.index(b"\xff\xc0")
    twelve_bit_stream = stream[: frame + 1] + b"\xc1" + stream[frame + 2 : frame + 4] + b"\x0c" + stream[frame + 5 :]
    data = encapsulated(dicom(twelve(FILM), bits_stored=12), twelve_bit_stream, "1.2.840.10008.1.2.4.51")
    with pytest.raises(UnsupportedImage, match="compression"):
        decoded(data)


def test_pydicom_is_silent_inside_and_as_before_outside(caplog):
    logger = logging.getLogger("pydicom")
    before = logger.level
    with quiet_pydicom():
        logger.warning("Mustermann^Erika")
        warnings.warn("Mustermann^Erika", UserWarning, stacklevel=1)
    assert not caplog.records
    assert logger.level == before
