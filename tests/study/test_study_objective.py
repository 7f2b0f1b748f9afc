"""Whose score an objective is, and where fronts are measured from, is the same for theory, search and advice."""

from beamopt.acquisition import Acquisition
from beamopt.front import reference, traded_score
from beamopt.rehearsal.prediction import _band
from beamopt.spec import StudySpec, load_study


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


def test_the_band_of_parallax_is_the_double_aperture() -> None:
    a = Acquisition(
        energy=300e3, semiangle_cutoff=10, defocus=500, detector_outer=20, scan_sampling=1.0, dose_per_area=100
    )
    study = spec("dose_per_area", "parallax.information")
    assert _band(study, "parallax", a) == 2 * a.cutoff
    assert _band(study, "icom", a) == 0.5
    assert _band(study, "ptychography", a) == a.cutoff + 20e-3 / a.wavelength
