"""Who reads which films, in which order, and under which codes.

A code is a keyed hash (HMAC with SHA-256, RFC 2104) of the reader, the film and the turn: without the key, which stays
in the registry, nobody can tell from two codes whether they are the same film, whose it is or which came first.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from sclerograph.errors import UsageError
from sclerograph.registry.reading_form import FormItem, Lesion, form_items

__all__ = ["Order", "Placed", "SessionFilm", "SessionPlan", "arrange"]

Order = Literal["random", "chronological"]

_LONGEST_NAME = 64
_FORMULA = ("=", "+", "-", "@")
#: Letters of a code, without the group sign: 40 bits, so that a slip of the pen hits no other code.
_CODE_LETTERS = 8


@dataclass(frozen=True)
class SessionPlan:
    """What a session is to be.

    Parameters
    ----------
    name
        The session's.
    readers
        Their names, each once.
    lesions
        What the form asks for (see :mod:`sclerograph.registry.reading_form`).
    order
        ``random``: every film by itself, in an order of its own for each reader. ``chronological``: the films of one
        patient one after the other as time went on, which the reader knows; patients in random order.
    repeats
        So many films (patients, in chronological order) come a second time, under another code.
    seed
        Of every random choice.
    visits
        Only films of visits with these names; all where empty.
    patients
        Only so many patients, drawn at random; all when ``None``.

    Raises
    ------
    UsageError
        A name is empty or not fit to be printed, a reader is named twice, or a number is negative.
    """

    name: str
    readers: tuple[str, ...]
    lesions: tuple[Lesion, ...] = ("acro_osteolysis", "calcinosis")
    order: Order = "random"
    repeats: int = 0
    seed: int = 0
    visits: tuple[str, ...] = ()
    patients: int | None = None

    def __post_init__(self) -> None:
        for text in (self.name, *self.readers):
            plain = text == text.strip() and text.isprintable() and not text.startswith(_FORMULA)
            if not plain or not 0 < len(text) <= _LONGEST_NAME:
                raise UsageError(
                    f"a name of a session or reader is empty, too long, padded, not printable or a formula: give up to "
                    f"{_LONGEST_NAME} letters"
                )
        if not self.readers or len({reader.casefold() for reader in self.readers}) < len(self.readers):
            raise UsageError("a session needs readers, each named once")
        if self.repeats < 0 or (self.patients is not None and self.patients < 1):
            raise UsageError("a session repeats no film or some, and has at least one patient")
        form_items(self.lesions)

    @property
    def items(self) -> tuple[FormItem, ...]:
        """The items of the form."""
        return form_items(self.lesions)


@dataclass(frozen=True)
class SessionFilm:
    """A film that is to be presented, with what the plan needs to know of it; ``day`` is that of its visit."""

    sha256: str
    pseudonym: str
    visit: str
    day: int | None
    hands: tuple[str, ...]


@dataclass(frozen=True)
class Placed:
    """A film in the list of a reader, under its code; ``place`` and ``case_place`` count from 1.

    ``case_code`` is the same for the films of one patient in chronological order, and empty in random order.
    """

    film: SessionFilm
    repeat: int
    place: int
    code: str
    case_code: str = ""
    case_place: int = 0


def arrange(
    films: Iterable[SessionFilm], plan: SessionPlan, reader: str, key: bytes, codes: set[str] | None = None
) -> list[Placed]:
    """Return the list of a reader; the same films, plan, reader and key give the same list.

    ``codes`` are those that other lists have: none of them is given again, and the new ones are added.

    Between a film and its repeat lies about half of the list or more. Which films are repeated is the same for all
    readers of a session.

    Raises
    ------
    UsageError
        More films are to be repeated than there are, or the films of a patient have no order in time.
    """
    units = _units(films, plan.order)
    if plan.repeats > len(units):
        what = "films" if plan.order == "random" else "patients"
        raise UsageError(f"{plan.repeats} repeats were asked for and there are {len(units)} {what}: ask for fewer")
    repeated = set(_shuffled(range(len(units)), f"{plan.seed} repeats")[: plan.repeats])
    # Only random() gives the same numbers in every version of Python, so everything is made of it.
    draw = random.Random(f"{plan.seed} {reader}").random
    turns: list[tuple[float, int, int]] = []
    for number in range(len(units)):
        first = draw() / 2.0 if number in repeated else draw()
        turns.append((first, number, 0))
        if number in repeated:
            turns.append((first + 0.5 + draw() * (0.5 - first), number, 1))
    listed: list[Placed] = []
    codes = set() if codes is None else codes
    for _, number, repeat in sorted(turns):
        case = ""
        if plan.order == "chronological":
            case = _new_code(key, f"case {reader} {units[number][0].pseudonym} {repeat}", codes)
        for case_place, film in enumerate(units[number], start=1):
            code = _new_code(key, f"film {reader} {film.sha256} {repeat}", codes)
            listed.append(Placed(film, repeat, len(listed) + 1, code, case, case_place if case else 0))
    return listed


def _units(films: Iterable[SessionFilm], order: Order) -> list[list[SessionFilm]]:
    """Return what is presented without a break: single films, or the films of one patient."""
    if order == "random":
        return [[film] for film in sorted(films, key=lambda film: film.sha256)]
    by_patient = groupby(sorted(films, key=lambda film: film.pseudonym), key=lambda film: film.pseudonym)
    return [_in_time(list(of_patient)) for _, of_patient in by_patient]


def _in_time(films: list[SessionFilm]) -> list[SessionFilm]:
    if len({film.visit for film in films}) > 1 and any(film.day is None for film in films):
        raise UsageError(
            "a patient has several visits, and of one the day is not known: there is no chronological order; add the "
            "days of visits to the registry, or present the films in random order"
        )
    return sorted(films, key=lambda film: (film.day or 0, film.sha256))


def _shuffled(items: Sequence[int], seed: str) -> list[int]:
    draw = random.Random(seed).random
    return [item for _, item in sorted((draw(), item) for item in items)]


def _new_code(key: bytes, what: str, taken: set[str]) -> str:
    """Return a code such as ``K7QM-2WXD`` that is not taken yet, and take it."""
    attempt = 0
    while True:
        made = hmac.new(key, f"{what} {attempt}".encode(), hashlib.sha256).digest()
        letters = base64.b32encode(made).decode()[:_CODE_LETTERS]
        code = f"{letters[: _CODE_LETTERS // 2]}-{letters[_CODE_LETTERS // 2 :]}"
        if code not in taken:
            taken.add(code)
            return code
        attempt += 1
