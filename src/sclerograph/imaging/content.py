"""What a file is, by its first bytes and never by its name."""

from __future__ import annotations

from typing import Literal

from sclerograph.errors import UnreadableFile, UnsupportedImage

__all__ = ["ImageKind", "looks_like_image", "sniff"]

ImageKind = Literal["dicom", "png", "jpeg", "tiff", "bmp"]

_IMAGE_STARTS: tuple[tuple[bytes, ImageKind], ...] = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"II+\0", "tiff"),
    (b"MM\0+", "tiff"),
    (b"BM", "bmp"),
)

#: Other kinds of file that are met in practice, so that the refusal can say what they are.
_OTHER_STARTS: tuple[tuple[bytes, str], ...] = (
    (b"GIF8", "a GIF picture"),
    (b"%PDF", "a PDF document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"\xd0\xcf\x11\xe0", "an office document"),
    (b"\0\0\0\x0cjP  ", "a bare JPEG 2000 picture"),
    (b"\xff\x4f\xff\x51", "a bare JPEG 2000 picture"),
    (b"NRRD", "an NRRD volume"),
    (b"<!DOCTYPE", "a web page"),
    (b"<html", "a web page"),
    (b"<?xml", "an XML document"),
    (b"\x5c\x01\0\0", "a NIfTI volume"),
)

_ENCRYPTED_STARTS = (
    b"-----BEGIN PGP MESSAGE",
    b"-----BEGIN CMS",
    b"-----BEGIN PKCS7",
    b"Salted__",
    b"age-encryption.org",
)
#: Object identifiers of CMS enveloped and encrypted data (RFC 5652), the form of a secure DICOM file (PS3.15 annex D).
_ENCRYPTED_CMS = (bytes.fromhex("06092a864886f70d010703"), bytes.fromhex("06092a864886f70d010706"))


def _is_encrypted(head: bytes) -> bool:
    if head.startswith(_ENCRYPTED_STARTS):
        return True
    if head[:1] == b"\x30" and any(identifier in head[:40] for identifier in _ENCRYPTED_CMS):
        return True
    # Bit 0 of the flags of a ZIP entry says that it is encrypted.
    return head.startswith(b"PK\x03\x04") and len(head) > 6 and bool(head[6] & 1)


def _is_bare_dataset(head: bytes) -> bool:
    """Tell whether a DICOM data set begins without preamble: group 0002 or 0008, a plausible first element."""
    if len(head) < 8 or head[:2] not in (b"\x08\x00", b"\x02\x00"):
        return False
    if head[3] != 0 or head[2] > 0x18:
        return False
    explicit = head[4:6].isalpha() and head[4:6].isupper()
    return explicit or int.from_bytes(head[4:8], "little") < 256


def _image_kind(head: bytes) -> ImageKind | None:
    if head[128:132] == b"DICM":
        return "dicom"
    for start, kind in _IMAGE_STARTS:
        if head.startswith(start):
            return kind
    return "dicom" if _is_bare_dataset(head) else None


def looks_like_image(head: bytes) -> bool:
    """Tell whether these first bytes (132 or more) are those of an image that is read here."""
    return _image_kind(head) is not None


def sniff(data: bytes) -> ImageKind:
    """Return the kind of image in ``data``.

    Raises
    ------
    UnreadableFile
        Empty, encrypted, or no known kind of file.
    UnsupportedImage
        A known kind of file that is not read.
    """
    if not data:
        raise UnreadableFile("an empty file", "it holds no bytes", "copy or export the film again")
    kind = _image_kind(data[:132])
    if kind is not None:
        return kind
    if _is_encrypted(data[:64]):
        raise UnreadableFile("an encrypted file", "its content cannot be seen", "decrypt it first")
    if not data.strip(b"\0"):
        raise UnreadableFile("a file of zeros", "it holds no image", "copy or export the film again")
    for start, what in _OTHER_STARTS:
        if data.startswith(start):
            raise UnsupportedImage(what, "it is not a radiograph file", "give DICOM, PNG, JPEG, TIFF or BMP")
    if data.startswith(b"PK\x03\x04"):
        raise UnsupportedImage("a ZIP archive", "archives are not opened", "unpack it and give the films inside")
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        raise UnsupportedImage("a WebP picture", "it is not a radiograph file", "give DICOM, PNG, JPEG, TIFF or BMP")
    if data[4:8] == b"ftyp":
        raise UnsupportedImage("a HEIC picture or a video", "it is not a radiograph file", "give DICOM, PNG or JPEG")
    raise UnreadableFile(
        "a file that is no image",
        "its first bytes belong to no kind of image that is read here, or it is damaged or encrypted",
        "give DICOM, PNG, JPEG, TIFF or BMP",
    )
