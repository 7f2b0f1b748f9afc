"""The whole examination."""

from pathlib import Path

from beamopt.cache import Cache
from beamopt.doctor.cached import cached
from beamopt.doctor.databases import databases
from beamopt.doctor.finding import Finding, fine
from beamopt.doctor.machine import machine
from beamopt.doctor.versions import installed, versions
from beamopt.evaluation import Evaluator
from beamopt.rehearsal import forecast
from beamopt.spec import StudySpec

__all__ = ["examine"]

_COPIES = 4  # of the cube at the middle step: expectation, counts, transforms, reconstruction


def examine(home: Path, spec: StudySpec | None = None, *, repair: bool = False) -> tuple[Finding, ...]:
    """Look at everything.

    Parameters
    ----------
    home
        Project folder, there or not; nothing is created in it without `repair`.
    spec
        A study whose memory is to be judged.
    repair
        Put right what can be put right without loss.

    Returns
    -------
    tuple of Finding

    Raises
    ------
    InputError
        If the study's sample cannot be built.
    """
    needed, about = 0.0, []
    if spec is not None:
        estimate = forecast(Evaluator.prepare(spec, cache=Cache()))
        needed = _COPIES * 1e9 * float(estimate["cube_gigabytes_at_middle_step"])
        about.append(fine(spec.name, f"{estimate['seconds_per_trial_roughly']} s a trial, {estimate['trials']} trials"))
    folder = home.resolve()
    return (
        *versions(installed()),
        *machine(folder, needed),
        *about,
        *databases(folder, repair=repair),
        cached(repair=repair),
    )
