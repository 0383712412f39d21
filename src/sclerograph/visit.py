"""Read one visit in Python: ``sclerograph.read``."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from sclerograph.anatomy.hand import Side, View
from sclerograph.findings.records import Reading
from sclerograph.networks.protocol import HandNetworks

__all__ = ["load_networks", "read"]


def load_networks(threads: int | None = None) -> HandNetworks:
    """Load the shipped networks, to be given to :func:`read` more than once.

    Parameters
    ----------
    threads
        Threads that the networks may use, ``None`` for all cores.

    Raises
    ------
    MissingComponent
        A shipped model is missing or damaged.
    """
    from sclerograph.networks import runner

    return runner.load_networks(threads)


def read(
    path: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    *,
    side: Side | None = None,
    view: View | None = None,
    mm_per_pixel: float | None = None,
    networks: HandNetworks | None = None,
) -> Reading:
    """Read the hand radiographs of one visit.

    Parameters
    ----------
    path
        One file, or the files of one visit (left and right, two views). DICOM, PNG, JPEG, TIFF or BMP.
    side, view
        What the films show, where the files do not say it. What a file says otherwise is reported as a conflict.
    mm_per_pixel
        Millimetres per pixel in the plane of the hand, where the user has measured it. Without it and without
        calibration in the file the reading has pixels and ratios, and no millimetres.
    networks
        From :func:`load_networks`; loaded anew for this call where they are not given.

    Returns
    -------
    Reading
        Named by the study instance UID, or by the stem of the first file.

    Raises
    ------
    InputRejected
        A file cannot be read, or shows no hand; the class says which, the message why and what to do.
    MissingComponent
        A shipped model is missing or damaged.

    Examples
    --------
    >>> reading = sclerograph.read("hands.dcm")  # doctest: +SKIP
    >>> reading.calcified_area_mm2  # doctest: +SKIP
    """
    from sclerograph.hand.reading import read_films
    from sclerograph.imaging import open_radiograph

    paths = [Path(path)] if isinstance(path, (str, os.PathLike)) else [Path(each) for each in path]
    films = [open_radiograph(each, mm_per_pixel=mm_per_pixel) for each in paths]
    if networks is None:
        networks = load_networks()
    return read_films(films, networks, name=films[0].visit if films else "", side=side, view=view)
