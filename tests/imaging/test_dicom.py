import numpy as np
import pytest

from sclerograph.errors import InputRejected, NotAHandRadiograph, UnreadableFile, UnsupportedImage
from sclerograph.imaging.dicom import read_dicom
from sclerograph.imaging.radiograph import Radiograph
from tests.imaging.films import (
    DX_PRESENTATION,
    PATIENT,
    SECONDARY_CAPTURE,
    STUDY,
    as_bytes,
    dicom,
    eight_bit,
    hand_film,
    transcoded,
    twelve_bit,
)

FILM = hand_film(320, 256)
STORED = twelve_bit(FILM)
WINDOW = {"WindowCenter": 2048, "WindowWidth": 4096}


def read(stored: np.ndarray = STORED, **attributes: object) -> Radiograph:
    bits = 12 if stored.dtype == np.uint16 else None
    return read_dicom(as_bytes(dicom(stored, bits_stored=bits, **attributes)), "film.dcm", "abc")


def test_computed_radiograph():
    film = read(**WINDOW, ImageLaterality="L", ViewPosition="PA", ImagerPixelSpacing=[0.2, 0.2])
    np.testing.assert_allclose(film.pixels, STORED / 4095, atol=1e-3)
    assert film.pixels.dtype == np.float32
    assert film.valid.all()
    assert (film.side, film.view, film.visit) == ("L", "PA", STUDY)
    assert film.calibration.mm_per_pixel == pytest.approx(0.2)
    assert (film.source.file, film.source.sha256) == ("film.dcm", "abc")
    assert (film.source.rows, film.source.columns) == (320, 256)


def test_digital_radiograph_in_every_usual_compression():
    dataset = dicom(
        4095 - STORED,
        bits_stored=12,
        SOPClassUID=DX_PRESENTATION,
        Modality="DX",
        PhotometricInterpretation="MONOCHROME1",
        PresentationLUTShape="INVERSE",
        **WINDOW,
    )
    for syntax in ("1.2.840.10008.1.2.4.70", "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.5"):
        film = read_dicom(transcoded(dataset, syntax), "film.dcm", "0")
        np.testing.assert_allclose(film.pixels, STORED / 4095, atol=2e-3)


def test_secondary_capture_in_colour_with_an_arrow():
    rgb = np.stack([eight_bit(FILM)] * 3, axis=-1)
    rgb[100:150, 100:104] = (255, 255, 0)
    film = read(rgb, SOPClassUID=SECONDARY_CAPTURE, Modality="OT")
    assert not film.valid[100:150, 100:104].any()
    away = film.valid
    np.testing.assert_allclose(film.pixels[away], FILM[away], atol=0.01)


def test_only_secondary_captures_are_turned_round():
    captured = read(4095 - STORED, SOPClassUID=SECONDARY_CAPTURE, Modality="OT", **WINDOW)
    assert np.corrcoef(captured.pixels.ravel(), FILM.ravel())[0, 1] > 0.999
    computed = read(4095 - STORED, **WINDOW)
    assert np.corrcoef(computed.pixels.ravel(), FILM.ravel())[0, 1] < -0.999
    assert any("darker" in note for note in computed.notes)


def test_shutter_is_not_valid_and_dark():
    film = read(
        **WINDOW,
        ShutterShape="RECTANGULAR",
        ShutterLeftVerticalEdge=21,
        ShutterRightVerticalEdge=236,
        ShutterUpperHorizontalEdge=11,
        ShutterLowerHorizontalEdge=310,
    )
    assert not film.valid[:10].any()
    assert film.valid[10:310, 20:236].all()
    assert not film.pixels[~film.valid].any()


def test_padding_around_the_film_but_not_inside_it():
    padded = np.pad(STORED[10:-10, 10:-10], 10, constant_values=0)
    padded[150, 120] = 0
    film = read(padded, PixelPaddingValue=0, **WINDOW)
    assert not film.valid[:9].any()
    assert film.valid[150, 120]


def test_everything_missing_but_the_picture():
    bare = dicom(STORED, bits_stored=12)
    for keyword in ("StudyInstanceUID", "Modality", "BodyPartExamined", "HighBit", "PhotometricInterpretation"):
        delattr(bare, keyword)
    bare.PhotometricInterpretation = "MONOCHROME2"
    film = read_dicom(as_bytes(bare), "some film.dcm", "0")
    assert film.visit == "some film"
    assert film.calibration.source == "none"


@pytest.mark.parametrize(
    ("stored", "attributes", "error"),
    [
        (STORED, {"Modality": "CT"}, UnsupportedImage),
        (STORED, {"NumberOfFrames": 3}, UnsupportedImage),
        (STORED, {"BodyPartExamined": "CHEST"}, NotAHandRadiograph),
        (STORED, {"PixelSpacing": [0.1, 0.3]}, UnsupportedImage),
        (STORED, {"Rows": 900}, UnreadableFile),
        (np.zeros((300, 300), np.uint16), {}, NotAHandRadiograph),
        (np.full((300, 300), 777, np.uint16), {}, NotAHandRadiograph),
        (np.ones((1, 1), np.uint16), {}, UnsupportedImage),
    ],
)
def test_refusals_carry_a_reason_and_nobody_s_name(stored, attributes, error, recwarn, caplog, capfd):
    with pytest.raises(error) as caught:
        read(stored, **attributes)
    refusal = caught.value
    assert isinstance(refusal, InputRejected)
    assert all((refusal.found, refusal.because, refusal.remedy))
    assert "\n" not in str(refusal)
    output = capfd.readouterr()
    everything = f"{refusal!r} {caplog.text} {[str(w.message) for w in recwarn]} {output.out} {output.err}"
    for value in (*PATIENT.values(), "Mustermann", STUDY):
        assert value not in everything
    assert refusal.__cause__ is None


def test_notes_hold_nothing_of_the_patient():
    film = read(Laterality="L", ImageLaterality="R", ViewPosition="PA", PatientOrientation=["L", "F"])
    assert film.notes
    assert not any(value in " ".join(film.notes) for value in (*PATIENT.values(), "Mustermann"))
