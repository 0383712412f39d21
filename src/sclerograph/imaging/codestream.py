"""What a compressed picture announces inside its own stream, read before a decoder sees it.

A decoder allocates what the stream says, not what the DICOM header says; and a decoder written in C may crash where
it should raise. So the stream must announce a picture of the expected size, depth and number of components, by one
complete scan, or it is not decoded at all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["StreamHeader", "read_header"]

_JPEG_START = b"\xff\xd8"
_JPEG_2000_START = b"\xff\x4f\xff\x51"
#: Start-of-frame markers of JPEG (ITU-T T.81 table B.1; C4, C8 and CC are no frames) and of JPEG-LS (T.87, F7).
_FRAME_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC} | {0xF7}
_LOSSLESS_FRAME, _JPEG_LS_FRAME = 0xC3, 0xF7
_SCAN, _END = 0xDA, 0xD9
#: Segments that may come before the scan: tables, restart interval, application data, comments, JPEG-LS parameters.
_OTHER_SEGMENTS = frozenset({0xC4, 0xCC, 0xDB, 0xDD, 0xF8, 0xFE, *range(0xE0, 0xF0)})
#: In coded data 0xFF is followed by a zero (JPEG) or a small byte (JPEG-LS) or a restart marker; all else is a marker.
_MARKER_IN_SCAN = re.compile(rb"\xff+([\xc0-\xcf\xd8-\xfe])")


@dataclass(frozen=True)
class StreamHeader:
    """Size, number of components and bits per sample of a compressed picture."""

    rows: int
    columns: int
    components: int
    bits: int


def _big_endian(data: bytes, start: int, length: int) -> int:
    return int.from_bytes(data[start : start + length], "big")


def _jpeg_header(data: bytes) -> StreamHeader | None:
    header: StreamHeader | None = None
    frame = 0
    position = 2
    while position + 4 <= len(data):
        if data[position] != 0xFF:
            return None
        marker = data[position + 1]
        if marker == 0xFF:
            position += 1
            continue
        length = _big_endian(data, position + 2, 2)
        segment = data[position + 4 : position + 2 + length]
        if length < 2 or len(segment) != length - 2:
            return None
        if marker in _FRAME_MARKERS:
            if header is not None or length < 8 or len(segment) != 6 + 3 * segment[5]:
                return None
            frame = marker
            header = StreamHeader(_big_endian(segment, 1, 2), _big_endian(segment, 3, 2), segment[5], segment[0])
        elif marker == _SCAN:
            return (
                header if header is not None and _is_sound_scan(frame, segment, data, position + 2 + length) else None
            )
        elif marker not in _OTHER_SEGMENTS:
            return None
        position += 2 + length
    return None


def _is_sound_scan(frame: int, segment: bytes, data: bytes, start: int) -> bool:
    """Check the parameters of a scan on which C decoders rely, and that its data reach the end of the picture."""
    if len(segment) < 6:
        return False
    if frame == _LOSSLESS_FRAME:
        # Predictor 1 to 7, no spectral selection, point transform below 16 (T.81 table H.1 and B.2.3).
        predictor, selection, approximation = segment[-3:]
        if not 1 <= predictor <= 7 or selection != 0 or approximation > 15:
            return False
    if frame not in (_LOSSLESS_FRAME, _JPEG_LS_FRAME):
        return True
    if segment[0] != 1:
        return True
    marker = _MARKER_IN_SCAN.search(data, start)
    return marker is not None and marker.group(1)[0] == _END


def read_header(stream: bytes) -> StreamHeader | None:
    """Return what a JPEG, JPEG-LS or JPEG 2000 stream announces, ``None`` when it is damaged or none of them.

    JPEG 2000 may be wrapped in its file format (JP2), as some vendors store it.
    """
    if stream.startswith(_JPEG_START):
        return _jpeg_header(stream)
    start = stream.find(_JPEG_2000_START, 0, 4096)
    if start < 0 or len(stream) < start + 43:
        return None
    # SIZ segment (ITU-T T.800 A.5.1): marker, length, capabilities, then Xsiz, Ysiz, XOsiz, YOsiz, four numbers of the
    # tiles, the number of components, and for each one its depth less one (bit 7: signed).
    width = _big_endian(stream, start + 8, 4) - _big_endian(stream, start + 16, 4)
    height = _big_endian(stream, start + 12, 4) - _big_endian(stream, start + 20, 4)
    return StreamHeader(height, width, _big_endian(stream, start + 40, 2), (stream[start + 42] & 0x7F) + 1)
