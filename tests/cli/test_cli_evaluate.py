"""One acquisition from the shell: the fields that scripts rely on."""

import json
from pathlib import Path

import h5py
import pytest

from cli.conftest import Run

SET = {
    "semiangle_cutoff": 20,
    "defocus": 100,
    "detector_outer": 25,
    "scan_sampling": 1.0,
    "dose_per_area": 1e4,
}


def words(**more: object) -> list[str]:
    return [word for key, value in (SET | more).items() for word in ("--set", f"{key}={value}")]


def test_every_field_and_the_file(beamopt: Run, tmp_path: Path) -> None:
    done = beamopt("evaluate", "srtio3_quick", *words(), "--replicates", "2", "--save", "out.h5", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["schema_version"] == 1
    sx, sy = found["actual"]["scan_sampling_angstrom"]
    assert found["electrons_per_pattern"] == pytest.approx(1e4)
    assert found["actual"]["electrons_per_pattern"] == pytest.approx(1e4 * sx * sy)
    assert found["linear_overlap"] == pytest.approx(1 - 1.0 / (2 * 100 * 0.020), rel=1e-3)
    assert found["areal_oversampling"] == pytest.approx(3.1416 * (100 * 0.020) ** 2, rel=1e-3)
    assert found["ronchigram_magnification_per_angstrom"] == pytest.approx(20 / (100 * 0.020 * 50 / 48), rel=1e-3)
    for method in ("ptychography", "icom"):
        scores = found["methods"][method]
        assert {"information", "frc_resolution", "phase_nrmse", "ssim", "psnr"} <= scores.keys()
        assert scores["information"]["std"] >= 0
        curve = scores["frc_curve"]
        assert len(curve["frc"]) == len(curve["frequency_per_angstrom"]) > 5
        assert scores["settings"]
        for limit, value in found["limits"].items():
            assert scores["efficiency"][limit] == pytest.approx(scores["information"]["mean"] / value)
    assert 0 < found["limits"]["linear"] < found["limits"]["full"] < found["limits"]["quantum"]
    assert {"simulate", "expose", "ptychography", "icom", "score"} <= found["seconds"].keys()
    assert found["units"]["information"] == "bits/Å²"
    with h5py.File(tmp_path / "out.h5") as file:
        assert {"datacube", "ptychography", "icom"} <= file["beamopt"].keys()


def test_same_seed_same_numbers_other_seed_others(beamopt: Run) -> None:
    told = []
    for seed in ("5", "5", "6"):
        done = beamopt("evaluate", "srtio3_quick", *words(), "--seed", seed, "--json", "--set", 'methods=["icom"]')
        told.append(json.loads(done.stdout)["methods"]["icom"]["information"])
    assert told[0] == told[1] != told[2]


def test_check_says_what_a_study_implies(beamopt: Run) -> None:
    found = json.loads(beamopt("check", "srtio3_quick", "--json").stdout)
    assert found["cell_angstrom"] == pytest.approx([3.905] * 3, abs=1e-3)
    assert found["atoms_per_cell"] == 5
    assert found["thickness_angstrom"] == pytest.approx(39.05, abs=0.01)
    assert found["window_angstrom"][0] >= 31
    assert found["middle_of_ranges"] == "can be carried out"


def test_check_says_what_the_specimen_holds_and_draws_it(beamopt: Run, tmp_path: Path) -> None:
    found = json.loads(beamopt("check", "srtio3_quick", "--json", "--plot", "seen.png").stdout)
    specimen = found["specimen"]
    assert specimen["composition"] == {"Sr": 1, "Ti": 1, "O": 3}
    assert specimen["density_g_cm3"] == pytest.approx(5.12, abs=0.01)  # 183.5 g/mol in 3.905³ Å³
    assert specimen["space_group"].endswith("(221)")
    assert specimen["shortest_contact_angstrom"] == pytest.approx(3.905 / 2, abs=1e-3)
    assert specimen["remarks"] == []
    assert 0.4 < found["peak_memory_gigabytes_roughly"] < 0.9  # measured: 0.64
    assert found["scattering_matrix_seconds_roughly"] < 5
    assert (tmp_path / "seen.png").read_bytes()[:4] == b"\x89PNG"
    assert beamopt("check", "srtio3_quick", "--plot", "seen.txt").returncode == 2


PUBLISHED = ["semiangle_cutoff=10", "defocus=885", "detector_outer=15", "scan_sampling=1.051", "dose_per_area=100"]


def test_the_published_setting_on_a_mof_in_a_real_session(beamopt: Run) -> None:
    """100·1.051² = 110.5 e; probes of 2·885·tan(10 mrad) = 17.7 Å, 1 - 1.051/17.7 = 94 %; feasible on the 4D Camera."""
    words = [word for pair in PUBLISHED for word in ("--set", pair)]
    smaller = ["--set", 'methods=["icom"]', "--set", "sample.thickness=15"]
    done = beamopt("evaluate", "mof_lowdose", *words, *smaller)
    assert done.returncode == 0, done.stderr
    assert "As asked: 110.5 e per pattern, linear overlap 94%" in done.stdout
    assert "As scanned: step 1.048 x 1.038 Å, which fits the crystal, 108.8 e per pattern" in done.stdout
    assert "dwell 174.3 µs, current 0.1 pA" in done.stdout
