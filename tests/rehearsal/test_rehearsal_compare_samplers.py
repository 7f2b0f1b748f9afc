"""Rehearsals on tables: a real one end to end, and laws on closed-form stand-ins for the specimen."""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from beamopt.errors import ConflictError, InputError
from beamopt.evaluation import Evaluator
from beamopt.evaluation.clock import silent
from beamopt.rehearsal import Comparison, compare_samplers
from beamopt.rehearsal.comparison import rehearse_all
from beamopt.rehearsal.prediction import possible
from beamopt.rehearsal.surrogate import fit
from beamopt.rehearsal.table import Row, fill, read, table_path
from beamopt.report.samplers import samplers_figure
from beamopt.search.start import sobol_points
from beamopt.spec import StudySpec, load_study
from study.conftest import Tiny


def stand_in(params: Mapping[str, float]) -> float:
    """Information as no specimen gives it: best at 15 mrad and 600 Å, growing with the decades of dose."""
    apart = (np.log(params["semiangle_cutoff"] / 15)) ** 2 + ((params["defocus"] - 600) / 600) ** 2
    return float(np.exp(-2 * apart) * np.log2(1 + params["dose_per_area"] / 50))


def rows(study: StudySpec, count: int) -> list[Row]:
    points = sobol_points(9, study.searched(), count)
    return [Row("sobol", point, {"information": stand_in(point)}) for point in points]


@pytest.fixture(scope="module")
def study() -> StudySpec:
    return load_study("mof_coherent")


def test_surrogate_answers_what_it_was_told_and_knows_its_error(study: StudySpec) -> None:
    found = fit(rows(study, 256), study)
    fresh = sobol_points(10, study.searched(), 64)
    missed = [found.values(p)[1] - stand_in(p) for p in fresh]
    truth = np.array([stand_in(p) for p in fresh])
    assert [found.values(p)[0] for p in fresh] == [p["dose_per_area"] for p in fresh]
    assert np.sqrt(np.mean(np.square(missed))) == pytest.approx(found.error["information"], rel=0.5)
    assert found.explained["information"] > 0.8
    assert np.mean(np.square(missed)) < 0.2 * truth.var()


def test_surrogate_of_noise_admits_that_it_knows_nothing(study: StudySpec) -> None:
    rng = np.random.default_rng(2)
    noise = [Row(r.kind, r.params, {"information": float(rng.random())}) for r in rows(study, 128)]
    assert fit(noise, study).explained["information"] < 0.2


def test_surrogate_never_leaves_the_measured_range(study: StudySpec) -> None:
    table = rows(study, 64)
    found = fit(table, study)
    measured = [r.scores["information"] for r in table]
    corners = [{n: knob.at(share) for n, knob in study.searched().items()} for share in (0.0, 0.5, 1.0)]
    for corner in corners:
        assert min(measured) <= found.values(corner)[1] <= max(measured)


def test_too_few_rows_are_one_line(study: StudySpec) -> None:
    with pytest.raises(InputError, match="make 24 or more"):
        fit(rows(study, 8), study)


@pytest.fixture(scope="module")
def rehearsed(study: StudySpec) -> Comparison:
    """Theory that is right about the stand-in, and one seed-dependent point of it wrong."""

    def promising(seed: int) -> tuple[dict[str, float], ...]:
        middle = {name: knob.at(0.5) for name, knob in study.searched().items()}
        right = [
            middle | {"semiangle_cutoff": 15.0, "defocus": 600.0, "dose_per_area": d}
            for d in (5.0, 20.0, 40.0, 80.0, 160.0, 250.0, 350.0, 499.0)
        ]
        return (*right, middle | {"defocus": float(seed)})

    curves = rehearse_all(
        study,
        lambda p: [p["dose_per_area"], stand_in(p)],
        promising,
        lambda _: True,
        trials=30,
        seeds=3,
        stage=silent,
    )
    return Comparison(spec=study, curves=curves, surrogate=fit(rows(study, 32), study), rows=32)


def test_theory_that_is_right_wins_and_curves_never_fall(rehearsed: Comparison) -> None:
    assert rehearsed.curves["random"].shape == (3, 200)
    assert all(curve.shape == (3, 30) for name, curve in rehearsed.curves.items() if name != "random")
    assert all((np.diff(curve, axis=1) >= 0).all() for curve in rehearsed.curves.values())
    assert rehearsed.trials == 30
    soon = rehearsed.median_reached("theory+tpe")
    assert soon is not None
    others = [rehearsed.median_reached(name) for name in ("random", "sobol+tpe", "nsga2")]
    assert all(other is None or soon < other for other in others)
    assert rehearsed.least_against_random("random") == pytest.approx(1.0)


def test_numbers_of_a_comparison_are_those_of_its_curves(rehearsed: Comparison) -> None:
    assert rehearsed.target == pytest.approx(0.95 * np.median(rehearsed.curves["random"][:, 199]))
    for name, curve in rehearsed.curves.items():
        for seed, number in enumerate(rehearsed.reached(name)):
            if number is None:
                assert curve[seed, -1] < rehearsed.target
            else:
                assert curve[seed, number - 1] >= rehearsed.target
                assert number == 1 or curve[seed, number - 2] < rehearsed.target


def test_figure_draws_the_medians(rehearsed: Comparison) -> None:
    figure = samplers_figure(rehearsed.curves, target=rehearsed.target, trials=rehearsed.trials, unit="u", title="t")
    lines = {line.get_gid(): line for line in figure.axes[0].lines}
    for name, curve in rehearsed.curves.items():
        np.testing.assert_allclose(np.asarray(lines[name].get_ydata(), dtype=float), np.median(curve[:, :30], axis=0))
    assert "[u]" in figure.axes[0].get_ylabel()


def test_real_table_is_resumed_and_compared(tiny: Tiny, tmp_path: Path) -> None:
    study = tiny()
    evaluator = Evaluator.prepare(study)
    path = table_path(tmp_path, study)
    left = iter([False, False, True])
    first = fill(evaluator, path, 32, silent, lambda: next(left))
    assert len(first) == 2
    path.write_text(path.read_text(encoding="utf-8") + '{"kind": "ran', encoding="utf-8")  # killed while writing
    whole = fill(evaluator, path, 32, silent, lambda: False)
    assert whole[:2] == first
    assert read(path, study) == whole
    assert {row.kind for row in whole} == {"random", "sobol", "theory"}
    assert all(possible(evaluator)(row.params) for row in whole)
    assert len(path.read_text(encoding="utf-8").splitlines()) == 33
    row = next(row for row in whole if row.scores)
    again = evaluator.evaluate(study.propose(row.params), trial=1_000_000 + whole.index(row))
    assert row.scores == {"information": again.value("information")}
    found = compare_samplers(
        study, home=tmp_path, evaluations=32, trials=12, seeds=2, stage=silent, should_stop=lambda: True
    )
    assert found.rows == 32
    assert set(found.curves) >= {"random", "sobol+tpe", "theory+tpe", "nsga2"}


def test_table_of_another_study_is_refused(study: StudySpec, tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text(json.dumps({"fingerprint": "another"}) + "\n", encoding="utf-8")
    with pytest.raises(ConflictError, match="not of study"):
        read(path, study)
    path.write_text("no table\n", encoding="utf-8")
    with pytest.raises(InputError, match="not a table"):
        read(path, study)
    assert read(tmp_path / "none.jsonl", study) == []
