"""How well a hand is shown on its film, and which findings that forbids."""

from __future__ import annotations

from sclerograph.findings.records import CutOff, Exposure, FindingKind, Forbidden, Overlap, Quality, Rotation, Sharpness
from sclerograph.hand.cut_off import measure_cut_off
from sclerograph.hand.overlap import measure_overlaps
from sclerograph.hand.quality_settings import DEFAULT, QualitySettings
from sclerograph.hand.rotation import measure_rotation
from sclerograph.hand.sharpness import measure_greys
from sclerograph.hand.view import HandView

__all__ = ["forbidden", "measure"]

#: What needs the edges of bones.
_BONY: tuple[FindingKind, ...] = ("joint_space", "erosion", "cortex", "demineralisation")


def measure(view: HandView, settings: QualitySettings = DEFAULT) -> Quality:
    """Return the quality of one hand's film.

    Parameters
    ----------
    view
        The hand.
    settings
        The thresholds.
    """
    rotation, cut_off = measure_rotation(view, settings), measure_cut_off(view, settings)
    sharpness, exposure = measure_greys(view, settings)
    overlaps = measure_overlaps(view, settings)
    return Quality(
        rotation=rotation,
        cut_off=cut_off,
        sharpness=sharpness,
        exposure=exposure,
        overlaps=overlaps,
        forbids=[
            *_by_rotation(rotation, settings),
            *_by_blur(sharpness, view.lesion_mm_px, settings),
            *_by_exposure(exposure, settings),
            *_by_cut(cut_off),
            *_by_overlap(overlaps),
        ],
    )


def forbidden(quality: Quality, digit: int | None = None) -> dict[str, str]:
    """Return the kinds of findings that must not be given, with the reason.

    What is forbidden only below a size (``below_mm``) is not among them: those findings remain, and what is missing is
    told by the record.

    Parameters
    ----------
    quality
        The quality of the hand's film.
    digit
        Also with what is forbidden for this digit alone; without it, only what holds for the whole hand.
    """
    reasons: dict[str, str] = {}
    for entry in quality.forbids:
        concerns = not entry.digits or (digit is not None and digit in entry.digits)
        if concerns and entry.below_mm is None:
            reasons.setdefault(entry.finding, entry.reason)
    return reasons


def _by_rotation(rotation: Rotation, settings: QualitySettings) -> list[Forbidden]:
    if rotation.angle_deg is None or rotation.angle_interval is None:
        return []
    if rotation.angle_interval.low < settings.rotation_surely_deg or rotation.angle_deg < settings.rotated_from_deg:
        return []
    kinds: tuple[FindingKind, ...] = ("joint_space", "alignment")
    if rotation.angle_deg >= settings.strongly_rotated_from_deg:
        kinds = ("joint_space", "alignment", "erosion", "cortex", "demineralisation")
    reason = (
        f"the hand is turned out of the film by about {rotation.angle_deg:.0f} degrees "
        f"({rotation.angle_interval.low:.0f} to {rotation.angle_interval.high:.0f})"
    )
    return [Forbidden(finding=kind, reason=reason) for kind in kinds]


def _by_blur(sharpness: Sharpness, millimetre_px: float, settings: QualitySettings) -> list[Forbidden]:
    if sharpness.edge_width_px is None:
        return []
    width = sharpness.edge_width_px / millimetre_px
    found = []
    if width >= settings.blurred_from_mm:
        reason = f"the film is blurred: the edges of bones are {width:.1f} mm wide"
        found += [Forbidden(finding=kind, reason=reason) for kind in _BONY]
    smallest = max(width, settings.least_deposit_px / millimetre_px)
    if smallest >= settings.calcinosis_from_mm:
        found.append(
            Forbidden(
                finding="calcinosis",
                reason=f"deposits smaller than {smallest:.1f} mm are not seen on this film",
                below_mm=round(smallest, 2),
            )
        )
    return found


def _by_exposure(exposure: Exposure, settings: QualitySettings) -> list[Forbidden]:
    found = []
    if exposure.black_share is not None and exposure.black_share >= settings.black_share:
        reason = f"{100 * exposure.black_share:.0f} % of the soft tissue is clipped to black"
        found.append(Forbidden(finding="fingertips", reason=reason))
    if exposure.white_share is not None and exposure.white_share >= settings.white_share:
        reason = f"{100 * exposure.white_share:.0f} % of bone is clipped to white"
        found += [Forbidden(finding=kind, reason=reason) for kind in ("erosion", "cortex", "demineralisation")]
    ratio, contrast = exposure.contrast_to_noise, exposure.bone_contrast
    if ratio is not None and ratio < settings.least_contrast_to_noise:
        reason = f"bone stands out from soft tissue by only {ratio:.1f} times the noise"
        found += [Forbidden(finding=kind, reason=reason) for kind in _BONY]
    elif contrast is None:
        reason = "the shafts hardly stand out from soft tissue"
        found += [Forbidden(finding=kind, reason=reason) for kind in _BONY] if exposure.assessable else []
    return found


def _by_cut(cut_off: CutOff) -> list[Forbidden]:
    if not cut_off.digits:
        return []
    reason = "cut off by the edge of the film"
    kinds: tuple[FindingKind, ...] = ("acro_osteolysis", "fingertips", "calcinosis")
    return [Forbidden(finding=kind, reason=reason, digits=cut_off.digits) for kind in kinds]


def _by_overlap(overlaps: list[Overlap]) -> list[Forbidden]:
    found = []
    for overlap in overlaps:
        first, second = overlap.digits
        reason = f"digits {first} and {second} lie over each other"
        found += [
            Forbidden(finding=kind, reason=reason, digits=[first, second])
            for kind in ("joint_space", "erosion", "acro_osteolysis", "fingertips")
        ]
    return found
