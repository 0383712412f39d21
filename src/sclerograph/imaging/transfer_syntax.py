"""From the bytes of a DICOM file to stored pixel values, whatever the transfer syntax.

DICOM PS3.5 section 8 and annex A. Everything that a hostile or damaged file could inflate is bounded before it is
decoded: the deflated data set, the size that a compressed stream announces, the number of pixels.
"""

from __future__ import annotations

import contextlib
import logging
import warnings
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import numpy as np
import pydicom
import pydicom.config
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.encaps import generate_fragments, get_frame
from pydicom.pixels.utils import pixel_array
from pydicom.uid import (
    HTJ2K,
    JPEG2000,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    HTJ2KLossless,
    HTJ2KLosslessRPCL,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
)

from sclerograph.errors import UnreadableFile, UnsupportedImage
from sclerograph.imaging.attributes import integer, text
from sclerograph.imaging.codestream import StreamHeader, read_header
from sclerograph.imaging.limits import LARGEST_IMAGE_PIXELS

__all__ = ["parse", "quiet_pydicom", "stored_values"]

_UNCOMPRESSED = frozenset(
    {ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian}
)
_LOSSY_JPEG = frozenset({JPEGBaseline8Bit, JPEGExtended12Bit})
_LOSSLESS_JPEG = frozenset({JPEGLossless, JPEGLosslessSV1, JPEGLSLossless, JPEGLSNearLossless})
_JPEG_2000 = frozenset({JPEG2000Lossless, JPEG2000, HTJ2KLossless, HTJ2KLosslessRPCL, HTJ2K})

#: A deflated data set may grow to the largest picture of two bytes a pixel, and some room for everything else.
_LARGEST_DATASET_BYTES = 2 * LARGEST_IMAGE_PIXELS + 50_000_000

#: Preamble and file meta group of an explicit little endian file, put before a data set that was inflated here.
_PLAIN_HEADER = bytes(128) + b"DICM" + b"\x02\0\x10\0UI\x14\0" + b"1.2.840.10008.1.2.1\0"

_DAMAGED = "the DICOM structure is damaged or incomplete"
_AGAIN = "copy or export the film again"


@contextlib.contextmanager
def quiet_pydicom() -> Iterator[None]:
    """Keep pydicom from warning and logging, since its lines quote attribute values (names, dates)."""
    logger = logging.getLogger("pydicom")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings(), pydicom.config.disable_value_validation():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)


def _file_meta(data: bytes) -> tuple[str, int] | None:
    """Return the transfer syntax and the start of the data set, by walking the file meta group (PS3.10 7.1)."""
    if data[128:132] != b"DICM":
        return None
    position, syntax = 132, ""
    while data[position : position + 2] == b"\x02\x00" and position + 8 <= len(data):
        if data[position + 4 : position + 6] in (b"OB", b"OW", b"UN", b"SQ", b"UT"):
            length, start = int.from_bytes(data[position + 8 : position + 12], "little"), position + 12
        else:
            length, start = int.from_bytes(data[position + 6 : position + 8], "little"), position + 8
        if data[position + 2 : position + 4] == b"\x10\x00":
            syntax = data[start : start + length].rstrip(b"\0 ").decode("ascii", "replace")
        position = start + length
    return (syntax, position) if syntax else None


def _inflate(data: bytes, start: int) -> bytes:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        inflated = inflater.decompress(data[start:], _LARGEST_DATASET_BYTES)
    except zlib.error:
        raise UnreadableFile("a damaged deflated DICOM file", _DAMAGED, _AGAIN) from None
    if inflater.unconsumed_tail:
        raise UnreadableFile(
            "a deflated DICOM file that grows without end",
            f"more than {LARGEST_IMAGE_PIXELS // 1_000_000} million pixels are not opened, lest the memory runs out",
            "export the film without compression",
        )
    if not inflater.eof:
        raise UnreadableFile("a truncated deflated DICOM file", _DAMAGED, _AGAIN)
    return inflated


def parse(data: bytes) -> Dataset:
    """Return the data set of a DICOM file, with or without preamble.

    Call it within :func:`quiet_pydicom`.

    Raises
    ------
    UnreadableFile
        Damaged, truncated, or deflated beyond all reason.
    """
    meta = _file_meta(data)
    try:
        if meta is not None and meta[0] == DeflatedExplicitVRLittleEndian:
            data = _PLAIN_HEADER + _inflate(data, meta[1])
        dataset = pydicom.dcmread(BytesIO(data), force=True)
        if "TransferSyntaxUID" not in getattr(dataset, "file_meta", {}):
            implicit, little = dataset.original_encoding
            dataset.file_meta = FileMetaDataset()
            dataset.file_meta.TransferSyntaxUID = (
                ImplicitVRLittleEndian
                if implicit
                else ExplicitVRLittleEndian
                if little or little is None
                else ExplicitVRBigEndian
            )
    except UnreadableFile:
        raise
    except Exception:
        # pydicom raises many kinds of error on damaged bytes, and their texts may quote patient attributes.
        raise UnreadableFile("a damaged DICOM file", _DAMAGED, _AGAIN) from None
    if len(dataset) == 0:
        raise UnreadableFile("a DICOM file without content", _DAMAGED, _AGAIN)
    return dataset


def _compressed_frame(dataset: Dataset) -> bytes:
    buffer = dataset.PixelData
    fragments = sum(1 for _ in generate_fragments(buffer))
    if fragments == 0:
        raise ValueError("no fragments")
    return get_frame(buffer, 0, number_of_frames=1)


def _check_announced(stream: bytes, dataset: Dataset, rows: int, columns: int) -> StreamHeader:
    header = read_header(stream)
    if (
        header is None
        or (header.rows, header.columns) != (rows, columns)
        or header.components != (integer(dataset, "SamplesPerPixel") or 1)
        or not 2 <= header.bits <= (integer(dataset, "BitsAllocated") or 0)
    ):
        raise UnreadableFile(
            "a compressed picture that is damaged or contradicts its DICOM header",
            "the size or depth inside the stream is missing or differs from rows, columns and bits",
            _AGAIN,
        )
    return header


def _decode(dataset: Dataset, rows: int, columns: int) -> NDArray[Any]:
    syntax = dataset.file_meta.TransferSyntaxUID
    if syntax in _UNCOMPRESSED or syntax == RLELossless:
        # All allocated bits are asked for: which of them are stored is for _unpack_stored_bits to say.
        return pixel_array(dataset, bits_stored=dataset.BitsAllocated)
    stream = _compressed_frame(dataset)
    header = _check_announced(stream, dataset, rows, columns)
    if syntax in _JPEG_2000:
        from openjpeg.utils import decode

        decoded: NDArray[Any] = decode(stream)
        return decoded
    if syntax in _LOSSY_JPEG:
        if header.bits > 8:
            raise NotImplementedError("12-bit lossy JPEG")
        return pixel_array(dataset, decoding_plugin="pillow")
    return pixel_array(dataset, decoding_plugin="gdcm")


def _unpack_stored_bits(dataset: Dataset, values: NDArray[Any]) -> NDArray[np.int32]:
    """Take the stored bits out of the allocated ones and give them their sign (PS3.5 8.1.1).

    The bits above may hold overlays in older files; decoders may or may not have extended the sign already.
    """
    allocated = 8 * values.dtype.itemsize
    stored = integer(dataset, "BitsStored") or allocated
    high = integer(dataset, "HighBit")
    shift = 0 if high is None else high + 1 - stored
    if not 0 < stored <= allocated or not 0 <= shift <= allocated - stored:
        stored, shift = allocated, 0
    wide = values.astype(np.int32)
    if stored == 32:
        return wide
    wide = (wide >> shift) & ((1 << stored) - 1)
    if integer(dataset, "PixelRepresentation") == 1:
        sign = 1 << (stored - 1)
        wide = (wide ^ sign) - sign
    return wide


def stored_values(dataset: Dataset, rows: int, columns: int) -> NDArray[np.int32]:
    """Return stored values: (rows, columns), or (rows, columns, 3) for colour as red, green, blue.

    Call it within :func:`quiet_pydicom`, after the size was checked.

    Raises
    ------
    UnreadableFile
        The pixel data are truncated, damaged, or contradict the header.
    UnsupportedImage
        The transfer syntax is not read (video, for instance).
    """
    syntax = dataset.file_meta.TransferSyntaxUID
    if syntax not in _UNCOMPRESSED | _LOSSY_JPEG | _LOSSLESS_JPEG | _JPEG_2000 | {RLELossless}:
        raise UnsupportedImage(
            "a DICOM file in a transfer syntax that is not read",
            "it holds a video or a rare compression",
            "export the film uncompressed (explicit VR little endian)",
        )
    colour = (integer(dataset, "SamplesPerPixel") or 1) > 1
    try:
        values = _decode(dataset, rows, columns)
        if text(dataset, "PhotometricInterpretation") == "PALETTE COLOR":
            from pydicom.pixels.processing import apply_color_lut

            palette = apply_color_lut(values, dataset)[..., :3]
            return (palette >> (8 * palette.dtype.itemsize - 8)).astype(np.int32)
    except UnreadableFile:
        raise
    except NotImplementedError:
        raise UnsupportedImage(
            "a DICOM file whose compression cannot be decoded here",
            "no decoder covers this depth of pixel in this compression",
            "export the film uncompressed (explicit VR little endian)",
        ) from None
    except Exception:
        raise UnreadableFile(
            "a DICOM file whose pixel data cannot be decoded", "they are truncated or damaged", _AGAIN
        ) from None
    expected = (rows, columns, 3) if colour else (rows, columns)
    if values.shape != expected or values.dtype.kind not in "iub":
        raise UnreadableFile(
            "a DICOM file whose pixel data contradict its header", "their size or kind differs", _AGAIN
        )
    return values.astype(np.int32) if colour else _unpack_stored_bits(dataset, values)
