import pytest

from sclerograph.errors import UnreadableFile, UnsupportedImage
from sclerograph.imaging.content import looks_like_image, sniff
from tests.imaging.films import as_bytes, dicom, hand_film, twelve_bit


def test_dicom_with_and_without_preamble():
    data = as_bytes(dicom(twelve_bit(hand_film()), bits_stored=12))
    assert sniff(data) == "dicom"
    assert sniff(data[132:]) == "dicom"
    assert looks_like_image(data[:132])


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n", "png"),
        (b"\xff\xd8\xff\xe0", "jpeg"),
        (b"MM\0*", "tiff"),
        (b"II*\0", "tiff"),
        (b"BM", "bmp"),
    ],
)
def test_rasters(head, kind):
    assert sniff(head + bytes(200)) == kind


@pytest.mark.parametrize(
    "data",
    [
        b"-----BEGIN PGP MESSAGE-----\n",
        b"Salted__12345678",
        b"PK\x03\x04\x14\0\x01\0" + bytes(40),
        b"\x30\x82\x10\x00" + bytes.fromhex("06092a864886f70d010703") + bytes(60),
    ],
)
def test_encryption_is_named(data):
    with pytest.raises(UnreadableFile, match="encrypted file"):
        sniff(data)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"%PDF-1.7", "PDF"),
        (b"GIF89a", "GIF"),
        (b"PK\x03\x04\x14\0\0\0" + bytes(40), "ZIP archive"),
        (b"RIFF\0\0\0\0WEBP", "WebP"),
        (b"\0\0\0\x18ftypheic", "HEIC"),
    ],
)
def test_other_kinds_are_named(data, words):
    with pytest.raises(UnsupportedImage, match=words):
        sniff(data)


@pytest.mark.parametrize(("data", "words"), [(b"", "empty"), (bytes(4000), "zeros"), (b"hello world", "no image")])
def test_what_is_nothing_is_unreadable(data, words):
    with pytest.raises(UnreadableFile, match=words):
        sniff(data)
