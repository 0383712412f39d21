"""Which DICOM objects are hand radiographs as far as their attributes tell, and why the others are not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sclerograph.errors import NotAHandRadiograph, UnreadableFile, UnsupportedImage
from sclerograph.imaging.attributes import integer, items, text, texts
from sclerograph.imaging.limits import check_size

if TYPE_CHECKING:
    from pydicom import Dataset

__all__ = ["SECONDARY_CAPTURE", "check_dicom", "is_secondary_capture"]

SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
_RADIOGRAPH_MODALITIES = frozenset({"CR", "DX", "RG", "OT", "SC", ""})
#: PS3.3 C.7.3.1.1.1, the modalities that turn up beside hand films, in words.
_OTHER_MODALITIES = {
    "CT": "a CT image",
    "MR": "a magnetic resonance image",
    "US": "an ultrasound image",
    "NM": "a nuclear medicine image",
    "PT": "a PET image",
    "MG": "a mammogram",
    "XA": "an angiogram",
    "RF": "a fluoroscopy image",
    "IO": "a dental film",
    "PX": "a dental panorama",
    "XC": "a photograph",
    "GM": "a microscope picture",
    "SM": "a microscope picture",
    "ES": "an endoscope picture",
    "BMD": "a bone densitometry image",
    "DOC": "a document",
    "SR": "a structured report",
    "PR": "a presentation state",
    "KO": "a key object note",
    "SEG": "a segmentation",
}
#: Stems of SOP classes (PS3.4 B.5) that are no projection radiograph, for files that name no modality.
_OTHER_CLASSES = {
    "1.2.840.10008.5.1.4.1.1.2": "a CT image",
    "1.2.840.10008.5.1.4.1.1.4": "a magnetic resonance image",
    "1.2.840.10008.5.1.4.1.1.6": "an ultrasound image",
    "1.2.840.10008.5.1.4.1.1.20": "a nuclear medicine image",
    "1.2.840.10008.5.1.4.1.1.128": "a PET image",
    "1.2.840.10008.5.1.4.1.1.12": "an angiogram or fluoroscopy image",
    "1.2.840.10008.5.1.4.1.1.77": "a photograph",
    "1.2.840.10008.5.1.4.1.1.88": "a structured report",
    "1.2.840.10008.5.1.4.1.1.104": "a document",
    "1.2.840.10008.5.1.4.1.1.11": "a presentation state",
}
_DIRECTORY = "1.2.840.10008.1.3.10"

_HAND_WORDS = re.compile(r"HAND|WRIST|FINGER|THUMB|CARP(?!I?TIS)|PHALAN|CARPAL|DIGIT")
#: BodyPartExamined (PS3.16 annex L) and the meanings of region codes, each with the word that a refusal uses. UPPER
#: EXTREMITY, EXTREMITY and ARM may be a hand.
_OTHER_PARTS: tuple[tuple[str, str], ...] = (
    (r"CHEST|THORAX|LUNG|RIB|STERNUM|HEART", "the chest"),
    (r"ABDOMEN|STOMACH|COLON|BLADDER|KIDNEY|LIVER", "the abdomen"),
    (r"SPINE|VERTEBRA|SACRUM|COCCYX|SACRO", "the spine"),
    (r"PELVIS|\bHIP\b|\bHIPS\b|ILIUM", "the pelvis"),
    (
        r"SKULL|\bHEAD\b|SINUS|\bJAW\b|MANDIBLE|MAXILLA|ORBIT|FACIAL|FACE|NASAL|\bNOSE\b|ZYGOMA|\bNECK\b|\bTMJ\b",
        "the head",
    ),
    (r"TOOTH|TEETH|DENTAL", "teeth"),
    (r"BREAST", "the breast"),
    (r"FOOT|FEET|\bTOE|ANKLE|CALCANEUS|\bHEEL\b|TARS", "a foot"),
    (r"KNEE|PATELLA|TIBIA|FIBULA|LOWER LEG|\bLEG\b|FEMUR|THIGH|LOWER ?(LIMB|EXTREMITY)", "a leg"),
    (r"SHOULDER|CLAVICLE|SCAPULA|HUMERUS|UPPER ARM", "a shoulder"),
    (r"ELBOW|FOREARM", "an elbow or forearm"),
    (r"WHOLEBODY|ENTIRE BODY|WHOLE BODY", "the whole body"),
)


def is_secondary_capture(dataset: Dataset) -> bool:
    """Tell whether the object is a secondary capture (PS3.3 A.8)."""
    return text(dataset, "SOPClassUID").startswith(SECONDARY_CAPTURE)


def _other_kind(dataset: Dataset) -> str | None:
    modality = text(dataset, "Modality")
    if modality in _OTHER_MODALITIES:
        return _OTHER_MODALITIES[modality]
    if modality not in _RADIOGRAPH_MODALITIES:
        return "an object of another modality"
    sop_class = text(dataset, "SOPClassUID")
    for stem, what in _OTHER_CLASSES.items():
        if sop_class == stem or sop_class.startswith(stem + "."):
            return what
    return None


def _other_part(dataset: Dataset) -> str | None:
    """Return the region in our own words when the file names one and none of them is the hand."""
    named = texts(dataset, "BodyPartExamined")
    sequences = [dataset, *items(dataset, "FrameAnatomySequence")]
    for holder in sequences:
        for region in items(holder, "AnatomicRegionSequence"):
            named += texts(region, "CodeMeaning")
    # METACARPAL is a hand, METATARSAL a foot: the hand is looked for first.
    if any(_HAND_WORDS.search(name) for name in named):
        return None
    for name in named:
        for pattern, words in _OTHER_PARTS:
            if re.search(pattern, name):
                return words
    return None


def check_dicom(dataset: Dataset) -> tuple[int, int, list[str]]:
    """Return rows, columns and notes of an object that may be a hand radiograph. Pixels are not touched.

    Unknown or missing values are accepted: the pixels will tell.

    Raises
    ------
    UnsupportedImage
        Another modality, several frames, no picture, an unusable depth or size.
    NotAHandRadiograph
        The file says that it shows another region.
    UnreadableFile
        The file is damaged, or too large to open.
    """
    meta = getattr(dataset, "file_meta", None)
    if meta is not None and text(meta, "MediaStorageSOPClassUID") == _DIRECTORY:
        raise UnsupportedImage("a DICOMDIR", "it lists images and holds none", "give the folder or the images")
    other = _other_kind(dataset)
    if other is not None:
        raise UnsupportedImage(other, "only projection radiographs (CR, DX, secondary capture) are read", "give those")
    frames = integer(dataset, "NumberOfFrames") or 1
    if frames > 1:
        raise UnsupportedImage(
            f"a DICOM image of {frames} frames",
            "a radiograph has one picture, and which of them to read is not said",
            "export the frame that shows the hand",
        )
    part = _other_part(dataset)
    if part is not None:
        raise NotAHandRadiograph(
            f"the file says that it shows {part}",
            "only hands are read",
            "give a hand film, or correct the body part in the file",
        )
    rows, columns = integer(dataset, "Rows"), integer(dataset, "Columns")
    if rows is None and columns is None:
        raise UnreadableFile("a DICOM object without a picture", "it has no rows and columns", "give the film itself")
    notes = check_size(rows or 0, columns or 0)
    if "PixelData" not in dataset:
        raise UnreadableFile(
            "a DICOM file without pixel data", "it is truncated or holds the header only", "copy or export it again"
        )
    samples = integer(dataset, "SamplesPerPixel") or 1
    allocated = integer(dataset, "BitsAllocated") or 0
    if samples not in (1, 3) or allocated not in (8, 16) or (samples == 3 and allocated != 8):
        raise UnsupportedImage(
            f"a DICOM image of {samples} samples of {allocated} bits",
            "greys of 8 to 16 bits, or colour of 8 bits, are read",
            "export the film with 8 to 16 bits a pixel",
        )
    return rows or 0, columns or 0, notes
