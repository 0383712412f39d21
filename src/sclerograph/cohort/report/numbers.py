"""``results.json``: every result as plain numbers, for programs; the tables hold the same, rounded for people."""

from __future__ import annotations

import json
import math
from dataclasses import fields, is_dataclass
from typing import Any

from pydantic import BaseModel

from sclerograph.cohort.analysis import Analysis

__all__ = ["results_json"]

#: Left out: patients themselves, and curves as long as the cohort.
_LEFT_OUT = frozenset({"cohort", "plan", "patients", "published"})
_LONGEST = 200


def results_json(analysis: Analysis) -> str:
    """Return all results as JSON. Infinite numbers are the texts ``inf`` and ``-inf``; what cannot be told is null."""
    content = {"schema": "sclerograph.cohort-results/1", "title": analysis.plan.title, "patients": analysis.n}
    return json.dumps({**content, **_plain(analysis)}, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        found = {}
        for field in fields(value):
            if field.name not in _LEFT_OUT:
                inner = getattr(value, field.name)
                if not (isinstance(inner, tuple) and len(inner) > _LONGEST):
                    found[field.name] = _plain(inner)
        return found
    if isinstance(value, BaseModel):
        # a variable is known by its name: its definition stands in the plan
        return getattr(value, "name", None) or value.model_dump(mode="json", exclude_defaults=True)
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, float):
        if math.isnan(value):
            return None
        return value if math.isfinite(value) else ("inf" if value > 0 else "-inf")
    if value is None or isinstance(value, bool | int | str):
        return value
    return _plain(value.item()) if hasattr(value, "item") else str(value)
