"""When a regression model needs Firth's penalty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sclerograph.cohort.likelihood.separation import Separation
from sclerograph.errors import UsageError

__all__ = ["EVENTS_PER_VARIABLE", "Penalty", "PenaltyChoice", "check_penalty", "choose_penalty"]

Penalty = Literal["auto", "none", "firth"]

#: With fewer events for each variable, coefficients without penalty are biased away from zero and their intervals too
#: short (Peduzzi 1996, doi:10.1016/S0895-4356(96)00236-3, for logistic regression; Peduzzi 1995,
#: doi:10.1016/0895-4356(95)00048-8, for Cox's model).
EVENTS_PER_VARIABLE = 10.0


@dataclass(frozen=True)
class PenaltyChoice:
    """Whether the penalty is used, and what the reader of the table is told about it."""

    firth: bool
    warnings: tuple[str, ...]


def check_penalty(penalty: str) -> None:
    """Raise :class:`UsageError` unless the penalty is one of those known."""
    if penalty not in ("auto", "none", "firth"):
        raise UsageError(f"{penalty} is no penalty: models are fitted with auto, none or firth; choose one of them")


def choose_penalty(
    penalty: Penalty,
    events: int,
    variables: int,
    separation: Separation | None,
    events_named: tuple[str, str] = ("event", "events"),
) -> PenaltyChoice:
    """Decide on the penalty and say why.

    Parameters
    ----------
    penalty
        What was asked for.
    events
        Patients in the rarer group of the outcome, or with the event.
    variables
        Coefficients estimated, without intercept.
    separation
        What separates the outcome.
    events_named
        What is counted in ``events``, one of them and several.
    """
    warnings = []
    used = "Firth's penalty was used" if penalty != "none" else "Firth's penalty would give one"
    if separation is not None:
        warnings.append(f"separation: {separation.message}; without penalty there is no finite estimate, {used}")
    few = variables > 0 and events < EVENTS_PER_VARIABLE * variables
    if few:
        counted = (
            f"{events} {events_named[0 if events == 1 else 1]} for {variables} variable{'s' if variables > 1 else ''}"
        )
        remedy = {
            "auto": "Firth's penalty was used against the bias of few events",
            "firth": "Firth's penalty reduces the bias of few events, not their uncertainty",
            "none": "estimates without penalty are biased away from zero; use Firth's",
        }[penalty]
        warnings.append(f"{counted}, fewer than {EVENTS_PER_VARIABLE:.0f} each: {remedy}")
    firth = penalty == "firth" or (penalty == "auto" and (few or separation is not None))
    return PenaltyChoice(firth, tuple(warnings))
