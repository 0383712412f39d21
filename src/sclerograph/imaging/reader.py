"""The door of the imaging floor: any file in, a radiograph or one clear refusal out."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from sclerograph.errors import UnreadableFile
from sclerograph.imaging.calibration import calibration_of_ruler, disagreement
from sclerograph.imaging.content import looks_like_image, sniff
from sclerograph.imaging.limits import LARGEST_FILE_BYTES
from sclerograph.imaging.radiograph import Radiograph

__all__ = ["find_inputs", "open_radiograph"]

#: Files of these kinds lie beside films (truth, tables, notes) and are passed over in folders unless they are images.
_COMPANIONS = frozenset(
    {".csv", ".htm", ".html", ".ini", ".js", ".json", ".log", ".md", ".pdf", ".py", ".rst", ".sha256", ".svg"}
    | {".toml", ".txt", ".xls", ".xlsx", ".xml", ".yaml", ".yml"}
)
_DIRECTORY_FILE = "DICOMDIR"


def _read_bytes(path: Path) -> bytes:
    try:
        if not path.is_file():
            what = "a folder or a device" if path.exists() else "no such file"
            raise UnreadableFile(what, "there is nothing to read under this name", "check the path")
        if path.stat().st_size > LARGEST_FILE_BYTES:
            raise UnreadableFile(
                "a file of more than 1 GB", "no hand film is that large", "give the film by itself, as it was exported"
            )
        return path.read_bytes()
    except OSError as error:
        reason = (error.strerror or "the system refused").lower()
        raise UnreadableFile("a file that cannot be opened", reason, "check its permissions and the disk") from None


def open_radiograph(path: str | os.PathLike[str], *, mm_per_pixel: float | None = None) -> Radiograph:
    """Read one film.

    What the file is, is decided by its content and not by its name. Coordinates of everything that is measured later
    are pixels of this image; for raster files with an EXIF rotation, of the image as displayed.

    Parameters
    ----------
    path
        A DICOM, PNG, JPEG, TIFF or BMP file.
    mm_per_pixel
        Millimetres in the plane of the hand for one pixel, measured by the user; it overrides what the file says.

    Returns
    -------
    The film with greys between 0 and 1, bone bright.

    Raises
    ------
    InputRejected
        The file cannot be read as a hand film; the message says what was found, why that matters, and what to do.
    UsageError
        ``mm_per_pixel`` is no sensible number.
    """
    ruler = None if mm_per_pixel is None else calibration_of_ruler(mm_per_pixel)
    path = Path(path)
    data = _read_bytes(path)
    kind = sniff(data)
    checksum = hashlib.sha256(data).hexdigest()
    # The libraries behind the two readers are imported only when a file needs them.
    try:
        if kind == "dicom":
            from sclerograph.imaging.dicom import read_dicom

            radiograph = read_dicom(data, path.name, checksum)
        else:
            from sclerograph.imaging.raster import read_raster

            radiograph = read_raster(data, kind, path.name, checksum)
    except MemoryError:
        raise UnreadableFile(
            "an image that does not fit into memory", "it is too large", "give a smaller copy"
        ) from None
    if ruler is None:
        return radiograph
    note = disagreement(ruler, radiograph.calibration)
    notes = radiograph.notes if note is None else (*radiograph.notes, note)
    return replace(radiograph, calibration=ruler, notes=notes)


def _is_hidden(name: str) -> bool:
    return name.startswith(".") or name in ("__MACOSX", "Thumbs.db", "desktop.ini")


def _is_candidate(path: Path) -> bool:
    if _is_hidden(path.name) or path.name.upper() == _DIRECTORY_FILE:
        return False
    if path.suffix.lower() not in _COMPANIONS:
        return True
    try:
        with path.open("rb") as file:
            return looks_like_image(file.read(132))
    except OSError:
        return False


def find_inputs(paths: Iterable[str | os.PathLike[str]]) -> list[Path]:
    """Return the files to read under these paths, sorted, each once.

    Files that are named are kept whatever they are, so that a refusal can say why; only a DICOMDIR, which merely lists
    images, is passed over. Folders are searched to any depth, without following links; hidden files, DICOMDIR and
    files that only accompany films (tables, truth, notes) are passed over there.
    """
    found: dict[Path, Path] = {}
    for given in map(Path, paths):
        if not given.is_dir():
            if given.name.upper() != _DIRECTORY_FILE:
                found.setdefault(given.absolute(), given)
            continue
        for folder, subfolders, names in os.walk(given):
            subfolders[:] = [name for name in subfolders if not _is_hidden(name)]
            for path in (Path(folder, name) for name in names):
                if path.is_file() and _is_candidate(path):
                    found.setdefault(path.absolute(), path)
    return [found[key] for key in sorted(found)]
