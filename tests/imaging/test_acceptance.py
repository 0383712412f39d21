import numpy as np
import pytest
from pydicom import Dataset

from sclerograph.errors import InputRejected, NotAHandRadiograph, UnreadableFile, UnsupportedImage
from sclerograph.imaging.acceptance import check_dicom, is_secondary_capture
from tests.imaging.films import SECONDARY_CAPTURE, dicom


def film(**attributes: object) -> Dataset:
    return dicom(np.zeros((600, 520), np.uint16), bits_stored=12, **attributes)


def part(meaning: str) -> Dataset:
    region = Dataset()
    region.CodeMeaning = meaning
    return region


@pytest.mark.parametrize("modality", ["CR", "DX", "RG", "OT", ""])
def test_radiographs_are_accepted(modality):
    assert check_dicom(film(Modality=modality)) == (600, 520, [])


@pytest.mark.parametrize(
    ("modality", "words"),
    [("CT", "a CT image"), ("MR", "magnetic resonance"), ("US", "ultrasound"), ("MG", "mammogram"), ("QQ", "another")],
)
def test_other_modalities_are_named(modality, words):
    with pytest.raises(UnsupportedImage, match=words):
        check_dicom(film(Modality=modality))


def test_class_tells_when_the_modality_is_missing():
    with pytest.raises(UnsupportedImage, match="a CT image"):
        check_dicom(film(Modality="", SOPClassUID="1.2.840.10008.5.1.4.1.1.2.1"))


@pytest.mark.parametrize(
    "body_part", ["HAND", "WRIST", "FINGER", "THUMB", "", "UNKNOWN", "EXTREMITY", "MAIN", "ARM", "METACARPUS", "UP_EXM"]
)
def test_hands_and_unknown_parts_are_accepted(body_part):
    check_dicom(film(BodyPartExamined=body_part))


@pytest.mark.parametrize(
    ("body_part", "words"),
    [
        ("CHEST", "the chest"),
        ("FOOT", "a foot"),
        ("METATARSUS", "a foot"),
        ("LSPINE", "the spine"),
        ("KNEE", "a leg"),
        ("SKULL", "the head"),
        ("ELBOW", "an elbow"),
        ("HIP", "the pelvis"),
    ],
)
def test_other_parts_are_refused_by_name(body_part, words):
    with pytest.raises(NotAHandRadiograph, match=words):
        check_dicom(film(BodyPartExamined=body_part))


def test_region_code_counts_too_and_a_hand_anywhere_wins():
    with pytest.raises(NotAHandRadiograph, match="the chest"):
        check_dicom(film(BodyPartExamined="", AnatomicRegionSequence=[part("Chest")]))
    check_dicom(film(BodyPartExamined="CHEST", AnatomicRegionSequence=[part("Hand")]))


def test_what_the_file_says_is_not_repeated():
    with pytest.raises(InputRejected) as caught:
        check_dicom(film(BodyPartExamined="CHEST MUSTERMANN"))
    assert "MUSTERMANN" not in str(caught.value)


def test_several_frames_are_refused_and_one_is_not():
    check_dicom(film(NumberOfFrames=1))
    with pytest.raises(UnsupportedImage, match="12 frames"):
        check_dicom(film(NumberOfFrames=12))


def test_bombs_are_refused_by_their_header():
    with pytest.raises(UnreadableFile, match="million pixels"):
        check_dicom(film(Rows=60_000, Columns=60_000))


def test_missing_parts_are_refused():
    bare = film()
    del bare.PixelData
    with pytest.raises(UnreadableFile, match="without pixel data"):
        check_dicom(bare)
    del bare.Rows, bare.Columns
    with pytest.raises(UnreadableFile, match="without a picture"):
        check_dicom(bare)


@pytest.mark.parametrize("depth", [{"BitsAllocated": 32}, {"BitsAllocated": 1}, {"SamplesPerPixel": 4}])
def test_other_depths_are_refused(depth):
    with pytest.raises(UnsupportedImage, match="samples of"):
        check_dicom(film(**depth))


def test_directory_is_named():
    directory = film()
    directory.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.1.3.10"
    with pytest.raises(UnsupportedImage, match="DICOMDIR"):
        check_dicom(directory)


def test_secondary_capture_is_known():
    assert is_secondary_capture(film(SOPClassUID=SECONDARY_CAPTURE))
    assert not is_secondary_capture(film())
