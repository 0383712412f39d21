"""Every threshold of the joint-space measurement, in one place."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DEFAULT", "METHOD_CITATION", "METHOD_NAME", "METHOD_VERSION", "JointSpaceSettings"]

METHOD_NAME = "joint space width and narrowing grade 0-4"
METHOD_VERSION = "1"
METHOD_CITATION = (
    "width: from the head to the floor of the cup, mean over the central part, after van 't Klooster et al. 2008, "
    "doi:10.1016/j.joca.2007.06.014, margins by own definition; grades 0 to "
    "4: wording of the Sharp/van der Heijde method (van der Heijde 2000, PMID 10648051), borders in shares of the "
    "expected width: own definition; norms: see anatomy/joint_space_norms.json"
)


@dataclass(frozen=True)
class JointSpaceSettings:
    """Thresholds of the joint-space measurement.

    Parameters
    ----------
    grade_borders
        Shares of the expected width below which a space has grade 1, 2 and 3. The scale has "less than half left" for
        3; between people of one hand size a healthy joint scatters by a tenth around what the others of its hand say.
    focal_share
        A space whose narrowest part has less than this share of the expected width, and which is of grade 0 as a
        whole, is narrowed focally: grade 1.
    below_norm_z
        A space this many standard deviations below the norm of people whose sex and age are not known is at least of
        grade 1, whatever the other joints say.
    uniform_ratio
        A narrowed space is uniformly narrow where its narrowest part has at least this share of its mean.
    within_person_log_sd, between_kinds_log_sd, between_people_log_sd
        Natural scatter of healthy spaces (logarithm of the width): of a joint around the other ones of its hand, of one
        kind of joint (PIP, MCP ...) against another, and of people around the norms. Own assumptions: no publication
        that was seen gives the scatter within one hand; the one between people is that of the published deviations.
    narrowed_before, narrowed_to_log
        Probability that a joint is narrowed, before it is looked at, and the logarithm of the least share left.
    intact_from
        A joint that is intact with at least this probability is named among those that another is compared with.
    least_compared
        With fewer measured other joints the norms alone say what to expect.
    method_error_mm, method_error_px, method_error_share
        Standard error of a width beside its noise: what is the same along the joint. Part of it in millimetres (bones
        are no cylinders), part in pixels (blur), part a share of the width (MCP joints, whose cups are flatter).
    least_sure
        The line that is taken for the floor of the cup is it with at least this probability.
    overlapped_depth, overlapped_mm
        A space that is less dark than this share of the contrast that the spaces of the hand have is narrow, or the
        bones overlap: wider than this (nominal mm) it is not seen from the side.
    overlap_mm
        A joint of a finger whose outlines overlap by more than this (mean, nominal mm) is not seen from the side; they
        overlap a little on many films, by the rims of the cup.
    look_seen, look_fused, look_perhaps_fused
        A joint whose bones, by the joint network, face each other with less than the first probability is not
        measured. A joint of a finger that is fused with at least the second, and whose margins cannot be followed, has
        no space: on simulated films it says more than 0.95 of nearly all of them, and on real ones of some that are
        narrow and open, whose margins are seen. With at least the third a joint may be fused, and is not measured.
    look_error_mm
        Standard error of the width that the joint network tells (nominal mm) beside the spread of its belief.
    most_apart
        The two ways of measuring agree where they lie no farther apart than so many standard errors.
    most_look_error_mm
        Where they do not, or margins cannot be followed, the joint network's width is given unless its standard error
        is larger (nominal mm).
    least_extent
        Of a joint in which both bones have less than this share of the head's width in common, most does not face the
        other bone.
    partly_depth, partly_noise_mm, partly_error_mm
        Where the whole of a joint cannot be followed, a half of it is, in which the space is darker than this share of
        the contrast over three quarters, and whose own noise along the joint (nominal mm) is less than the second; with
        this additional standard error (nominal mm).
    fused_gap_mm, fused_band, fused_spread, fused_depth, fused_everywhere, fused_plate
        Bones are fused when the gap between their outlines is not wide (mean below the first, nominal mm: networks
        leave one where there is none) and the grey runs on from one to the other: nothing between them is brighter than
        the bones beside by the second share of the contrast, the grey varies around a straight line by less than the
        third (standard deviation), no dark line is deeper than the fourth, or deeper than the fifth over nine tenths of
        the joint, and no bright line stands out by the sixth. The contrast is that of open joints of the hand.
    most_behind_head
        Where a line behind the edge of the head is darker than this share of the contrast, that edge is a rim's.
    most_noise_mm, most_noise_narrow_mm
        With a larger standard error of the mean along the joint (nominal mm) its margins were not followed. Those of
        a space no wider than ``overlapped_mm`` merge, and scatter more.
    calcium_share, metal_share
        Share of the central part under calcium or metal from which nothing is measured.
    least_pixels_per_mm
        Coarser films (pixels for a nominal millimetre) are not measured.
    least_contrast
        Least step of grey between bone and space, as a share of all greys.
    plate_votes, plate_depth
        A child's hand is one where at least this many bones show a lucent line across, deeper than this share of the
        contrast of the joint spaces, where growth plates lie.
    plate_votes_wide, growing_wide_from, grown_below
        Where the joints of the fingers are wide, in the median at least the second share of the norms of adults (in
        nominal mm), the first number of bones is enough; where they are narrower than the third share the hand is
        grown. On training films the joints of children were 1.24 to 2.3 times as wide as the norms, those of grown
        hands 0.7 to 1.7 times.
    """

    grade_borders: tuple[float, float, float] = (0.82, 0.70, 0.50)
    focal_share: float = 0.45
    below_norm_z: float = -2.0
    uniform_ratio: float = 0.6
    within_person_log_sd: float = 0.10
    between_kinds_log_sd: float = 0.12
    between_people_log_sd: float = 0.25
    narrowed_before: float = 0.25
    narrowed_to_log: float = -3.0
    intact_from: float = 0.5
    least_compared: int = 3
    method_error_mm: float = 0.07
    method_error_px: float = 0.2
    method_error_share: float = 0.08
    least_sure: float = 0.75
    overlapped_depth: float = 0.15
    overlapped_mm: float = 0.7
    overlap_mm: float = 0.6
    look_seen: float = 0.5
    look_fused: float = 0.95
    look_perhaps_fused: float = 0.5
    look_error_mm: float = 0.05
    most_apart: float = 2.0
    most_look_error_mm: float = 0.2
    partly_depth: float = 0.1
    partly_noise_mm: float = 0.03
    partly_error_mm: float = 0.12
    least_extent: float = 0.55
    fused_gap_mm: float = 1.5
    fused_band: float = 0.175
    fused_spread: float = 0.12
    fused_depth: float = 0.25
    fused_everywhere: float = 0.1
    fused_plate: float = 0.35
    most_behind_head: float = 0.5
    most_noise_mm: float = 0.065
    most_noise_narrow_mm: float = 0.1
    calcium_share: float = 0.2
    metal_share: float = 0.05
    least_pixels_per_mm: float = 3.0
    least_contrast: float = 0.02
    plate_votes: int = 5
    plate_votes_wide: int = 3
    growing_wide_from: float = 1.3
    grown_below: float = 1.1
    plate_depth: float = 0.4


DEFAULT = JointSpaceSettings()
