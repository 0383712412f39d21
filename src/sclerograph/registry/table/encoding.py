"""Which encoding a text file has, when nobody says."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

__all__ = ["DecodedText", "decode", "guessed_letters"]

#: Byte order marks, the longer ones first: that of UTF-32 begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: Encodings of one byte a letter that spreadsheets of Western Europe have written, the likeliest first: Windows, Mac,
#: DOS.
_ONE_BYTE = ("cp1252", "mac_roman", "cp850")
#: Letters beyond ASCII that words of Western European languages hold; what a wrong guess yields is rarely among them.
#: Small letters count double: most letters of a text are small.
_SMALL = frozenset("äöüßéèêëàâáãçîïíôóõûùúñæøåœµ°²³±")
_OTHERS = frozenset("ÄÖÜÉÈÊÀÂÁÇÎÍÔÓÛÚÑÆØÅ«»’–\u00a0")
_SURROGATES = range(0xDC80, 0xDD00)


@dataclass(frozen=True)
class DecodedText:
    """A text and how it was decoded.

    Attributes
    ----------
    text
        The text; bytes that are not valid in a file that is UTF-8 in other places stand as lone surrogates (U+DC80 and
        following, as Python's ``surrogateescape`` writes them), so that the cells that hold them can be named.
    encoding
        Python's name of the encoding.
    certain
        ``False`` where the encoding was guessed from the letters it yields.
    """

    text: str
    encoding: str
    certain: bool


def decode(content: bytes) -> DecodedText:
    """Return a file's content as text.

    UTF-8, UTF-16 and UTF-32 are told by their byte order mark, UTF-8 also by being valid, UTF-16 without a mark by its
    zero bytes. A file with both valid UTF-8 letters and invalid bytes was joined from files of two encodings.
    """
    for mark, name in _MARKS:
        if content.startswith(mark):
            try:
                return DecodedText(content.decode(name), name, certain=True)
            except UnicodeDecodeError:
                # A mark of UTF-8 before other bytes: the file was joined, too. The others have no repair.
                if name == "utf-8-sig":
                    return DecodedText(content.decode(name, "surrogateescape"), name, certain=True)
                return DecodedText(content.decode(name, "replace"), name, certain=False)
    if b"\0" in content:
        wide = _wide_without_mark(content)
        if wide is not None:
            return wide
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = content.decode("utf-8", "surrogateescape")
        letters = sum(map(str.isprintable, filter(_beyond_ascii, text)))
        broken = sum(ord(letter) in _SURROGATES for letter in text)
        if letters >= broken:
            return DecodedText(text, "utf-8", certain=True)
        return _one_byte(content)
    return DecodedText(text, "utf-8", certain=True)


def guessed_letters(text: str) -> str:
    """Return a text whose lone surrogates are replaced by the letters that they would be on Windows."""
    return "".join(
        bytes([ord(letter) - 0xDC00]).decode("cp1252", "replace") if ord(letter) in _SURROGATES else letter
        for letter in text
    )


def _one_byte(content: bytes) -> DecodedText:
    best, best_share = _ONE_BYTE[0], -1.0
    for name in _ONE_BYTE:
        letters = [letter for letter in content.decode(name, "replace") if _beyond_ascii(letter)]
        share = sum(2 * (letter in _SMALL) + (letter in _OTHERS) for letter in letters) / len(letters)
        if share > best_share:
            best, best_share = name, share
    return DecodedText(content.decode(best, "replace"), best, certain=False)


def _wide_without_mark(content: bytes) -> DecodedText | None:
    """Return a file as UTF-16 when nearly every second byte is zero, in either order."""
    for name, zeros in (("utf-16-le", content[1::2]), ("utf-16-be", content[::2])):
        if len(content) % 2 == 0 and zeros.count(0) > 0.4 * len(zeros):
            try:
                return DecodedText(content.decode(name), name, certain=False)
            except UnicodeDecodeError:
                continue
    return None


def _beyond_ascii(letter: str) -> bool:
    return letter > "\x7f"
