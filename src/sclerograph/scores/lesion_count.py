"""Counting the places that show a lesion, over the hands that count."""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass, field

from sclerograph.findings.records import Hand, JointFinding
from sclerograph.scores.both_hands import CountedHand
from sclerograph.scores.lesions import joint_of, unassessed_because
from sclerograph.scores.settings import ScoreSettings
from sclerograph.scores.three_valued import present_among

__all__ = ["JointJudge", "LesionCount", "count_joints"]

JointJudge = Callable[[Hand, JointFinding], bool | None]

_HALF_SEEN = "a part of what makes the lesion was found and the rest was not judged"


@dataclass
class LesionCount:
    """The places of one lesion: those that show it, those that do not, and those without an answer, with the reason.

    Places of ``half_seen`` are among those without an answer: a part of what makes the lesion is there, as an erosion
    whose kind nobody has judged. While there is one, the lesion is not called absent.
    """

    shown: list[str] = field(default_factory=list)
    clear: list[str] = field(default_factory=list)
    unknown: list[tuple[str, str]] = field(default_factory=list)
    half_seen: list[str] = field(default_factory=list)

    def add(self, place: str, judgement: bool | None, reason: str, *, half: bool = False) -> None:
        """Add a place; the reason is kept where there is no judgement."""
        if judgement is not None:
            (self.shown if judgement else self.clear).append(place)
        elif half:
            self.unknown.append((place, _HALF_SEEN))
            self.half_seen.append(place)
        else:
            self.unknown.append((place, reason))

    def join(self, other: LesionCount) -> LesionCount:
        """Return the places of both."""
        return LesionCount(
            self.shown + other.shown,
            self.clear + other.clear,
            self.unknown + other.unknown,
            self.half_seen + other.half_seen,
        )

    def present(self, settings: ScoreSettings) -> bool | None:
        """Return whether the lesion is there; a no needs enough places to have been assessed and none half seen."""
        judgements = [True] * len(self.shown) + [False] * len(self.clear) + [None] * len(self.unknown)
        found = present_among(judgements, settings.least_share_to_exclude)
        return None if found is False and self.half_seen else found

    def evidence(self) -> list[str]:
        """Return the places that show the lesion, and how many gave an answer."""
        known = len(self.shown) + len(self.clear)
        return [*self.shown, f"{known} of {known + len(self.unknown)} places assessed"]


def count_joints(
    hands: list[CountedHand],
    joints: tuple[str, ...],
    judge: JointJudge,
    *,
    half: JointJudge | None = None,
    needed: Container[str] | None = None,
) -> LesionCount:
    """Return the count of a lesion over these joints of all hands.

    Parameters
    ----------
    hands
        The hands.
    joints
        Codes of the joints.
    judge
        Whether a joint shows the lesion.
    half
        Whether a joint that gives no answer shows a part of it.
    needed
        The joints that have to be assessed before the lesion is called absent; the others count only where they give
        an answer. All by default.
    """
    count = LesionCount()
    for hand in hands:
        for code in joints:
            joint = joint_of(hand.record, code)
            found = judge(hand.record, joint)
            part = found is None and half is not None and half(hand.record, joint) is True
            if found is not None or part or needed is None or code in needed:
                count.add(hand.place(code), found, unassessed_because(joint), half=part)
    return count
