"""What a reader of a session gets: a list of films by their codes, a form to fill, and, if wanted, the pictures.

Nothing of it says whose a film is, when it was taken or which films come twice.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sclerograph.errors import InputRejected, UsageError
from sclerograph.findings.atomic_file import write_atomically
from sclerograph.imaging import Radiograph, find_inputs, open_radiograph
from sclerograph.registry.reading_form import FormItem
from sclerograph.registry.sessions import Presented, presentations, session_plan
from sclerograph.registry.store import Registry

__all__ = ["FORM_FILE", "HAND_COLUMNS", "WORKLIST_FILE", "WrittenList", "folder_of_reader", "write_worklist"]

WORKLIST_FILE = "worklist.csv"
FORM_FILE = "form.csv"
#: The columns of a form that say which hand a row is of, and the last one.
HAND_COLUMNS = ("code", "hand")
COMMENT_COLUMN = "comment"


@dataclass(frozen=True)
class WrittenList:
    """What was written for a reader: where, how many films, and the codes of films whose file was not found."""

    folder: Path
    films: int
    without_picture: tuple[str, ...] = ()


def folder_of_reader(reader: str) -> str:
    """Return a folder name for a reader that every file system takes, another for each name."""
    plain = re.sub(r"[^A-Za-z0-9]+", "-", reader).strip("-")
    mark = hashlib.sha256(reader.encode()).hexdigest()[:6]
    return plain if plain == reader else f"{plain}-{mark}".strip("-")


def write_worklist(
    registry: Registry, session: str, reader: str, out: Path, films: Iterable[Path] | None = None
) -> WrittenList:
    """Write the worklist and the empty form of a reader into a new folder below ``out``.

    Parameters
    ----------
    registry, session, reader
        Whose list.
    out
        Where the reader's folder goes.
    films
        Files and folders in which the films lie: each is then written as a picture named by its code, without anything
        else that its file says. A film is known by its SHA-256.

    Raises
    ------
    UsageError
        There is no such session or reader, or the folder exists (it may hold a form that is filled), or it cannot be
        written.
    """
    plan = session_plan(registry, session)
    listed = presentations(registry, session, reader)
    folder = out / folder_of_reader(reader)
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        raise UsageError(f"{folder} exists and may hold a form that is filled: give another folder") from None
    except OSError as error:
        raise UsageError(f"the folder {folder} cannot be made: {error.strerror}") from None
    pictures = {} if films is None else _write_pictures(listed, films, folder)
    write_atomically(folder / WORKLIST_FILE, _worklist(listed, pictures))
    write_atomically(folder / FORM_FILE, _form(listed, plan.items))
    missing = [each.code for each in listed if films is not None and each.code not in pictures]
    return WrittenList(folder, len(listed), tuple(missing))


def _worklist(listed: Sequence[Presented], pictures: dict[str, float | None]) -> str:
    chronological = any(each.case_code for each in listed)
    columns = ["place", "code", "hands", *(["case", "film_of_case"] if chronological else [])]
    columns += ["picture", "mm_per_pixel"] if pictures else []
    rows = []
    for each in listed:
        row = [each.place, each.code, " ".join(each.hands)]
        row += [each.case_code, each.case_place] if chronological else []
        if pictures:
            scale = pictures.get(each.code)
            row += [_picture_name(each.code) if each.code in pictures else "", "" if scale is None else f"{scale:.6g}"]
        rows.append(row)
    return _csv(columns, rows)


def _form(listed: Sequence[Presented], items: Sequence[FormItem]) -> str:
    names = [item.name for item in items]
    empty = [""] * (len(names) + 1)
    rows = [[each.code, hand, *empty] for each in listed for hand in each.hands]
    return _csv([*HAND_COLUMNS, *names, COMMENT_COLUMN], rows)


def _csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return stream.getvalue()


def _write_pictures(listed: Sequence[Presented], films: Iterable[Path], folder: Path) -> dict[str, float | None]:
    """Write the films as pictures and return their millimetres per pixel by code."""
    wanted: dict[str, list[str]] = {}
    for each in listed:
        wanted.setdefault(each.film_sha256, []).append(each.code)
    written: dict[str, float | None] = {}
    for path in find_inputs(films):
        with path.open("rb") as stream:
            codes = wanted.pop(hashlib.file_digest(stream, "sha256").hexdigest(), [])
        if not codes:
            continue
        try:
            film = open_radiograph(path)
        except InputRejected:
            # It was read once, so this is a file that another version of the software takes; it is named as missing.
            continue
        for code in codes:
            write_atomically(folder / _picture_name(code), _png(film))
            written[code] = film.calibration.mm_per_pixel
        if not wanted:
            break
    return written


def _picture_name(code: str) -> str:
    return f"{code}.png"


def _png(film: Radiograph) -> bytes:
    """Return the pixels alone as a picture of 16 bits."""
    from PIL import Image

    levels = np.rint(np.clip(film.pixels, 0.0, 1.0) * 65535.0).astype(np.uint16)
    stream = io.BytesIO()
    Image.fromarray(levels).save(stream, format="PNG")
    return stream.getvalue()
