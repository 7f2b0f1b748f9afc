"""Tables and fronts come back from the programs they are for."""

import io
import json
import math
from pathlib import Path

import numpy as np
import py4DSTEM
import pyarrow.parquet as pq
import pytest

from beamopt.cli.export import command
from beamopt.errors import InputError, StorageError
from beamopt.report.files import write_whole
from beamopt.spec import StudySpec, load_study
from beamopt.study import Outcome, evaluate
from beamopt.study.exported import front_json, trials_csv, trials_parquet, trials_table
from beamopt.trial import Trial

pandas = pytest.importorskip("pandas")


@pytest.fixture(scope="module")
def spec() -> StudySpec:
    return load_study("srtio3_quick")


@pytest.fixture(scope="module")
def trials(spec: StudySpec) -> list[Trial]:
    def params(fraction: float) -> dict[str, float]:
        return {name: knob.at(fraction) for name, knob in spec.searched().items()}

    low, high = params(0.1), params(0.9)
    seen = {"icom.frc_resolution": math.inf, "limit.linear": 2.5, "seconds.simulate": 0.25}
    return [
        Trial(number=0, state="finished", params=low, values=(low["dose_per_area"], 0.1 + 0.2), metrics=seen),
        Trial(number=1, state="infeasible", params=high, constraints={"window": 2.0}, reason='too "wide", =1+1\nÅ'),
        Trial(number=2, state="finished", params=high, values=(high["dose_per_area"], 0.1)),
    ]


def test_csv_in_pandas(spec: StudySpec, trials: list[Trial]) -> None:
    table = trials_table(spec, trials)
    read = pandas.read_csv(io.StringIO(trials_csv(table)), float_precision="round_trip")
    assert list(read["trial"]) == [0, 1, 2]
    for name in spec.searched():
        head = next(head for head in read.columns if head.split(" ")[0] == name)
        assert list(read[head]) == [trial.params[name] for trial in trials]
    assert read["information [bits/Å²]"][0] == 0.1 + 0.2
    assert read["reason"][1] == trials[1].reason
    assert math.isnan(read["icom.frc_resolution [Å]"][0])
    assert {"defocus [Å]", "semiangle_cutoff [mrad]", "limit.linear [bits/Å²]", "seconds.simulate [s]"} <= {
        *read.columns
    }


def test_parquet_in_pandas_and_arrow(spec: StudySpec, trials: list[Trial], tmp_path: Path) -> None:
    table = trials_table(spec, trials)
    path = tmp_path / "trials.parquet"
    write_whole(path, trials_parquet(table, spec))
    read = pandas.read_parquet(path)
    from_csv = pandas.read_csv(io.StringIO(trials_csv(table)), float_precision="round_trip")
    assert list(read.columns) == list(from_csv.columns)
    for head in read.columns:
        ours, theirs = read[head].to_numpy(), from_csv[head].to_numpy()
        if ours.dtype.kind in "if":
            np.testing.assert_array_equal(ours, theirs)
    schema = pq.read_schema(path)
    assert schema.field("defocus [Å]").metadata[b"unit"].decode() == "Å"
    assert StudySpec.model_validate(json.loads(schema.metadata[b"beamopt.study"])) == spec


def test_front_as_json(spec: StudySpec, trials: list[Trial]) -> None:
    read = json.loads(front_json(spec, trials))
    assert [row["trial"] for row in read["front"]] == [0]
    assert read["front"][0]["params"] == dict(trials[0].params)
    assert read["units"]["defocus"] == "Å"
    assert read["objectives"][1] == {"metric": "information", "direction": "maximize", "unit": "bits/Å²"}


def test_a_study_without_trials_has_a_table(spec: StudySpec) -> None:
    table = trials_table(spec, [])
    assert trials_csv(table) == "trial,state,origin,reason\n"
    assert pq.read_table(io.BytesIO(trials_parquet(table, spec))).num_rows == 0


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be written"):
        write_whole(tmp_path / "missing" / "x.csv", b"x")
    assert list(tmp_path.iterdir()) == []


def test_a_trial_comes_again_with_its_noise(whole: tuple[Path, Outcome], tmp_path: Path) -> None:
    """`beamopt export --trial` makes the very cube and image that were scored."""
    home, outcome = whole
    trial = next(t for t in outcome.trials if t.state == "finished" and t.number > 0)
    again = evaluate(outcome.spec, trial.params, trial=trial.number)
    assert again.value("information") == trial.values[1]
    files = [tmp_path / name for name in ("cube.h5", "cube.hspy", "front.json")]
    command("srtio3_quick", files, trial.number, home=home)
    cube = py4DSTEM.read(files[0], datapath="beamopt/datacube")
    np.testing.assert_array_equal(cube.data, again.counted.array)
    assert cube.calibration.get_Q_pixel_size() == pytest.approx(again.counted.angular_sampling)
    assert [row["trial"] for row in json.loads(files[2].read_text())["front"]] == [t.number for t in outcome.front]


@pytest.mark.parametrize(
    ("files", "trial", "said"),
    [
        (["x.xlsx"], None, "the name must end in .csv"),
        (["missing/x.csv"], None, "the folder does not exist"),
        (["x.h5"], None, "which acquisition"),
        (["x.csv"], 1, "add -o FILE.h5"),
        (["x.csv"], None, "no study 'nothing'"),
    ],
)
def test_what_makes_no_sense_is_one_sentence(
    files: list[str], trial: int | None, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=said):
        command("nothing", [Path(file) for file in files], trial, home=tmp_path / "home")
    assert list(tmp_path.iterdir()) == []
