"""Whose score an objective is, and where fronts are measured from, is the same for theory, search and advice."""

from beamopt.acquisition import Acquisition
from beamopt.front import reference, traded_score
from beamopt.spec import METHODS, StudySpec, load_study


def spec(*metrics: str) -> StudySpec:
    better = {"phase_nrmse": "minimize", "frc_resolution": "minimize", "dose_per_area": "minimize"}
    goals = [{"metric": m, "direction": better.get(m.rpartition(".")[2], "maximize")} for m in metrics]
    return load_study("mof_coherent", {"objectives": goals})


def test_an_unqualified_score_is_the_first_methods_whatever_stands_beside_it() -> None:
    study = spec("information", "icom.frc_resolution")
    assert study.judged()[0] == "ptychography"
    assert study.judged() == ("ptychography", "information")
    assert traded_score(study) == "ptychography.information"
    assert study.judged_methods() == ("ptychography", "icom")
    assert spec("dose_per_area", "parallax.information").judged()[0] == "parallax"
    assert spec("dose_per_area").judged()[0] == "ptychography"


def test_fronts_are_measured_from_the_worst_that_an_image_can_be() -> None:
    study = spec("dose_per_area", "ssim", "phase_nrmse", "icom.frc_resolution")
    assert reference(study) == (500.0, 0.0, 2.0, 40.0)


def test_what_a_method_says_that_its_image_holds() -> None:
    a = Acquisition(
        energy=300e3, semiangle_cutoff=10, defocus=500, detector_outer=20, scan_sampling=1.0, dose_per_area=100
    )
    bands = {method: kind().band(a) for method, kind in METHODS.items()}
    assert bands["parallax"] == 2 * a.cutoff
    assert bands["icom"] == 0.5
    assert bands["obf"] == bands["ssb"] == 1.0
    assert bands["ptychography"] == bands["multislice_ptychography"] == a.cutoff + 20e-3 / a.wavelength
