from __future__ import annotations

from sclerograph.anatomy.hand import JOINTS
from sclerograph.anatomy.joint_frame import SPACE_BONES, SPACE_JOINTS
from sclerograph.anatomy.joint_space_norms import joint_space_norms


def test_every_joint_whose_space_is_measured_has_a_norm_with_its_source() -> None:
    norms = joint_space_norms()
    assert tuple(norms) == SPACE_JOINTS
    assert all(norm.source and norm.basis in ("printed", "derived", "assumed") for norm in norms.values())


def test_printed_figures_are_as_printed() -> None:
    # Kwok et al. 2011, doi:10.1016/j.joca.2011.08.006, abstract
    norms = joint_space_norms()
    assert (norms["DIP3"].mean_mm, norms["MCP2"].mean_mm) == (0.70, 1.40)
    # all joints together 0.98 mm: the derived mean of the PIP joints agrees
    assert abs((norms["DIP2"].mean_mm + norms["PIP2"].mean_mm + norms["MCP2"].mean_mm) / 3 - 0.98) < 0.005


def test_sex_and_age_not_being_known_widens_the_spread() -> None:
    norm = joint_space_norms()["MCP3"]
    assert norm.sd_mm > 0.25
    assert norm.z(norm.mean_mm - 2 * norm.sd_mm) == -2.0


def test_the_bones_are_those_of_the_vocabulary() -> None:
    known = {joint.code: (joint.proximal_bones, joint.distal_bones) for joint in JOINTS}
    assert all(known[code] == bones for code, bones in SPACE_BONES.items())
