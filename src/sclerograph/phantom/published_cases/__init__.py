"""Hands built after published descriptions of patients: what a text names must be found in the reading of its films.

Each case is one file: the hand with its lesions in the sizes that the text gives, the films that it was seen on, and
statement by statement, in our own words, what the text says is there and what it says is not.

>>> from sclerograph.phantom.published_cases import CASES
>>> CASES["dourado-2025"].films()  # doctest: +SKIP
"""

from __future__ import annotations

from sclerograph.phantom.published_cases import dourado_2025, duzgun_2020, gillis, gillis_features, toufga_2018
from sclerograph.phantom.published_cases.case import CaseFilm, PublishedCase, write_films
from sclerograph.phantom.published_cases.dourado_2025 import healthy_films
from sclerograph.phantom.published_cases.statement import Statement

__all__ = ["CASES", "CaseFilm", "PublishedCase", "Statement", "healthy_films", "write_films"]

#: The cases by their names.
CASES: dict[str, PublishedCase] = {
    case.name: case
    for case in (gillis.CASE, gillis_features.CASE, dourado_2025.CASE, toufga_2018.CASE, duzgun_2020.CASE)
}
