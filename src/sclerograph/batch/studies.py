"""Which DICOM study a film belongs to, told from its header alone."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

from sclerograph.errors import InputRejected
from sclerograph.imaging.content import sniff

__all__ = ["study_of"]

# PS3.5 9.1: digits and points, 64 at most. Anything else is no identifier, and would be no safe folder name either.
_UID = re.compile(r"[0-9][0-9.]{0,63}")
_HEAD_BYTES = 1024


def study_of(path: Path) -> str | None:
    """Return the study instance UID of a DICOM file.

    ``None`` for other files, for files that cannot be read (which is told when they are opened), and where the
    attribute is missing or is no UID.
    """
    try:
        with path.open("rb") as stream:
            if sniff(stream.read(_HEAD_BYTES)) != "dicom":
                return None
    except (OSError, InputRejected):
        return None
    from pydicom import dcmread

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            header = dcmread(path, stop_before_pixels=True, force=True, specific_tags=["StudyInstanceUID"])
            study = str(header.get("StudyInstanceUID", "") or "").strip(" \0")
        except Exception:
            # A damaged header can raise almost anything; the film is then judged when it is opened.
            return None
    return study if _UID.fullmatch(study) else None
