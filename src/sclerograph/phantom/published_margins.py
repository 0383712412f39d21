"""What the abstract FRI0276 prints about its 77 patients, as data.

Bauer E et al., *Peripheral structural evaluation (radiographic) and axial (scan) in a population of 77 patients with
systemic sclerosis*, Ann Rheum Dis 2016;75(Suppl 2):535 (EULAR abstract FRI0276). Percentages and p values stand here as
they were printed; counts follow from them and from n = 77. The one percentage that no count of 77 gives (19.9 %) keeps
its printed text and takes the nearest count.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "ASSOCIATIONS",
    "CITATION",
    "MEAN_AGE_YEARS",
    "PATIENTS",
    "PREVALENCES",
    "PrintedAssociation",
    "PrintedPrevalence",
]

CITATION = "Bauer E et al. FRI0276. Ann Rheum Dis 2016;75(Suppl 2):535"
PATIENTS = 77
MEAN_AGE_YEARS = 56.9


@dataclass(frozen=True)
class PrintedPrevalence:
    """A share as printed, the count that stands for it, and whether the abstract prints that count too."""

    variable: str
    label: str
    printed: str
    count: int
    count_printed: bool = False


@dataclass(frozen=True)
class PrintedAssociation:
    """A p value as printed.

    ``p`` is the number, ``below`` says that only an upper bound was printed (``p<0.001``, or "statistically
    significantly more"). ``outcome`` may be binary or a measurement.
    """

    exposure: str
    outcome: str
    printed: str
    p: float
    below: bool = False


PREVALENCES: tuple[PrintedPrevalence, ...] = (
    PrintedPrevalence("female", "Female", "88.3%", 68),
    PrintedPrevalence("limited", "Limited cutaneous subset", "71%", 55, True),
    PrintedPrevalence("diffuse", "Diffuse cutaneous subset", "29%", 22, True),
    PrintedPrevalence("hand_calcinosis", "Calcinosis, hands", "26%", 20),
    PrintedPrevalence("hand_acro_osteolysis", "Acro-osteolysis", "20.8%", 16),
    PrintedPrevalence("hand_periarticular_calcification", "Periarticular calcification, hands", "28.6%", 22),
    PrintedPrevalence("hand_erosion", "Erosion, hands", "24.7%", 19),
    PrintedPrevalence("hand_joint_narrowing", "Joint space narrowing, hands", "42.9%", 33),
    PrintedPrevalence("hand_subluxation", "Subluxation, hands", "19.9%", 15),
    PrintedPrevalence("hand_flexion", "Flexion, hands", "27.3%", 21),
    PrintedPrevalence("spine_anterior_calcification", "Spine, anterior segment", "80.5%", 62, True),
    PrintedPrevalence("spine_canal_calcification", "Spine, canal segment", "27.3%", 21, True),
    PrintedPrevalence("spine_foraminal_calcification", "Spine, foraminal", "", 9, True),
    PrintedPrevalence("spine_posterior_calcification", "Spine, posterior segment", "35.1%", 27, True),
)

#: Three p values stand behind two relations ("to the duration of progression of the disease and to the onset of digital
#: ulcers"): the abstract does not say which relation they belong to, so the simulated cohort holds them for both.
ASSOCIATIONS: tuple[PrintedAssociation, ...] = (
    PrintedAssociation("diffuse", "ild", "significant", 0.05, below=True),
    PrintedAssociation("diffuse", "restrictive_syndrome", "significant", 0.05, below=True),
    PrintedAssociation("hand_calcinosis", "digital_ulcers_ever", "p=0.002", 0.002),
    PrintedAssociation("hand_acro_osteolysis", "digital_ulcers_ever", "p<0.001", 0.001, below=True),
    PrintedAssociation("hand_periarticular_calcification", "digital_ulcers_ever", "p=0.014", 0.014),
    PrintedAssociation("hand_calcinosis", "disease_duration_years", "p=0.002", 0.002),
    PrintedAssociation("hand_acro_osteolysis", "disease_duration_years", "p<0.001", 0.001, below=True),
    PrintedAssociation("hand_periarticular_calcification", "disease_duration_years", "p=0.014", 0.014),
    PrintedAssociation("spine_any_calcification", "hand_periarticular_calcification", "p=0.012", 0.012),
    PrintedAssociation("hand_calcinosis", "pah", "p=0.02", 0.02),
    PrintedAssociation("spine_posterior_calcification", "ild", "p=0.029", 0.029),
    PrintedAssociation("spine_foraminal_calcification", "ild", "p=0.041", 0.041),
    PrintedAssociation("spine_foraminal_calcification", "death", "p=0.001", 0.001),
)
