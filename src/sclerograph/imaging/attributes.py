"""DICOM attributes of files that nobody has checked: a value of the right type, or nothing.

Damaged and careless files hold text where numbers belong, empty sequences and impossible encodings. None of that may
stop a film from being read, so every accessor here answers ``None`` (or nothing) instead of raising.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydicom import Dataset

__all__ = ["integer", "items", "number", "numbers", "text", "texts"]


def _value(dataset: Dataset, keyword: str) -> Any:
    # pydicom converts values when they are first asked for; on damaged bytes that raises almost anything.
    try:
        return dataset.get(keyword)
    except Exception:
        return None


def _values(dataset: Dataset, keyword: str) -> list[Any]:
    value = _value(dataset, keyword)
    if value is None:
        return []
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        return list(value)
    return [value]


def texts(dataset: Dataset, keyword: str) -> list[str]:
    """Return all values as upper-case text without surrounding blanks; empty values are left out."""
    found = (value.strip(" \0").upper() for value in _values(dataset, keyword) if isinstance(value, str))
    return [value for value in found if value]


def text(dataset: Dataset, keyword: str) -> str:
    """Return the first value as upper-case text, ``""`` where there is none."""
    return next(iter(texts(dataset, keyword)), "")


def numbers(dataset: Dataset, keyword: str) -> list[float]:
    """Return all values as finite numbers; an attribute with any other value counts as absent."""
    found = []
    for value in _values(dataset, keyword):
        try:
            number_ = float(value)
        except (TypeError, ValueError):
            return []
        if not math.isfinite(number_):
            return []
        found.append(number_)
    return found


def number(dataset: Dataset, keyword: str) -> float | None:
    """Return the first value as a finite number."""
    return next(iter(numbers(dataset, keyword)), None)


def integer(dataset: Dataset, keyword: str) -> int | None:
    """Return the first value as an integer."""
    found = number(dataset, keyword)
    return None if found is None else int(found)


def items(dataset: Dataset, keyword: str) -> Iterator[Dataset]:
    """Yield the items of a sequence."""
    from pydicom import Dataset

    for item in _values(dataset, keyword):
        if isinstance(item, Dataset):
            yield item
