"""Studies as they stand after a run, made up: every number here is invented, its shape is that of a real record."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.image import imsave

from beamopt.front import Expected, Recommended, front_trials
from beamopt.front.recommended import Role
from beamopt.report import Review
from beamopt.spec import StudySpec
from beamopt.trial import Trial
from mof import mof

HOSTILE = "<script>document.documentElement.dataset.hacked='1'</script><img src=x onerror=alert(1)> & \"quoted\""

ROLES: tuple[Role, Role] = ("knee", "cheaper")


def spec(**changes: object) -> StudySpec:
    invented = {"title": "UiO-66, invented", "methods": ["ptychography", "icom"]}
    return mof(**(invented | changes))


def finished(study: StudySpec, number: int, rng: np.random.Generator, more: Mapping[str, float]) -> Trial:
    """A trial whose information rises with dose and falls with the distance from a best angle."""
    params = {name: knob.at(float(rng.random())) for name, knob in study.searched().items()}
    dose, angle = params["dose_per_area"], params["semiangle_cutoff"]
    bits = float(0.6 * np.log10(dose) * np.exp(-(((angle - 12) / 8) ** 2)) + 0.02 * rng.random())
    resolution = 4.0 - bits
    metrics = {
        "ptychography.information": bits,
        "ptychography.frc_resolution": resolution,
        "ptychography.phase_nrmse": 0.5,
        "icom.information": 0.3 * bits,
        "icom.frc_resolution": 2 * resolution,
        "seconds.simulate": 0.5,
        **more,
    }
    return Trial(number=number, state="finished", params=params, values=(dose, bits), metrics=metrics)


def trials(study: StudySpec, count: int, more: Mapping[str, float] | None = None) -> tuple[Trial, ...]:
    """Finished trials, every tenth infeasible and every twentieth failed."""
    rng = np.random.default_rng(7)
    made = []
    for number in range(count):
        one = finished(study, number, rng, more or {})
        if number % 10 == 9:
            failed = number % 20 == 19
            one = Trial(
                number=number,
                state="failed" if failed else "infeasible",
                params=one.params,
                constraints={"field_left": -1.0 if failed else 3.0},
                reason=HOSTILE if failed else "a probe of 30 Å leaves too little of the field",
            )
        made.append(one)
    return tuple(made)


def review(
    count: int = 40,
    folder: Path | None = None,
    study: StudySpec | None = None,
    more: Mapping[str, float] | None = None,
) -> Review:
    """A study with pictures in `folder`."""
    study = study or spec()
    made = trials(study, count, more)
    front = front_trials(made, study.objectives)
    return Review(
        spec=study,
        trials=made,
        recommended=tuple(t.number for t in (front[-1], front[0])),
        advice={t.number: advised(t, role) for t, role in zip((front[-1], front[0]), ROLES, strict=True)},
        grown=tuple(float(n) for n in range(count)),
        volume_unit="decades·bits/Å²",
        importances={"information": {"semiangle_cutoff": 0.7, "dose_per_area": 0.2, "defocus": 0.1}},
        pictures={} if folder is None else pictures(folder, made),
        assumptions=("critical dose 17 e/Å² is a guess, not measured",),
        versions={"beamopt": "0.1.0"},
        commands=("beamopt study mof.toml --trials 40 --seed 1",),
    )


def advised(trial: Trial, role: Role) -> Recommended:
    """What is said of a recommended trial."""
    return Recommended(trial=trial, role=role, score="ptychography.information", expected=fresh(trial.values[1]))


def fresh(bits: float) -> dict[str, Expected]:
    """Fresh noise that gives a seventh less than was recorded."""
    return {"ptychography.information": Expected(mean=0.86 * bits, low=0.8 * bits, high=0.92 * bits, draws=8)}


def pictures(folder: Path, made: tuple[Trial, ...]) -> Mapping[int, Mapping[str, Path]]:
    """Small noisy pictures of every finished trial, the same for all of them."""
    rng = np.random.default_rng(3)
    names = ("figure/frc", "ptychography/phase", "ptychography/truth", "icom/phase", "pattern/counted")
    drawn = {name: _picture(folder / f"{name.replace('/', '~')}.png", rng) for name in names}
    return {trial.number: drawn for trial in made if trial.state == "finished"}


def _picture(path: Path, rng: np.random.Generator) -> Path:
    buffer = io.BytesIO()
    imsave(buffer, rng.integers(0, 255, (48, 64)).astype(np.uint8), cmap="gray", format="png")
    path.write_bytes(buffer.getvalue())
    return path


def drawn(figure: Figure, gid: str) -> Any:
    """The one artist of this name."""
    found = [artist for artist in figure.findobj() if artist.get_gid() == gid]
    assert len(found) == 1, gid
    return found[0]
