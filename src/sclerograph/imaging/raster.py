"""PNG, JPEG, TIFF and BMP become radiographs.

Coordinates are those of the image as displayed, after the rotation that EXIF orders: the same that any viewer shows.
Raster files carry no trustworthy millimetres (their dots per inch describe paper), so they are not calibrated.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import PurePath
from threading import Lock

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile, ImageOps

from sclerograph.errors import InputRejected, UnreadableFile, UnsupportedImage
from sclerograph.imaging.calibration import NO_CALIBRATION
from sclerograph.imaging.colour import grey_of_colour
from sclerograph.imaging.content import ImageKind
from sclerograph.imaging.film import clean_film
from sclerograph.imaging.greys import stretch
from sclerograph.imaging.limits import check_size
from sclerograph.imaging.radiograph import Radiograph, Source

__all__ = ["read_raster"]

_FORMATS: dict[str, tuple[str, ...]] = {
    "png": ("PNG",),
    "jpeg": ("JPEG", "MPO"),
    "tiff": ("TIFF",),
    "bmp": ("BMP",),
}
_EXIF_ORIENTATION = 0x0112
_TIFF_PHOTOMETRIC, _TIFF_SUBFILE = 262, 254
_WHITE_IS_ZERO, _REDUCED_COPY = 0, 1
#: Held while a setting of Pillow, which is one for the process, is ours.
_PILLOW = Lock()


def _damaged(kind: str) -> UnreadableFile:
    return UnreadableFile(
        f"a {kind.upper()} file that cannot be decoded", "it is truncated or damaged", "copy or export the film again"
    )


def _check_single_picture(image: Image.Image) -> None:
    """Refuse files of several pictures; reduced copies of the first one (TIFF, phone JPEG) do not count."""
    if image.format != "TIFF":
        return
    frames = getattr(image, "n_frames", 1)
    if frames > 1000:
        frames, pictures = 1, frames
    else:
        pictures = 0
        for frame in range(frames):
            image.seek(frame)
            tags = getattr(image, "tag_v2", {})
            pictures += not int(tags.get(_TIFF_SUBFILE, 0)) & _REDUCED_COPY
        image.seek(0)
    if pictures > 1:
        raise UnsupportedImage(
            f"a TIFF file of {pictures} pictures",
            "a radiograph has one picture, and which of them to read is not said",
            "save each film as a file of its own",
        )


@contextmanager
def _only_whole_files() -> Iterator[None]:
    """Let Pillow refuse truncated files.

    WeasyPrint, once imported, has it fill them up instead, in the whole process: half a film would be read as a film.
    """
    with _PILLOW:
        lenient, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
        try:
            yield
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = lenient


def _open(data: bytes, kind: ImageKind) -> tuple[Image.Image, list[str]]:
    with _only_whole_files():
        image = Image.open(BytesIO(data), formats=_FORMATS[kind])
        notes = check_size(image.height, image.width)
        _check_single_picture(image)
        image.load()
    return image, notes


def _with_alpha(image: Image.Image) -> bool:
    return image.mode in ("LA", "PA", "RGBA", "La", "RGBa") or "transparency" in image.info


def _deep_greys(image: Image.Image) -> NDArray[np.float32]:
    """Greys of more than 8 bits: their range is unknown (12 bits in 16 are common) and is found in the film."""
    values = np.asarray(image).astype(np.float32)
    if values.ndim != 2:
        raise ValueError("not grey")
    greys = stretch(values, np.isfinite(values))
    tags = getattr(image, "tag_v2", {})
    # Pillow turns WhiteIsZero round for 8 bits only.
    if image.mode.startswith("I;16") and tags.get(_TIFF_PHOTOMETRIC) == _WHITE_IS_ZERO:
        return np.float32(1.0) - greys
    return greys


def _decode(
    data: bytes, kind: ImageKind
) -> tuple[NDArray[np.float32], NDArray[np.bool_], NDArray[np.bool_] | None, list[str]]:
    """Return greys, where there is film, annotations, and notes."""
    image, notes = _open(data, kind)
    if image.mode == "1":
        raise UnsupportedImage(
            "a picture in black and white without greys", "a film has greys", "give the film with its greys"
        )
    orientation = image.getexif().get(_EXIF_ORIENTATION, 1)
    if orientation not in (0, 1):
        notes.append("the image was turned as its EXIF data order; coordinates are those of the turned image")
    if image.mode[0] in "IF":
        deep = _deep_greys(image)
        image = ImageOps.exif_transpose(_marked(image, deep))
        greys = np.asarray(image, dtype=np.float32)
        return greys, np.ones(greys.shape, dtype=bool), None, notes
    image = ImageOps.exif_transpose(image)
    film: NDArray[np.bool_] | None = None
    if _with_alpha(image):
        alpha = np.asarray(image.convert("RGBA").getchannel("A"))
        film = alpha >= 128
        if not film.all():
            notes.append("transparent parts of the image were left out")
    if image.mode in ("L", "LA", "La"):
        greys = np.asarray(image.convert("LA" if image.mode != "L" else "L"), dtype=np.float32)
        greys = (greys[..., 0] if greys.ndim == 3 else greys) / np.float32(255.0)
        return greys, np.ones(greys.shape, dtype=bool) if film is None else film, None, notes
    if image.mode == "CMYK":
        notes.append("the image is in printing colours (CMYK); greys are approximate")
    rgba = image.convert("RGBA") if film is not None else image
    rgb = np.array(rgba.convert("RGB"))
    if film is None:
        film = np.ones(rgb.shape[:2], dtype=bool)
    rgb[~film] = 0
    colour = grey_of_colour(rgb)
    return colour.values, film, colour.annotations, [*notes, *colour.notes]


def _marked(image: Image.Image, greys: NDArray[np.float32]) -> Image.Image:
    """The greys as a picture that carries the orientation of the original."""
    marked = Image.fromarray(greys)
    exif = image.getexif()
    if _EXIF_ORIENTATION in exif:
        marked.getexif()[_EXIF_ORIENTATION] = exif[_EXIF_ORIENTATION]
    return marked


def read_raster(data: bytes, kind: ImageKind, file: str, sha256: str) -> Radiograph:
    """Return the radiograph in the bytes of a PNG, JPEG, TIFF or BMP file.

    Parameters
    ----------
    data
        The whole file.
    kind
        What its first bytes say that it is.
    file, sha256
        Name and checksum for the :class:`Source`.

    Raises
    ------
    InputRejected
        With the reason.
    """
    with warnings.catch_warnings():
        # Pillow warns of metadata that are damaged and of sizes that check_size refuses.
        warnings.simplefilter("ignore")
        try:
            greys, film, annotations, notes = _decode(data, kind)
        except InputRejected:
            raise
        except Image.DecompressionBombError:
            check_size(2**15, 2**15)
            raise
        except Exception:
            # Pillow raises many kinds of error on damaged bytes: OSError, SyntaxError, ValueError, struct.error ...
            raise _damaged(kind) from None
    cleaned = clean_film(greys, film, annotations, polarity_is_known=False)
    rows, columns = greys.shape
    return Radiograph(
        pixels=cleaned.pixels,
        valid=cleaned.valid,
        calibration=NO_CALIBRATION,
        source=Source(file, sha256, rows, columns),
        visit=PurePath(file).stem,
        notes=(*notes, *cleaned.notes),
    )
