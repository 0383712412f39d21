from io import BytesIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openjpeg.utils import encode_array
from PIL import Image
from pydicom import dcmread
from pydicom.encaps import get_frame

from sclerograph.imaging.codestream import StreamHeader, read_header
from tests.imaging.films import dicom, hand_film, raster, transcoded, twelve_bit


def stream(syntax: str) -> bytes:
    dataset = dcmread(BytesIO(transcoded(dicom(twelve_bit(hand_film()), bits_stored=12), syntax)))
    return get_frame(dataset.PixelData, 0, number_of_frames=1)


@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2.4.57", "1.2.840.10008.1.2.4.70", "1.2.840.10008.1.2.4.80"])
def test_lossless_streams(syntax):
    # GDCM announces the allocated bits in the stream, others the stored ones.
    assert read_header(stream(syntax)) in (StreamHeader(320, 256, 1, 12), StreamHeader(320, 256, 1, 16))


def test_jpeg_2000_bare_and_in_its_file_format():
    pixels = twelve_bit(hand_film())
    for codec_format in (0, 1):
        coded = bytes(encode_array(pixels, bits_stored=12, codec_format=codec_format))
        assert read_header(coded) == StreamHeader(320, 256, 1, 12)


def test_baseline_grey_and_colour():
    assert read_header(raster(Image.new("L", (30, 20)), "JPEG")) == StreamHeader(20, 30, 1, 8)
    assert read_header(raster(Image.new("RGB", (30, 20)), "JPEG")) == StreamHeader(20, 30, 3, 8)


def test_every_truncation_of_a_lossless_stream_is_noticed():
    whole = stream("1.2.840.10008.1.2.4.70").rstrip(b"\0")
    assert read_header(whole) is not None
    for length in np.linspace(0, len(whole) - 2, 60).astype(int):
        assert read_header(whole[:length]) is None


def test_impossible_lossless_parameters_are_noticed():
    whole = bytearray(stream("1.2.840.10008.1.2.4.70"))
    scan = whole.index(b"\xff\xda")
    for offset, value in ((7, 9), (8, 1), (9, 200)):
        damaged = bytearray(whole)
        damaged[scan + offset] = value
        assert read_header(bytes(damaged)) is None


@given(st.binary(max_size=300))
def test_any_bytes_are_survived(data):
    for start in (b"", b"\xff\xd8", b"\xff\x4f\xff\x51"):
        header = read_header(start + data)
        assert header is None or isinstance(header, StreamHeader)
