"""Error and repeatability of one measured number: bias, spread, smallest detectable difference."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

__all__ = ["RepeatedErrors"]

_Z = 1.96


@dataclass
class RepeatedErrors:
    """Errors against the truth on single films, and their differences between two films of the same hand."""

    errors: list[float] = field(default_factory=list)
    differences: list[float] = field(default_factory=list)
    refused: int = 0

    def add(self, measured: tuple[float | None, float | None], true: tuple[float, float]) -> None:
        """Take in both films of a hand; ``None`` is a refusal."""
        errors = [m - t for m, t in zip(measured, true, strict=True) if m is not None]
        self.errors += errors
        self.refused += len(measured) - len(errors)
        if measured[0] is not None and measured[1] is not None:
            self.differences.append(measured[1] - measured[0])

    @property
    def asked(self) -> int:
        """How many films were to be measured."""
        return len(self.errors) + self.refused

    @property
    def mean_absolute(self) -> float | None:
        """Mean absolute error."""
        return float(np.mean(np.abs(self.errors))) if self.errors else None

    def as_json(self) -> dict[str, float | int | None]:
        """Return all there is to say: the SDD is 1.96 standard deviations of the difference of two films."""
        errors, differences = np.asarray(self.errors), np.asarray(self.differences)
        several = len(differences) > 1
        return {
            "n": len(errors),
            "refused": self.refused,
            "bias": round(float(errors.mean()), 4) if len(errors) else None,
            "sd": round(float(errors.std(ddof=1)), 4) if len(errors) > 1 else None,
            "mean_absolute": round(float(np.abs(errors).mean()), 4) if len(errors) else None,
            "repeat_pairs": len(differences),
            "sdd": round(_Z * float(differences.std(ddof=1)), 4) if several else None,
        }
