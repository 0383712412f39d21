"""Every error that sclerograph raises on purpose, in one tree.

    SclerographError
    ├── InputRejected            one input cannot be read; the rest of a batch goes on
    │   ├── UnreadableFile       not an image, truncated, encrypted, empty, or too large to open safely
    │   ├── UnsupportedImage     an image of a kind that is not read (multi-frame, CT, colour photograph ...)
    │   ├── NotAHandRadiograph   readable, but no hand is on it
    │   ├── ContradictoryInput   what the user said and what the file says exclude each other
    │   └── RefusedEntry         a registry does not take it (names a patient, contradicts what is there ...)
    ├── UsageError               the command or the call itself is wrong
    └── MissingComponent         an optional package or a shipped model is not installed

A message is one line and says three things: what was found, why it matters, what to do. It never holds a patient's
name, identifier, date, or any other value read from a patient-level DICOM attribute.
"""

from __future__ import annotations

__all__ = [
    "ContradictoryInput",
    "InputRejected",
    "MissingComponent",
    "NotAHandRadiograph",
    "RefusedEntry",
    "SclerographError",
    "UnreadableFile",
    "UnsupportedImage",
    "UsageError",
]


class SclerographError(Exception):
    """Root of the tree: catch this to catch all that sclerograph raises on purpose."""


class InputRejected(SclerographError):
    """One input cannot be read.

    Parameters
    ----------
    found
        What was found in the input.
    because
        Why that matters for the reading.
    remedy
        What the user can do about it.
    """

    def __init__(self, found: str, because: str, remedy: str) -> None:
        self.found = found
        self.because = because
        self.remedy = remedy
        super().__init__(f"{found}: {because}; {remedy}")


class UnreadableFile(InputRejected):
    """The file is not an image, or is truncated, encrypted, empty, or too large to open safely."""


class UnsupportedImage(InputRejected):
    """The file is an image, but of a kind that is not read here (multi-frame, CT, photograph ...)."""


class NotAHandRadiograph(InputRejected):
    """The image was read, but shows no hand that could be measured."""


class ContradictoryInput(InputRejected):
    """What the user asked for and what the file says exclude each other."""


class RefusedEntry(InputRejected):
    """A registry does not take this entry: it could name a patient, or contradicts what the registry holds."""


class UsageError(SclerographError):
    """The command line or the call is wrong; nothing was read."""


class MissingComponent(SclerographError):
    """A feature needs an optional package or a model file that is not installed."""
