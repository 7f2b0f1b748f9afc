"""Every study that comes with beamopt: its sample builds, its middle can be carried out, its header is honest."""

from pathlib import Path

import pytest

from beamopt.catalogue import load_column, load_sample
from beamopt.evaluation import Evaluator
from beamopt.instrument import fitted
from beamopt.rehearsal import forecast
from beamopt.spec import load_study, shipped_studies

SENSITIVE = [
    "mof_lowdose",
    "zeolite_lowdose",
    "perovskite_lowdose",
    "perovskite_mapbi3",
    "cof_lowdose",
    "battery_cathode",
]


def header(path: Path) -> str:
    lines = path.read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines[: next(i for i, line in enumerate(lines) if not line.startswith("#"))])


@pytest.mark.parametrize("name", SENSITIVE)
def test_its_middle_can_be_carried_out(name: str) -> None:
    said = forecast(Evaluator.prepare(load_study(name)))
    assert said["middle_of_ranges"] == "can be carried out"
    assert said["cube_gigabytes_at_middle_step"] < 0.5
    assert said.get("advice", []) == []


@pytest.mark.parametrize("name", SENSITIVE)
def test_its_detector_keeps_up_with_most_of_it(name: str) -> None:
    """At the column's lowest current at most half of an even spread over dose and step outruns the detector."""
    evaluator = Evaluator.prepare(load_study(name))
    knobs = evaluator.spec.searched()
    middle = {knob: found.at(0.5) for knob, found in knobs.items()}
    dwells = [
        evaluator.feasibility.margins(
            evaluator.spec.propose(middle | {"dose_per_area": dose, "scan_sampling": step}).acquisition
        )
        for dose in (knobs["dose_per_area"].at((i + 0.5) / 8) for i in range(8))
        for step in (knobs["scan_sampling"].at((i + 0.5) / 8) for i in range(8))
    ]
    assert sum(margins["dwell"] > 0 for margins in dwells) <= 32


@pytest.mark.parametrize("name", SENSITIVE)
def test_its_beam_is_that_of_its_column(name: str) -> None:
    spec = load_study(name)
    assert spec.instrument is not None
    assert spec.coherence is not None
    column = load_column(spec.instrument.column)
    assert spec.coherence.source_size == column.source_size
    assert spec.coherence.focal_spread == pytest.approx(column.focal_spread(spec.energy), rel=0.01)
    said = header(shipped_studies()[name])
    assert f"source of {column.source_size:g} Å" in said
    assert f"focal spread of {spec.coherence.focal_spread:g} Å" in said


@pytest.mark.parametrize("name", SENSITIVE)
def test_its_header_says_what_is_known_and_what_is_assumed(name: str) -> None:
    said = header(shipped_studies()[name])
    assert "# Known:" in said
    assert "# Assumed:" in said


@pytest.mark.parametrize("name", SENSITIVE)
def test_its_doses_lie_around_the_tolerance_and_a_guess_is_called_one(name: str) -> None:
    spec = fitted(load_study(name))
    sample = load_sample(str(spec.sample.name))
    tolerance, doses = sample.tolerance, spec.searched()["dose_per_area"]
    said = header(shipped_studies()[name])
    if tolerance is None:
        assert "No tolerance was read" in said
        return
    assert doses.low < tolerance.value < doses.high
    (clause,) = (part for part in said.split(";") if f"{tolerance.value:g} e/Å²" in part)
    assert ("guess" in clause) == (tolerance.status == "guess")
