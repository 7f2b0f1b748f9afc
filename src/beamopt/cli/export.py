"""`beamopt export`: trials, fronts and cubes as files for other programs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from beamopt.cli.options import Home, Overrides, Storage, read_overrides
from beamopt.cli.output import say

if TYPE_CHECKING:
    from beamopt.evaluation import Evaluation
    from beamopt.search import StoredStudy

_TABLES = (".csv", ".parquet", ".json")
_CUBES = (".h5", ".emd", ".hspy")


def command(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="A stored study; with --set also a shipped one or a .toml file.")
    ],
    files: Annotated[
        list[Path],
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            help="Trials as .csv or .parquet, the front as .json, cube and images as .h5 or .emd (py4DSTEM) or .hspy "
            "(HyperSpy); may be given several times.",
        ),
    ],
    trial: Annotated[
        int | None, typer.Option("--trial", min=0, help="Trial whose cube is made again, with the same noise.")
    ] = None,
    overrides: Overrides = None,
    home: Home = Path("beamopt-runs"),
    storage: Storage = None,
) -> None:
    """Write a study's trials and front as tables, or the noisy cube and images of one acquisition."""
    _require_sense(files, trial, overrides)
    tables = [path for path in files if path.suffix in _TABLES]
    cubes = [path for path in files if path.suffix in _CUBES]
    if tables:
        _write_tables(tables, _stored(name, home, storage))
    if cubes:
        evaluation = _again(_stored(name, home, storage), trial) if trial is not None else _asked(name, overrides)
        _write_cubes(cubes, evaluation)
    for path in files:
        say(str(path))


def _require_sense(files: list[Path], trial: int | None, overrides: list[str] | None) -> None:
    """Everything that can be wrong with the words, before anything is computed."""
    from beamopt.errors import InputError
    from beamopt.report.files import require_writable

    for path in files:
        require_writable(path, "-o", (*_TABLES, *_CUBES))
    cube = next((path for path in files if path.suffix in _CUBES), None)
    if cube and (trial is None) == (not overrides):
        raise InputError(f"-o {cube}: which acquisition? give either --trial NUMBER or --set for every searched knob")
    if cube is None and (trial is not None or overrides):
        raise InputError("--trial and --set say whose cube is written; add -o FILE.h5 or FILE.hspy")


def _stored(name: str, home: Path, storage: str | None) -> "StoredStudy":
    from beamopt.search import Search

    return Search.load(home.resolve(), name, storage)


def _write_tables(paths: list[Path], stored: "StoredStudy") -> None:
    from beamopt.report.files import write_whole
    from beamopt.study.exported import front_json, trials_csv, trials_parquet, trials_table

    table = trials_table(stored.spec, stored.trials)
    for path in paths:
        match path.suffix:
            case ".csv":
                content = trials_csv(table).encode()
            case ".parquet":
                content = trials_parquet(table, stored.spec)
            case _:
                content = front_json(stored.spec, stored.trials).encode()
        write_whole(path, content)


def _again(stored: "StoredStudy", number: int) -> "Evaluation":
    """A stored trial once more: its numbers decide everything, its noise included."""
    from beamopt.errors import InputError

    trial = next((one for one in stored.trials if one.number == number), None)
    if trial is None or trial.state != "finished":
        state = "does not exist" if trial is None else f"is {trial.state}"
        raise InputError(f"--trial {number}: this trial of {stored.spec.name} {state}; choose a finished one")

    from beamopt.cli.display import watch
    from beamopt.study import Progress, evaluate

    with watch(stored.spec) as listener:
        return evaluate(
            stored.spec, trial.params, trial=number, stage=lambda stage, done: listener(Progress(stage, done))
        )


def _asked(name: str, overrides: list[str] | None) -> "Evaluation":
    from beamopt.spec import load_study

    changes = read_overrides(overrides)
    plain = load_study(name)
    params = {key: value for key, value in changes.items() if key in plain.searched()}
    spec = load_study(name, {key: value for key, value in changes.items() if key not in params})

    from beamopt.cli.display import watch
    from beamopt.study import Progress, evaluate

    with watch(spec) as listener:
        return evaluate(spec, params, stage=lambda stage, done: listener(Progress(stage, done)))


def _write_cubes(paths: list[Path], evaluation: "Evaluation") -> None:
    from beamopt.reconstruct import write_emd, write_hspy

    images = {method: result.reconstruction for method, result in evaluation.methods.items()}
    for path in paths:
        write = write_hspy if path.suffix == ".hspy" else write_emd
        write(path, evaluation.counted, evaluation.acquisition, images)
