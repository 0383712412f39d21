"""From stored values to greys between 0 and 1, bone bright.

The grey pipeline of DICOM: modality transformation, values of interest, presentation (PS3.3 C.11.1, C.11.2, C.11.6,
C.8.11.3.1.2; PS3.4 N.2). Raw detector data (DX for processing) have no such pipeline and are developed here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sclerograph.imaging.attributes import integer, items, number, numbers, text

if TYPE_CHECKING:
    from pydicom import Dataset

__all__ = ["Greys", "LookupTable", "develop", "is_raw_detector_data", "present", "stretch"]

#: Share of the pixels that count as outliers at each end when a file says nothing about its grey range.
_OUTLIER_PERCENT = 0.1
#: So much of the range between the outliers is kept beyond it, so that dense calcium and metal are not cut off.
_HEADROOM = 0.5
#: A window that leaves less contrast than this between the 1st and the 99th percentile was not meant for this film.
_LEAST_WINDOW_CONTRAST = 0.02
#: Less than this share of the direct exposure reaches the detector only behind collimators and metal.
_LEAST_TRANSMISSION = 0.004


@dataclass(frozen=True)
class Greys:
    """(rows, columns) float32 between 0 and 1, bone bright, and what a reader should know about them."""

    values: NDArray[np.float32]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class LookupTable:
    """A DICOM lookup table: the values that inputs ``first``, ``first`` + 1 ... are mapped to."""

    first: int
    entries: NDArray[np.float32]
    bits: int

    @classmethod
    def from_item(cls, item: Dataset, *, little_endian: bool, lowest_input: float) -> LookupTable | None:
        """Read an item of a LUT sequence (PS3.3 C.11.1.1.1); ``None`` where it is unusable.

        ``lowest_input`` decides whether the first input value, of ambiguous representation, is signed.
        """
        descriptor = numbers(item, "LUTDescriptor")
        if len(descriptor) != 3:
            return None
        count = int(descriptor[0]) & 0xFFFF or 65536
        first, bits = int(descriptor[1]), int(descriptor[2])
        if lowest_input < 0 and first > 0x7FFF:
            first -= 0x10000
        entries = _table_entries(item.get("LUTData"), count, bits, little_endian=little_endian)
        if entries is None or not 1 <= bits <= 16:
            return None
        return cls(first, entries, bits)

    @property
    def full_scale(self) -> float:
        """Largest output; some tables use fewer bits than they declare, then their own maximum."""
        declared = float(2**self.bits - 1)
        largest = float(self.entries.max())
        return declared if declared / 2 <= largest <= declared else max(largest, 1.0)

    def apply(self, values: NDArray[Any]) -> NDArray[np.float32]:
        """Map values; inputs before the first and after the last entry take the end entries."""
        index = np.clip(np.rint(values).astype(np.int64) - self.first, 0, len(self.entries) - 1)
        mapped: NDArray[np.float32] = self.entries[index]
        return mapped


def _table_entries(data: Any, count: int, bits: int, *, little_endian: bool) -> NDArray[np.float32] | None:
    if isinstance(data, bytes):
        if len(data) >= 2 * count:
            table = np.frombuffer(data, dtype="<u2" if little_endian else ">u2", count=count)
            return table.astype(np.float32)
        if bits <= 8 and len(data) >= count:
            return np.frombuffer(data, dtype=np.uint8, count=count).astype(np.float32)
        return None
    try:
        words = np.atleast_1d(np.asarray(data, dtype=np.int64)) & 0xFFFF
    except (TypeError, ValueError, OverflowError):
        return None
    if len(words) >= count:
        return words[:count].astype(np.float32)
    if bits <= 8 and 2 * len(words) >= count:  # two entries packed into each word
        return words.astype("<u2").view(np.uint8)[:count].astype(np.float32)
    return None


def _within_0_and_1(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(np.clip(values, 0.0, 1.0), dtype=np.float32)


def stretch(values: NDArray[Any], valid: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Scale values of unknown range to 0..1 by the valid ones, outliers apart but with headroom for dense objects."""
    sample = values[valid][:: max(1, int(valid.sum()) // 500_000)]
    sample = sample[np.isfinite(sample)]
    if sample.size == 0:
        return np.zeros(values.shape, dtype=np.float32)
    low, high = np.percentile(sample, (_OUTLIER_PERCENT, 100.0 - _OUTLIER_PERCENT))
    room = _HEADROOM * (high - low)
    low, high = max(float(sample.min()), low - room), min(float(sample.max()), high + room)
    if high <= low:
        return np.full(values.shape, 0.5, dtype=np.float32)
    scaled = (values.astype(np.float32) - np.float32(low)) * np.float32(1.0 / (high - low))
    return _within_0_and_1(np.nan_to_num(scaled, copy=False))


def _window(values: NDArray[np.float32], centre: float, width: float, function: str) -> NDArray[np.float32]:
    """Apply a window; output 0..1 (PS3.3 C.11.2.1.2 and C.11.2.1.3)."""
    if function == "SIGMOID":
        exponent = np.clip(-4.0 * (values - np.float32(centre)) / np.float32(width), -60.0, 60.0)
        return np.asarray(1.0 / (1.0 + np.exp(exponent)), dtype=np.float32)
    if function == "LINEAR_EXACT":
        scaled = (values - np.float32(centre)) / np.float32(width) + np.float32(0.5)
    elif width <= 1.0:
        scaled = (values > np.float32(centre - 0.5)).astype(np.float32)
    else:
        scaled = (values - np.float32(centre - 0.5)) / np.float32(width - 1.0) + np.float32(0.5)
    return _within_0_and_1(scaled)


def _modality(dataset: Dataset, stored: NDArray[np.int32], *, little_endian: bool) -> NDArray[np.float32]:
    for item in items(dataset, "ModalityLUTSequence"):
        table = LookupTable.from_item(item, little_endian=little_endian, lowest_input=float(stored.min()))
        if table is not None:
            return table.apply(stored)
    slope, intercept = number(dataset, "RescaleSlope"), number(dataset, "RescaleIntercept")
    values = stored.astype(np.float32)
    if slope not in (None, 0.0, 1.0):
        values *= np.float32(slope)
    if intercept:
        values += np.float32(intercept)
    return values


def _values_of_interest(
    dataset: Dataset, values: NDArray[np.float32], *, little_endian: bool
) -> NDArray[np.float32] | None:
    """Return 0..1 by the first VOI table or window of the file, ``None`` where it has none."""
    for item in items(dataset, "VOILUTSequence"):
        table = LookupTable.from_item(item, little_endian=little_endian, lowest_input=float(values.min()))
        if table is not None:
            return _within_0_and_1(table.apply(values) / np.float32(table.full_scale))
    centre, width = number(dataset, "WindowCenter"), number(dataset, "WindowWidth")
    if centre is None or width is None or width <= 0.0:
        return None
    return _window(values, centre, width, text(dataset, "VOILUTFunction"))


def _has_contrast(greys: NDArray[np.float32], valid: NDArray[np.bool_]) -> bool:
    sample = greys[valid][:: max(1, int(valid.sum()) // 500_000)]
    if sample.size == 0:
        return False
    low, high = np.percentile(sample, (1.0, 99.0))
    return bool(high - low >= _LEAST_WINDOW_CONTRAST)


def present(
    dataset: Dataset, stored: NDArray[np.int32], valid: NDArray[np.bool_], *, little_endian: bool = True
) -> Greys:
    """Send stored values through the grey pipeline of the file.

    MONOCHROME1 and PresentationLUTShape INVERSE both say that the largest value is dark. In a DX image they come
    together and mean *one* inversion (PS3.3 C.8.11.3.1.2).

    Parameters
    ----------
    dataset
        The image's attributes.
    stored
        (rows, columns) stored values.
    valid
        Pixels that count when the file gives no range and one has to be found.
    little_endian
        Byte order of tables that are stored as bytes.
    """
    notes: list[str] = []
    values = _modality(dataset, stored, little_endian=little_endian)
    greys = _values_of_interest(dataset, values, little_endian=little_endian)
    if greys is not None and not _has_contrast(greys, valid):
        notes.append("the grey window of the file leaves no contrast on this film and was not used")
        greys = None
    if greys is None:
        greys = stretch(values, valid)
    for item in items(dataset, "PresentationLUTSequence"):
        table = LookupTable.from_item(item, little_endian=little_endian, lowest_input=0.0)
        if table is not None:
            greys = table.apply(greys * np.float32(len(table.entries) - 1) + np.float32(table.first))
            greys = _within_0_and_1(greys / np.float32(table.full_scale))
            break
    shape = text(dataset, "PresentationLUTShape")
    monochrome1 = text(dataset, "PhotometricInterpretation") == "MONOCHROME1"
    if monochrome1 and shape == "IDENTITY":
        notes.append("the file calls its greys both MONOCHROME1 and IDENTITY; MONOCHROME1 was believed")
    if monochrome1 or shape == "INVERSE":
        greys = np.float32(1.0) - greys
    return Greys(greys, tuple(notes))


def is_raw_detector_data(dataset: Dataset) -> bool:
    """Tell whether the image is meant for processing, not for presentation (PS3.3 C.8.11.3)."""
    return text(dataset, "PresentationIntentType") == "FOR PROCESSING"


def develop(
    dataset: Dataset, stored: NDArray[np.int32], valid: NDArray[np.bool_], *, little_endian: bool = True
) -> Greys:
    """Turn raw detector data into greys that run with attenuation, like a film.

    Exposure falls exponentially with attenuation, so a linear detector signal is compared with the direct exposure on a
    logarithmic scale; a logarithmic signal is taken as it is. Where the file does not say which way its values run
    (PixelIntensityRelationshipSign), the photometric interpretation does.
    """
    values = _modality(dataset, stored, little_endian=little_endian)
    relationship = text(dataset, "PixelIntensityRelationship")
    sign = integer(dataset, "PixelIntensityRelationshipSign")
    if sign not in (1, -1):
        # 1: larger values mean more X-rays, so the largest value must be shown dark.
        sign = 1 if text(dataset, "PhotometricInterpretation") == "MONOCHROME1" else -1
    # From here on, larger values mean more X-rays.
    signal = values if sign == 1 else float(values.max()) - values
    if relationship in ("LOG", "DISP") or (not relationship and sign == -1):
        return Greys(stretch(-signal, valid), ("raw detector data (logarithmic) were developed for reading",))
    counts = signal[valid] if valid.any() else signal.ravel()
    counts = counts[:: max(1, counts.size // 500_000)]
    direct = max(float(np.percentile(counts, 99.5)), 1.0)
    attenuation = -np.log(np.maximum(signal, np.float32(_LEAST_TRANSMISSION * direct)) / np.float32(direct))
    return Greys(stretch(attenuation, valid), ("raw detector data (linear) were developed for reading",))
