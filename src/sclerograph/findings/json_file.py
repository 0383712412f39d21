"""A reading as a file: ``reading.json``.

The layout is that of :mod:`sclerograph.findings.records`, published as ``docs/reading.schema.json``. One line holds one
contour, so that the file stays short and two versions of it can be compared line by line.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from sclerograph.errors import UnreadableFile
from sclerograph.findings.atomic_file import write_atomically
from sclerograph.findings.records import SCHEMA, Reading

__all__ = [
    "document_text",
    "parse_reading",
    "read_document",
    "read_reading",
    "reading_text",
    "tree_text",
    "write_reading",
]

Document = TypeVar("Document", bound=BaseModel)

# A hundredth of a pixel is far below what a film resolves; contours have thousands of points and get one digit less.
_PIXEL_DECIMALS = 2
_CONTOUR_DECIMALS = 1
_MILLIMETRE_DECIMALS = 4
_SIGNIFICANT_DIGITS = 5

_CONTOUR_KEYS = frozenset({"contours", "soft_tissue"})
_PIXEL_KEYS = frozenset({"x", "y", "box"})
# A calibration is an input, not a measurement: it is kept to the last digit.
_EXACT_KEYS = frozenset({"mm_per_pixel", "magnification"})

_REMEDY = "read the radiograph again with this version"


def write_reading(reading: Reading, path: Path | str) -> None:
    """Write a reading as JSON: the file is complete or not there.

    Coordinates are rounded to 0.01 pixel (contours to 0.1), millimetres to 0.0001, other numbers to five digits; the
    calibration is kept exactly.

    Raises
    ------
    OSError
        The folder is missing or not writable.
    """
    write_atomically(path, reading_text(reading))


def reading_text(reading: Reading) -> str:
    """Return the text of ``reading.json`` for a reading; the same reading gives the same text."""
    return document_text(reading)


def document_text(document: BaseModel) -> str:
    """Return the text of any file of records, laid out and rounded as ``reading.json`` is."""
    return tree_text(_rounded(document.model_dump(mode="json", by_alias=True), ""))


def tree_text(document: dict[str, Any]) -> str:
    """Return the text of a JSON tree, laid out as ``reading.json`` is, with its numbers as they are."""
    return "".join(_lines(document, 0)) + "\n"


def read_reading(path: Path | str) -> Reading:
    """Read a reading that :func:`write_reading` wrote.

    Raises
    ------
    UnreadableFile
        Not JSON, not a reading, of another version of the layout, damaged, or contradicting itself. The message names
        the place in the file and never a value from it.
    OSError
        The file cannot be opened.
    """
    return parse_reading(Path(path).read_bytes())


def parse_reading(content: bytes) -> Reading:
    """Return the reading that the content of a ``reading.json`` holds; raises ``UnreadableFile`` as reading it does."""
    reading = _parse_document(content, Reading, SCHEMA, "reading")
    _require_consistency(reading)
    return reading


def read_document(path: Path, kind: type[Document], layout: str, noun: str) -> Document:
    """Read a file of records.

    Parameters
    ----------
    path
        The file.
    kind
        The record that the file holds, with its layout in the field ``schema``.
    layout
        The only layout that is read: ``sclerograph.reading/1``.
    noun
        What messages call it: ``reading``.

    Raises
    ------
    UnreadableFile
        Not JSON, no such record, of another version of the layout, or damaged; no message holds a value of the file.
    OSError
        The file cannot be opened.
    """
    return _parse_document(path.read_bytes(), kind, layout, noun)


def _parse_document(content: bytes, kind: type[Document], layout: str, noun: str) -> Document:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        raise UnreadableFile("not a JSON file", f"a {noun} is JSON in UTF-8", _REMEDY) from None
    found = document.get("schema") if isinstance(document, dict) else None
    if not isinstance(found, str) or not found.startswith(layout.partition("/")[0] + "/"):
        raise UnreadableFile(
            "JSON that names no layout of sclerograph"
            if not str(found).startswith("sclerograph.")
            else "another kind of file of sclerograph",
            f"it is no {noun} of this software",
            f"give a {noun}.json",
        )
    if found != layout:
        raise UnreadableFile(
            f"a {noun} of another layout version", f"this version reads {layout}", "use the version that wrote it"
        )
    try:
        return kind.model_validate_json(content, strict=True)
    except ValidationError as error:
        # from None: pydantic's own message repeats the values of the file.
        raise UnreadableFile(f"a damaged {noun}", _first_complaint(error), _REMEDY) from None


def _first_complaint(error: ValidationError) -> str:
    """Return where and how the file breaks the layout, without the offending value."""
    problems = error.errors(include_url=False, include_context=False, include_input=False)
    place = ".".join(str(step) for step in problems[0]["loc"]) or "file"
    more = f" (and {len(problems) - 1} more places)" if len(problems) > 1 else ""
    return f"{place}: {problems[0]['msg']}{more}"


def _require_consistency(reading: Reading) -> None:
    """Reject a reading whose parts refer to films that are not there, or to one name twice."""
    sources = [source.id for source in reading.sources]
    if len(set(sources)) != len(sources):
        raise UnreadableFile("a damaged reading", "two sources have the same id", _REMEDY)
    for number, hand in enumerate(reading.hands):
        if hand.source not in sources:
            raise UnreadableFile("a damaged reading", f"hands.{number}.source: no such source", _REMEDY)
        names = [deposit.id for deposit in hand.deposits]
        if len(set(names)) != len(names):
            raise UnreadableFile("a damaged reading", f"hands.{number}: two deposits have the same id", _REMEDY)


def _rounded(value: Any, key: str) -> Any:
    """Round the numbers of a JSON tree by the unit in the name of their key."""
    if isinstance(value, dict):
        return {name: _rounded(item, name) for name, item in value.items()}
    if isinstance(value, list):
        return [_rounded(item, key) for item in value]
    if not isinstance(value, float) or key in _EXACT_KEYS:
        return value
    if key in _CONTOUR_KEYS:
        return round(value, _CONTOUR_DECIMALS)
    if key in _PIXEL_KEYS or key.endswith("_px"):
        return round(value, _PIXEL_DECIMALS)
    if key.endswith(("_mm", "_mm2")):
        return round(value, _MILLIMETRE_DECIMALS)
    return float(f"{value:.{_SIGNIFICANT_DIGITS}g}")


def _lines(value: Any, depth: int) -> Iterator[str]:
    """Yield the text of a JSON tree: one line for each key, and for each flat list or contour."""
    if not isinstance(value, (dict, list)) or not _is_nested(value):
        yield json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return
    opening, closing = ("{", "}") if isinstance(value, dict) else ("[", "]")
    items = value.items() if isinstance(value, dict) else ((None, item) for item in value)
    yield opening
    for number, (key, item) in enumerate(items):
        yield ("," if number else "") + "\n" + " " * (depth + 1)
        if key is not None:
            yield json.dumps(key, ensure_ascii=False) + ": "
        yield from _lines(item, depth + 1)
    yield "\n" + " " * depth + closing


def _is_nested(value: dict[str, Any] | list[Any]) -> bool:
    """Return True for a container that is spread over several lines.

    A record of plain values stays on one line, and so does a contour: a list of points, each a list of two numbers.
    """
    children = list(value.values()) if isinstance(value, dict) else value
    if isinstance(value, dict):
        return any(isinstance(child, (dict, list)) and child for child in children)
    if all(isinstance(child, list) and not any(isinstance(x, (dict, list)) for x in child) for child in children):
        return False
    return any(isinstance(child, (dict, list)) for child in children)
