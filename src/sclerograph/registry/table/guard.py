"""Cells that a spreadsheet would run: the first sign of a text can make it a formula (OWASP, "CSV injection")."""

from __future__ import annotations

import re

__all__ = ["guarded", "is_formula", "unguarded"]

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
#: What begins with a sign and is a number is harmless, and has to stay one.
_NUMBER = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d+)?", re.ASCII)


def is_formula(text: str) -> bool:
    """Return True when a spreadsheet would take the text as a formula."""
    return text.startswith(_STARTS) and _NUMBER.fullmatch(text) is None


def guarded(text: str) -> str:
    """Return the text with an apostrophe before it when a spreadsheet would run it."""
    return "'" + text if is_formula(text) or (text.startswith("'") and is_formula(text.lstrip("'"))) else text


def unguarded(text: str) -> str:
    """Return a text as it was before :func:`guarded`."""
    return text[1:] if text.startswith("'") and is_formula(text.lstrip("'")) else text
