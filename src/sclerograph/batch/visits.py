"""Which films belong to one visit, and what the visit's folder is called.

DICOM files of one study are one visit, named by the study instance UID (PS3.3 C.7.2.1). A raster file is a visit of its
own, named by its stem, unless files of one folder differ only by what they show of the same hands: ``anna_L.png`` and
``anna_R.png``, ``7.PA.jpg`` and ``7.oblique.jpg``. Such files are one visit, named by what they have in common.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Visit", "assign_names", "group_films", "path_key", "safe_name", "shown"]

_SIDES = {"l": "L", "left": "L", "lt": "L", "r": "R", "right": "R", "rt": "R"}
_VIEWS = {"pa": "PA", "ap": "AP", "obl": "oblique", "oblique": "oblique", "lat": "lateral", "lateral": "lateral"}
_LAST_WORD = re.compile(r"^(?P<rest>.*\w)[ ._-]+(?P<word>[A-Za-z]+)$")

#: Names that the batch itself uses in the output folder.
_RESERVED = frozenset({"summary.csv", "rejected.csv"})
# The longest file name on common file systems is 255 bytes; leave room for the prefixes of temporary folders.
_LONGEST_NAME = 120


@dataclass(frozen=True)
class Visit:
    """Films that make one reading. ``key`` identifies the visit for good, ``name`` is the folder that it wishes for."""

    key: str
    name: str
    films: tuple[Path, ...]


def path_key(path: Path) -> str:
    """Return a key for a path that does not show the path: folders can be named after patients."""
    return hashlib.sha256(str(path.absolute()).encode("utf-8", "surrogateescape")).hexdigest()[:32]


def group_films(studies: Mapping[Path, str | None]) -> list[Visit]:
    """Group films into visits.

    Parameters
    ----------
    studies
        For each film its DICOM study instance UID, ``None`` for raster files and for DICOM files without one.

    Returns
    -------
    list of Visit
        In the order in which the first film of each visit was given; films of a visit in the order given.
    """
    by_study: defaultdict[str, list[Path]] = defaultdict(list)
    loose: list[Path] = []
    for path, study in studies.items():
        if study:
            by_study[study].append(path)
        else:
            loose.append(path)
    visits = [Visit(f"study:{study}", safe_name(study), tuple(films)) for study, films in by_study.items()]
    visits += _group_by_name(loose)
    order = {path: number for number, path in enumerate(studies)}
    return sorted(visits, key=lambda visit: order[visit.films[0]])


def _group_by_name(paths: Iterable[Path]) -> list[Visit]:
    """Join raster files whose names differ only by side or view; every other file is a visit of its own."""
    candidates: defaultdict[tuple[Path, str], list[tuple[Path, str, tuple[str | None, str | None]]]] = defaultdict(list)
    alone: list[Path] = []
    for path in paths:
        base, side, view = _split_stem(path.stem)
        if side is None and view is None:
            alone.append(path)
        else:
            candidates[path.parent, base.casefold()].append((path, base, (side, view)))
    visits = []
    for members in candidates.values():
        shown = [what for _, _, what in members]
        if len(members) > 1 and len(set(shown)) == len(shown):
            films = tuple(path for path, _, _ in members)
            base = members[0][1]
            visits.append(Visit(f"file:{path_key(films[0].parent / base.casefold())}", safe_name(base), films))
        else:
            # Two files that claim to show the same, such as hand_L.png and hand_L.jpg, are not one visit.
            alone += [path for path, _, _ in members]
    visits += [Visit(f"file:{path_key(path)}", safe_name(path.stem), (path,)) for path in alone]
    return visits


def _split_stem(stem: str) -> tuple[str, str | None, str | None]:
    """Split a stem into what is before, the side and the view that its last words name (at most one of each)."""
    rest, side, view = stem, None, None
    while match := _LAST_WORD.match(rest):
        word = match["word"].casefold()
        if side is None and word in _SIDES:
            side = _SIDES[word]
        elif view is None and word in _VIEWS:
            view = _VIEWS[word]
        else:
            break
        rest = match["rest"]
    return rest, side, view


def safe_name(wish: str) -> str:
    """Return a folder name that every file system takes, as near to the wish as possible."""
    name = re.sub(r'[\x00-\x1f<>:"/\\|?*\x7f\ud800-\udfff]', "_", wish).strip(" ").rstrip(".")
    if not name or name.startswith(".") or name.casefold() in _RESERVED:
        name = f"_{name.lstrip('.')}"
    if len(name.encode()) > _LONGEST_NAME:
        tail = hashlib.sha256(wish.encode("utf-8", "surrogateescape")).hexdigest()[:8]
        name = f"{name.encode()[: _LONGEST_NAME - 9].decode(errors='ignore')}-{tail}"
    return name


def assign_names(
    visits: Iterable[Visit], known: Mapping[str, str], is_same: Callable[[str, Visit], bool]
) -> dict[str, str]:
    """Give every visit a folder of its own, and the same one in every run.

    Parameters
    ----------
    visits
        The visits of this run.
    known
        Key to folder name of visits of earlier runs into the same output folder.
    is_same
        Asked when a wished name belongs to a visit with another key: whether the folder of that name was made from the
        very films of this visit, which have only moved.

    Returns
    -------
    dict
        Visit key to folder name. Names differ even where a file system ignores case; the second of two visits that wish
        for one name gets eight digits of its key's hash behind it.
    """
    visits = list(visits)
    owner = {name.casefold(): key for key, name in known.items()}
    current = {visit.key for visit in visits}
    names: dict[str, str] = {}
    for visit in visits:
        name = known.get(visit.key)
        if name is None:
            name = visit.name
            holder = owner.get(name.casefold())
            if holder is not None and (holder in current or not is_same(name, visit)):
                name = f"{visit.name}-{hashlib.sha256(visit.key.encode()).hexdigest()[:8]}"
            owner[name.casefold()] = visit.key
        names[visit.key] = name
    return names


def shown(path: Path) -> str:
    """Return a path as people know it, on one line: from the current folder where it lies below it.

    A name that a spreadsheet would run as a formula gets ``./`` before it, which is the same path.
    """
    here = Path.cwd()
    text = str(path.relative_to(here) if path.is_relative_to(here) else path)
    text = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
    return f"./{text}" if text.startswith(("=", "+", "-", "@")) else text
