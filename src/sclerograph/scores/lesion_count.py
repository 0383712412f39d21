"""Counting the places that show a lesion, over the hands that count."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sclerograph.findings.records import Hand, JointFinding
from sclerograph.scores.both_hands import CountedHand
from sclerograph.scores.lesions import joint_of, unassessed_because
from sclerograph.scores.settings import ScoreSettings
from sclerograph.scores.three_valued import present_among

__all__ = ["LesionCount", "count_joints"]

JointJudge = Callable[[Hand, JointFinding], bool | None]


@dataclass
class LesionCount:
    """The places of one lesion: those that show it, those that do not, and those without an answer, with the reason."""

    shown: list[str] = field(default_factory=list)
    clear: list[str] = field(default_factory=list)
    unknown: list[tuple[str, str]] = field(default_factory=list)

    def add(self, place: str, judgement: bool | None, reason: str) -> None:
        """Add a place; the reason is kept where there is no judgement."""
        if judgement is None:
            self.unknown.append((place, reason))
        else:
            (self.shown if judgement else self.clear).append(place)

    def join(self, other: LesionCount) -> LesionCount:
        """Return the places of both."""
        return LesionCount(self.shown + other.shown, self.clear + other.clear, self.unknown + other.unknown)

    def present(self, settings: ScoreSettings) -> bool | None:
        """Return whether the lesion is there; a no needs enough places to have been assessed."""
        judgements = [True] * len(self.shown) + [False] * len(self.clear) + [None] * len(self.unknown)
        return present_among(judgements, settings.least_share_to_exclude)

    def evidence(self) -> list[str]:
        """Return the places that show the lesion, and how many gave an answer."""
        known = len(self.shown) + len(self.clear)
        return [*self.shown, f"{known} of {known + len(self.unknown)} places assessed"]


def count_joints(hands: list[CountedHand], joints: tuple[str, ...], judge: JointJudge) -> LesionCount:
    """Return the count of a lesion over these joints of all hands."""
    count = LesionCount()
    for hand in hands:
        for code in joints:
            joint = joint_of(hand.record, code)
            count.add(hand.place(code), judge(hand.record, joint), unassessed_because(joint))
    return count
