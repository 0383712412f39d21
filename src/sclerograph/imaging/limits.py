"""How large and how small an image may be, checked before a single pixel is decoded."""

from __future__ import annotations

from sclerograph.errors import UnreadableFile, UnsupportedImage

__all__ = [
    "LARGEST_FILE_BYTES",
    "LARGEST_IMAGE_PIXELS",
    "SMALLEST_SIDE_PIXELS",
    "SMALL_SIDE_PIXELS",
    "check_size",
]

#: A 43 cm x 43 cm film at 50 micrometres has 74 million pixels; beyond this size a file is a decompression bomb.
LARGEST_IMAGE_PIXELS = 100_000_000
#: No file of a film within the limit above needs more, whatever its depth.
LARGEST_FILE_BYTES = 1_000_000_000
#: Below this side not even the phalanges of one hand can be told apart.
SMALLEST_SIDE_PIXELS = 200
#: Below this side small deposits are not seen; such copies are read with a note.
SMALL_SIDE_PIXELS = 500


def check_size(rows: int, columns: int) -> list[str]:
    """Refuse sizes that cannot be read safely or usefully, and return notes on small ones.

    Raises
    ------
    UnreadableFile
        More than :data:`LARGEST_IMAGE_PIXELS` pixels, or a side of no pixels.
    UnsupportedImage
        A side of less than :data:`SMALLEST_SIDE_PIXELS`.
    """
    if rows <= 0 or columns <= 0:
        raise UnreadableFile(
            "an image without pixels", "its rows or columns are missing or zero", "export the film again"
        )
    if rows * columns > LARGEST_IMAGE_PIXELS:
        raise UnreadableFile(
            f"an image of {columns} x {rows} pixels",
            f"more than {LARGEST_IMAGE_PIXELS // 1_000_000} million pixels are not opened, lest the memory runs out",
            "export the film at its original size",
        )
    if min(rows, columns) < SMALLEST_SIDE_PIXELS:
        raise UnsupportedImage(
            f"an image of {columns} x {rows} pixels",
            f"a hand cannot be measured on less than {SMALLEST_SIDE_PIXELS} pixels a side",
            "give the film at its original size",
        )
    if min(rows, columns) < SMALL_SIDE_PIXELS:
        return [f"the image is small ({columns} x {rows} pixels): small deposits cannot be seen on it"]
    return []
