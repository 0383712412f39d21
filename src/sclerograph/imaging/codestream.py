"""The size that a compressed picture announces inside its own stream.

A decoder allocates what the stream says, not what the DICOM header says: both must agree before anything is decoded.
"""

from __future__ import annotations

__all__ = ["announced_size"]

_JPEG_START = b"\xff\xd8"
_JPEG_2000_START = b"\xff\x4f\xff\x51"
#: Start-of-frame markers of JPEG (ITU-T T.81 table B.1; C4, C8 and CC are no frames) and of JPEG-LS (T.87, F7).
_FRAME_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC} | {0xF7}


def _big_endian(data: bytes, start: int, length: int) -> int:
    return int.from_bytes(data[start : start + length], "big")


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    position = 2
    while position + 9 <= len(data):
        if data[position] != 0xFF:
            return None
        marker = data[position + 1]
        if marker == 0xFF:
            position += 1
            continue
        if marker in _FRAME_MARKERS:
            return _big_endian(data, position + 5, 2), _big_endian(data, position + 7, 2)
        if marker == 0xDA:
            return None
        position += 2 + max(2, _big_endian(data, position + 2, 2))
    return None


def announced_size(stream: bytes) -> tuple[int, int] | None:
    """Return (rows, columns) of a JPEG, JPEG-LS or JPEG 2000 stream, ``None`` when it says neither.

    JPEG 2000 may be wrapped in its file format (JP2), as some vendors store it.
    """
    if stream.startswith(_JPEG_START):
        return _jpeg_size(stream)
    start = stream.find(_JPEG_2000_START, 0, 4096)
    if start < 0 or len(stream) < start + 24:
        return None
    # SIZ segment (ITU-T T.800 A.5.1): marker, length, capabilities, then Xsiz, Ysiz, XOsiz, YOsiz.
    width = _big_endian(stream, start + 8, 4) - _big_endian(stream, start + 16, 4)
    height = _big_endian(stream, start + 12, 4) - _big_endian(stream, start + 20, 4)
    return height, width
