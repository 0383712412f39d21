"""What is measured of a hand beside its joints, as rows of tables: thumb base, cortex, flexion, fingertips, film."""

from __future__ import annotations

from dataclasses import dataclass

from sclerograph.anatomy.hand import DIGITS
from sclerograph.findings.records import BoneSize, CortexFinding, Hand, Interval
from sclerograph.reports.wording import ABSENT, digit_name, interval, number

__all__ = ["FingerRow", "MeasureRow", "bone_rows", "finger_rows", "flexion_sentence", "quality_rows"]


@dataclass(frozen=True)
class MeasureRow:
    """One measure: what, its value with unit, its 95 % interval, and what a reader should know."""

    what: str
    value: str
    interval: str = ""
    remark: str = ""


@dataclass(frozen=True)
class FingerRow:
    """One digit: flexion and the soft tissue of its tip."""

    name: str
    flexion: str
    flexion_interval: str
    flagged: bool
    flexion_reason: str
    pulp: str
    pulp_interval: str
    pulp_ratio: str
    tapering: str
    tapering_interval: str
    tip_reason: str


def bone_rows(hand: Hand, *, calibrated: bool) -> list[MeasureRow]:
    """Return thumb base, ulnar variance, cortical indices and greys near joints; what has no value says why."""
    aligned = hand.alignment
    rows = [
        _row("First CMC joint, overhang of the metacarpal’s base", aligned.cmc1_subluxation_ratio, "of its width", 2),
        _row("First CMC joint, proximal migration", aligned.cmc1_migration_ratio, "of its width", 2),
    ]
    if not aligned.assessable:
        rows = [MeasureRow("First CMC joint", ABSENT, remark=aligned.reason or "")]
    names = {"TZM": "Trapezium", "MC1": "First metacarpal"}
    rows += [_size(names.get(bone.bone, bone.bone), bone) for bone in aligned.base_of_thumb]
    variance = aligned.ulnar_variance_mm if calibrated else aligned.ulnar_variance_ratio
    unit = "mm" if calibrated else "of MCP3 to TIP3"
    variance_row = _row("Ulnar variance", variance, unit, 1 if calibrated else 3)
    without = aligned.ulnar_variance_reason or aligned.reason if variance is None else None
    rows.append(_with_remark(variance_row, without))
    if aligned.thumb_z_deformity is not None:
        rows.append(MeasureRow("Z deformity of the thumb", "yes" if aligned.thumb_z_deformity else "no"))
    rows += [_cortex(bone) for bone in hand.cortex]
    mean = hand.cortex_mean
    rows.append(
        _with_remark(
            _row("Cortical index, mean of MC2 to MC4", mean.cortical_index, "", 3, mean.cortical_index_interval),
            mean.reason,
        )
    )
    isthmus = _row("At the narrowest part, mean", mean.isthmus_index, "", 3, mean.isthmus_index_interval)
    return _together([*rows, isthmus] if mean.assessable else rows)


def _together(rows: list[MeasureRow]) -> list[MeasureRow]:
    """Return rows in which measures that follow each other and lack a value for one reason share a row."""
    found: list[MeasureRow] = []
    for row in rows:
        last = found[-1] if found else None
        if last is not None and row.value == last.value == ABSENT and row.remark == last.remark:
            found[-1] = MeasureRow(f"{last.what}; {row.what}", ABSENT, remark=row.remark)
        else:
            found.append(row)
    return found


def _row(what: str, value: float | None, unit: str, decimals: int, spread: Interval | None = None) -> MeasureRow:
    text = number(value, decimals) if value is None or not unit else f"{number(value, decimals)} {unit}"
    return MeasureRow(what, text, interval(spread, decimals))


def _with_remark(row: MeasureRow, reason: str | None) -> MeasureRow:
    return row if reason is None else MeasureRow(row.what, row.value, row.interval, reason)


def _size(name: str, bone: BoneSize) -> MeasureRow:
    if bone.area_ratio is None:
        return MeasureRow(f"{name}, size", ABSENT, remark=bone.reason or "")
    spread = bone.area_ratio_interval
    return MeasureRow(
        f"{name}, size",
        f"{number(100.0 * bone.area_ratio, 0)} % of what the other bones let expect",
        "" if spread is None else f"{number(100.0 * spread.low, 0)} to {number(100.0 * spread.high, 0)}",
        "smaller than build explains" if bone.smaller else "",
    )


def _cortex(bone: CortexFinding) -> MeasureRow:
    row = _row(f"Cortical index, {bone.bone}", bone.cortical_index, "", 3, bone.cortical_index_interval)
    return _with_remark(row, None if bone.assessable else bone.reason or "")


def finger_rows(hand: Hand, *, calibrated: bool) -> list[FingerRow]:
    """Return flexion and soft tissue of the five digits."""
    bent = {flexion.digit: flexion for flexion in hand.alignment.flexion}
    tips = {tip.digit: tip for tip in hand.fingertips}
    rows = []
    for digit in (d.number for d in DIGITS):
        flexion, tip = bent.get(digit), tips.get(digit)
        flat = flexion is not None and flexion.assessable
        seen = tip is not None and tip.assessable
        thickness = None if tip is None or not seen else tip.pulp_thickness_mm if calibrated else tip.pulp_thickness_px
        spread = (
            None
            if tip is None or not seen
            else tip.pulp_thickness_mm_interval
            if calibrated
            else tip.pulp_thickness_px_interval
        )
        rows.append(
            FingerRow(
                name=digit_name(digit),
                flexion=number(flexion.angle_deg if flexion is not None and flat else None, 0),
                flexion_interval=interval(flexion.angle_interval if flexion is not None and flat else None, 0),
                flagged=bool(flexion is not None and flexion.flagged),
                flexion_reason="" if flat else (flexion.reason if flexion else None) or "not measured",
                pulp=number(thickness, 1),
                pulp_interval=interval(spread, 1),
                pulp_ratio=number(tip.pulp_ratio if tip is not None and seen else None, 2),
                tapering=number(tip.tapering_ratio if tip is not None and seen else None, 2),
                tapering_interval=interval(tip.tapering_ratio_interval if tip is not None and seen else None, 2),
                tip_reason="" if seen else (tip.reason if tip else None) or "not measured",
            )
        )
    return rows


def flexion_sentence(hand: Hand) -> str | None:
    """Return which digits are flexed, ``None`` where none could be judged."""
    if not any(flexion.assessable for flexion in hand.alignment.flexion):
        return None
    bent = [digit_name(flexion.digit) for flexion in hand.alignment.flexion if flexion.flagged]
    return f"flexed: {', '.join(bent)}" if bent else "no digit flexed"


def quality_rows(hand: Hand) -> list[MeasureRow]:
    """Return how well the film shows the hand."""
    film = hand.quality
    turned = film.rotation
    rows = [
        _with_remark(
            _row("Turned out of the film", turned.angle_deg, "degrees", 0, turned.angle_interval), turned.reason
        )
    ]
    cut = [f"digit {digit}" for digit in film.cut_off.digits] + film.cut_off.bones
    rows.append(
        MeasureRow("Cut off by the edge", ", ".join(cut) or "nothing")
        if film.cut_off.assessable
        else MeasureRow("Cut off by the edge", ABSENT, remark=film.cut_off.reason or "")
    )
    sharp = film.sharpness
    in_mm = sharp.edge_width_mm is not None
    width = sharp.edge_width_mm if in_mm else sharp.edge_width_px
    rows.append(_with_remark(_row("Width of bone edges", width, "mm" if in_mm else "px", 2), sharp.reason))
    rows.append(
        _with_remark(
            _row("Bone against soft tissue, times the noise", film.exposure.contrast_to_noise, "", 1),
            film.exposure.reason,
        )
    )
    if not film.cut_off.assessable and not film.overlaps:
        return rows
    over = [f"{a} and {b} ({100 * each.share:.0f} %)" for each in film.overlaps for a, b in [each.digits]]
    rows.append(MeasureRow("Digits that lie over each other", ", ".join(over) or "none"))
    return rows
