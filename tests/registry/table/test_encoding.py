from __future__ import annotations

import codecs

import pytest

from sclerograph.registry.table.encoding import decode, guessed_letters

TEXT = "pseudonym;Calcémie;Ödem\nP-1;2,5;né à Nîmes\n"


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-32-le", codecs.BOM_UTF32_LE),
    ],
)
def test_unicode_is_told_for_certain(encoding, mark):
    decoded = decode(mark + TEXT.encode(encoding))
    assert (decoded.text, decoded.certain) == (TEXT, True)


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman", "cp850", "utf-16-le", "utf-16-be"])
def test_the_others_are_guessed_from_what_they_yield(encoding):
    decoded = decode(TEXT.encode(encoding))
    assert (decoded.text, decoded.encoding, decoded.certain) == (TEXT, encoding, False)


def test_a_file_joined_from_two_encodings_keeps_the_bytes_that_do_not_fit():
    decoded = decode("né\nné à\n".encode() + "Nîmes\n".encode("cp1252"))
    assert decoded.text == "né\nné à\nN\udceemes\n"
    assert guessed_letters(decoded.text) == "né\nné à\nNîmes\n"


def test_a_mark_before_other_bytes_is_a_joined_file_too():
    assert decode(codecs.BOM_UTF8 + "né".encode("cp1252")).text == "n\udce9"


def test_broken_utf_16_is_not_certain():
    assert not decode(codecs.BOM_UTF16_LE + b"a\0b").certain
