"""The hand as data: digits, bones, joints, landmarks, and how they hang together.

All other parts take names, order and neighbourhood from here. The order of :data:`BONES` and :data:`LANDMARKS` is the
order of the channels of the networks and must not change without retraining them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = [
    "BONES",
    "CARPAL_BONES",
    "DIGITS",
    "FINGER_CHAINS",
    "INSIDE_HEAD_MM",
    "JOINTS",
    "LANDMARKS",
    "SITES",
    "Bone",
    "Digit",
    "Joint",
    "Side",
    "View",
    "bone",
    "digit_bones",
    "joint",
]

Side = Literal["L", "R"]
View = Literal["PA", "AP", "oblique", "lateral"]
BoneKind = Literal["distal phalanx", "middle phalanx", "proximal phalanx", "metacarpal", "carpal", "forearm"]


@dataclass(frozen=True)
class Digit:
    """One of the five digits; 1 is the thumb."""

    number: int
    name: str


@dataclass(frozen=True)
class Bone:
    """One bone of the hand or distal forearm.

    ``proximal_landmark`` and ``distal_landmark`` name the landmarks at the ends of a tubular bone (``None`` for carpal
    bones and for the ends that lie outside the film).
    """

    code: str
    name: str
    kind: BoneKind
    digit: int | None = None
    proximal_landmark: str | None = None
    distal_landmark: str | None = None


@dataclass(frozen=True)
class Joint:
    """One joint between bones; ``landmark`` is where its centre is marked."""

    code: str
    name: str
    proximal_bones: tuple[str, ...]
    distal_bones: tuple[str, ...]
    landmark: str | None
    digit: int | None = None


DIGITS: tuple[Digit, ...] = (
    Digit(1, "thumb"),
    Digit(2, "index finger"),
    Digit(3, "middle finger"),
    Digit(4, "ring finger"),
    Digit(5, "little finger"),
)


def _bones() -> tuple[Bone, ...]:
    phalanges = [
        Bone(f"DP{d}", f"distal phalanx {d}", "distal phalanx", d, "IP1" if d == 1 else f"DIP{d}", f"TIP{d}")
        for d in range(1, 6)
    ]
    phalanges += [Bone(f"MP{d}", f"middle phalanx {d}", "middle phalanx", d, f"PIP{d}", f"DIP{d}") for d in range(2, 6)]
    phalanges += [
        Bone(f"PP{d}", f"proximal phalanx {d}", "proximal phalanx", d, f"MCP{d}", "IP1" if d == 1 else f"PIP{d}")
        for d in range(1, 6)
    ]
    metacarpals = [Bone(f"MC{d}", f"metacarpal {d}", "metacarpal", d, f"CMC{d}", f"MCP{d}") for d in range(1, 6)]
    carpals = [
        Bone(code, name, "carpal")
        for code, name in (
            ("TZM", "trapezium"),
            ("TZD", "trapezoid"),
            ("CAP", "capitate"),
            ("HAM", "hamate"),
            ("SCA", "scaphoid"),
            ("LUN", "lunate"),
            ("TRQ", "triquetrum"),
            ("PIS", "pisiform"),
        )
    ]
    forearm = [Bone("RAD", "distal radius", "forearm"), Bone("ULN", "distal ulna", "forearm")]
    return tuple(phalanges + metacarpals + carpals + forearm)


#: The 29 bones, in the order of the channels of the bone network.
BONES: tuple[Bone, ...] = _bones()

#: Codes of the eight carpal bones.
CARPAL_BONES: tuple[str, ...] = tuple(b.code for b in BONES if b.kind == "carpal")


def _joints() -> tuple[Joint, ...]:
    joints = [Joint("IP1", "interphalangeal joint of the thumb", ("PP1",), ("DP1",), "IP1", 1)]
    joints += [
        Joint(f"DIP{d}", f"distal interphalangeal joint {d}", (f"MP{d}",), (f"DP{d}",), f"DIP{d}", d)
        for d in range(2, 6)
    ]
    joints += [
        Joint(f"PIP{d}", f"proximal interphalangeal joint {d}", (f"PP{d}",), (f"MP{d}",), f"PIP{d}", d)
        for d in range(2, 6)
    ]
    joints += [
        Joint(f"MCP{d}", f"metacarpophalangeal joint {d}", (f"MC{d}",), (f"PP{d}",), f"MCP{d}", d) for d in range(1, 6)
    ]
    carpal_side = {1: ("TZM",), 2: ("TZD",), 3: ("CAP",), 4: ("HAM",), 5: ("HAM",)}
    joints += [
        Joint(f"CMC{d}", f"carpometacarpal joint {d}", carpal_side[d], (f"MC{d}",), f"CMC{d}", d) for d in range(1, 6)
    ]
    joints += [
        Joint("STT", "scaphotrapeziotrapezoid joint", ("SCA",), ("TZM", "TZD"), None),
        Joint("RC", "radiocarpal joint", ("RAD",), ("SCA", "LUN"), None),
        Joint("DRU", "distal radioulnar joint", ("RAD",), ("ULN",), None),
    ]
    return tuple(joints)


#: The joints of the vocabulary.
JOINTS: tuple[Joint, ...] = _joints()

#: The 37 landmarks in the order of the Digital Hand Atlas annotation (Payer et al. 2019,
#: doi:10.1016/j.media.2019.03.007): three edges of the distal ulna, three of the distal radius, proximal edges of five
#: carpal bones, trapezoid and trapezium, bases of the metacarpals 5 to 1, the thumb, then each finger from MCP to tip.
LANDMARKS: tuple[str, ...] = (
    "ULNA_ULNAR_EDGE",
    "ULNAR_STYLOID",
    "ULNA_RADIAL_EDGE",
    "RADIUS_ULNAR_EDGE",
    "RADIUS_RADIAL_EDGE",
    "RADIAL_STYLOID",
    "TRQ",
    "LUN",
    "SCA",
    "HAM",
    "CAP",
    "TZD",
    "TZM",
    "CMC5",
    "CMC4",
    "CMC3",
    "CMC2",
    "CMC1",
    "MCP1",
    "IP1",
    "TIP1",
    "MCP2",
    "PIP2",
    "DIP2",
    "TIP2",
    "MCP3",
    "PIP3",
    "DIP3",
    "TIP3",
    "MCP4",
    "PIP4",
    "DIP4",
    "TIP4",
    "MCP5",
    "PIP5",
    "DIP5",
    "TIP5",
)

#: PIP, DIP and IP are marked this far inside the head of the bone proximal of the joint (nominal mm), as on the atlas
#: films: the simulator marks its truth there, and measurements allow for it.
INSIDE_HEAD_MM = 0.8

#: Landmarks of each digit from the metacarpal base to the tip.
FINGER_CHAINS: dict[int, tuple[str, ...]] = {
    1: ("CMC1", "MCP1", "IP1", "TIP1"),
    **{d: (f"CMC{d}", f"MCP{d}", f"PIP{d}", f"DIP{d}", f"TIP{d}") for d in range(2, 6)},
}

#: Every name that the ``site`` of a deposit can have: a bone or a joint.
SITES: tuple[str, ...] = tuple(b.code for b in BONES) + tuple(j.code for j in JOINTS)

_BONE_BY_CODE = {b.code: b for b in BONES}
_JOINT_BY_CODE = {j.code: j for j in JOINTS}


def bone(code: str) -> Bone:
    """Return the bone with this code; :class:`KeyError` if there is none."""
    return _BONE_BY_CODE[code]


def joint(code: str) -> Joint:
    """Return the joint with this code; :class:`KeyError` if there is none."""
    return _JOINT_BY_CODE[code]


def digit_bones(digit: int) -> tuple[Bone, ...]:
    """Return the phalanges and the metacarpal of a digit (1 to 5)."""
    return tuple(b for b in BONES if b.digit == digit)
