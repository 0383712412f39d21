"""What readers change in a reading: recorded as differences, with name and time, and never overwriting anything."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select

from sclerograph.errors import RefusedEntry, UnreadableFile
from sclerograph.registry import document as documents
from sclerograph.registry.document import Document
from sclerograph.registry.patch import Change, apply_changes, difference, same
from sclerograph.registry.readings import CurrentReading
from sclerograph.registry.tables import Correction, Withdrawal

__all__ = ["Corrected", "NewCorrection", "record_correction", "record_withdrawal"]


@dataclass(frozen=True)
class NewCorrection:
    """A correction to record.

    Parameters
    ----------
    pseudonym, visit
        Whose reading it is.
    based_on
        Digest of the reading that the reader saw, corrections made before included: that names it among the readings
        of the visit, and shows whether somebody else has corrected it in between.
    changes
        What the reader changed (see :mod:`sclerograph.registry.patch`).
    comment
        Why, if the reader said it.
    """

    pseudonym: str
    visit: str
    based_on: str
    changes: Sequence[Change]
    comment: str = ""


@dataclass(frozen=True)
class Corrected:
    """The digest of a corrected reading; ``new`` is False where the correction was recorded before."""

    sha256: str
    new: bool


def record_correction(
    connection: Connection, current: Sequence[CurrentReading], new: NewCorrection, author: str, now: datetime
) -> Corrected:
    """Record a correction in the transaction of a connection.

    Parameters
    ----------
    connection
        Its transaction holds the patient.
    current
        The readings of the visit that hold, with outlines.
    new
        The correction.
    author
        Who makes it.
    now
        When.

    Raises
    ------
    RefusedEntry
        No current reading is the one that it is based on, it changes nothing, touches what says which films were
        read by what, or its result is no reading.
    """
    _check_author(author)
    base = next((each for each in current if each.sha256 == new.based_on), None)
    if base is None:
        recorded = _recorded(current, new, author)
        if recorded is not None:
            return Corrected(recorded, False)
        raise RefusedEntry(
            "a correction of a reading that does not hold now",
            "the visit has no such reading, or somebody has corrected or replaced it since",
            "export the readings again and correct the new state",
        )
    # Imported late: making totals needs numpy, which adding and listing do not.
    from sclerograph.registry.derived import with_totals

    before = base.document
    corrected = apply_changes(before, new.changes)
    if same(corrected, before):
        raise RefusedEntry("a correction that changes nothing", "only differences are kept", "leave it out")
    _require_provenance(before, corrected)
    try:
        after = documents.check(corrected)
        final = with_totals(corrected, documents.check(before), after)
        documents.check(final)
    except UnreadableFile as error:
        raise RefusedEntry(
            "a correction whose result is no reading", error.because, "correct what it changes and try again"
        ) from None
    sha256 = documents.digest(final)
    last = connection.execute(
        select(func.max(Correction.sequence)).where(Correction.reading_id == base.number)
    ).scalar()
    row = {
        "reading_id": base.number,
        "sequence": (last or 0) + 1,
        "author": author,
        "comment": new.comment,
        "changes": json.dumps(list(new.changes), ensure_ascii=False),
        "consequences": json.dumps(difference(corrected, final), ensure_ascii=False),
        "sha256": sha256,
        "recorded_at": now,
    }
    connection.execute(insert(Correction), row)
    return Corrected(sha256, True)


def _recorded(current: Sequence[CurrentReading], new: NewCorrection, author: str) -> str | None:
    """Return the digest of the reading after this very correction, where it was recorded before."""
    for reading in current:
        before = reading.original_sha256
        for made in reading.corrections:
            if before == new.based_on and made.author == author and same(list(made.changes), list(new.changes)):
                return made.sha256
            before = made.sha256
    return None


def record_withdrawal(
    connection: Connection, current: Sequence[CurrentReading], sha256: str, author: str, comment: str, now: datetime
) -> None:
    """Record that a reading, named by its digest, counts no longer.

    Raises
    ------
    RefusedEntry
        No current reading has this digest, or no reason is given.
    """
    _check_author(author)
    if not comment.strip():
        raise RefusedEntry("a withdrawal without a reason", "others must be able to understand it", "say why")
    base = next((each for each in current if each.sha256 == sha256), None)
    if base is None:
        raise RefusedEntry("a withdrawal of a reading that does not hold", "there is none to withdraw", "list them")
    row = {"reading_id": base.number, "author": author, "comment": comment, "recorded_at": now}
    connection.execute(insert(Withdrawal), row)


def _check_author(author: str) -> None:
    if not author.strip() or author != author.strip() or len(author) > 120 or not author.isprintable():
        raise RefusedEntry("a correction without a proper name of its author", "it is signed", "name yourself")


def _require_provenance(before: Document, after: Any) -> None:
    """Refuse to change which films were read by which software: that is not the reader's to say."""
    if not isinstance(after, dict):
        raise RefusedEntry("a correction whose result is no reading", "it replaces the whole", "correct findings")
    for key in ("schema", "name", "software", "sources", "research_use"):
        if not same(before.get(key), after.get(key)):
            raise RefusedEntry(
                f"a correction that changes '{key}'",
                "what a reading was made of is no finding",
                "correct findings",
            )
