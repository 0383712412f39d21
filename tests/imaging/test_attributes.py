from pydicom import Dataset
from pydicom.dataelem import RawDataElement
from pydicom.tag import Tag

from sclerograph.imaging.attributes import integer, items, number, numbers, text, texts


def damaged(keyword_tag: int, vr: str, value: bytes) -> Dataset:
    dataset = Dataset()
    tag = Tag(keyword_tag)
    dataset._dict[tag] = RawDataElement(tag, vr, len(value), value, 0, False, True)
    return dataset


def test_values_of_the_right_kind():
    dataset = Dataset()
    dataset.PixelSpacing = [0.1, 0.2]
    dataset.Rows = 7
    dataset.Modality = "cr"
    assert numbers(dataset, "PixelSpacing") == [0.1, 0.2]
    assert number(dataset, "PixelSpacing") == 0.1
    assert integer(dataset, "Rows") == 7
    assert text(dataset, "Modality") == "CR"


def test_absent_and_empty_are_nothing():
    dataset = Dataset()
    dataset.PixelSpacing = None
    dataset.Modality = ""
    assert numbers(dataset, "PixelSpacing") == []
    assert number(dataset, "Columns") is None
    assert texts(dataset, "Modality") == []
    assert list(items(dataset, "ViewCodeSequence")) == []


def test_damaged_bytes_are_nothing():
    assert numbers(damaged(0x00280030, "DS", b"abc\\def"), "PixelSpacing") == []
    assert integer(damaged(0x00280010, "US", b"\x01"), "Rows") is None
    assert number(damaged(0x00281050, "DS", b"inf"), "WindowCenter") is None
    assert list(items(damaged(0x00540220, "SQ", b"\xff\xff\xff"), "ViewCodeSequence")) == []
