"""A reading as a file: ``reading.json``.

The layout is that of :mod:`sclerograph.findings.records`, published as ``docs/reading.schema.json``. One line holds one
contour, so that the file stays short and two versions of it can be compared line by line.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sclerograph.errors import UnreadableFile
from sclerograph.findings.atomic_file import write_atomically
from sclerograph.findings.records import SCHEMA, Reading

__all__ = ["read_reading", "reading_text", "write_reading"]

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
    return "".join(_lines(_rounded(reading.model_dump(mode="json", by_alias=True), ""), 0)) + "\n"


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
    content = Path(path).read_bytes()
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        raise UnreadableFile("not a JSON file", "a reading is JSON in UTF-8", _REMEDY) from None
    layout = document.get("schema") if isinstance(document, dict) else None
    if not isinstance(layout, str) or not layout.startswith("sclerograph.reading/"):
        raise UnreadableFile(
            "JSON that names no layout of sclerograph", "it is no reading of this software", "give a reading.json"
        )
    if layout != SCHEMA:
        raise UnreadableFile(
            "a reading of another layout version", f"this version reads {SCHEMA}", "use the version that wrote it"
        )
    try:
        reading = Reading.model_validate_json(content, strict=True)
    except ValidationError as error:
        # from None: pydantic's own message repeats the values of the file.
        raise UnreadableFile("a damaged reading", _first_complaint(error), _REMEDY) from None
    _require_consistency(reading)
    return reading


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
