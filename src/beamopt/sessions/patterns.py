"""One setting in a session that is not what the operator believes: its patterns and its scores."""

from dataclasses import replace

import numpy as np

from beamopt.acquisition import Acquisition
from beamopt.errors import InfeasibleError
from beamopt.evaluation import Evaluator
from beamopt.evaluation.clock import Clock, Stage, silent
from beamopt.evaluation.imaging import Imaged, Imaging
from beamopt.measurement import Expectation
from beamopt.potential import Potential
from beamopt.sessions.disturbance import Actual, Disturbance, disturbances
from beamopt.sessions.wander import STILL
from beamopt.simulate import probe_radius
from beamopt.spec import Proposal, RobustnessSpec

__all__ = ["behind", "expected_in", "measured_in", "moved_aside", "striking", "wider_than"]

_WANDERING = 1  # a stream of its own, apart from the noise


def striking(evaluator: Evaluator, acquisition: Acquisition) -> tuple[Disturbance, ...]:
    """Disturbances of the study, or the usual ones, that make a difference to a setting."""
    calm = Actual.calm(acquisition, evaluator.potential)
    return tuple(one for one in disturbances(evaluator.spec.robustness or RobustnessSpec()) if one.strikes(calm))


def wider_than(specimen: Potential, acquisition: Acquisition) -> str:
    """Say that a probe is wider than the simulated window, where it would meet itself; empty where it is not."""
    diameter, room = 2 * probe_radius(acquisition, specimen.thickness), min(specimen.window)
    return f"a probe of {diameter:.3g} Å leaves the {room:.3g} Å window" if diameter > room else ""


def expected_in(
    evaluator: Evaluator, actual: Actual, believed: Acquisition, *, trial: int = 0, stage: Stage = silent
) -> Expectation:
    """Noise-free patterns of what the microscope really does, labelled as the operator believes.

    Parameters
    ----------
    evaluator
        Of the study.
    actual
        What happens.
    believed
        What the operator set.
    trial
        Decides, with the study's seed, where the probe wanders to: one way for all noise draws.
    stage
        Told what is being done.

    Raises
    ------
    InfeasibleError
        If what happens leaves the simulated window.
    """
    specimen = actual.specimen(evaluator.potential)
    if wider := wider_than(specimen, actual.acquisition):
        raise InfeasibleError(wider)
    engine = evaluator.engine(stage, specimen)
    angular_sampling = believed.angular_sampling(evaluator.spec.camera.pixels)
    aside = moved_aside(specimen, evaluator.potential)
    if actual.wander == STILL and aside == (0.0, 0.0):
        expectation = engine.expectation(actual.carried_out, evaluator.imperfections)
        return replace(expectation, angular_sampling=angular_sampling)
    axes = evaluator.feasibility.scan(believed.scan_sampling)
    repeats = (axes[0].repeats, axes[1].repeats) if actual.wander == STILL else (1, 1)
    x, y = (
        np.arange(axis.count * axis.repeats // repeat, dtype=np.float64) * axis.step
        for axis, repeat in zip(axes, repeats, strict=True)
    )
    chance = np.random.default_rng(np.random.SeedSequence([evaluator.spec.seed, trial], spawn_key=(_WANDERING,)))
    points = actual.wander.places(x, y, chance).reshape(-1, 2) - np.array(aside)
    patterns = engine.patterns(actual.carried_out, points, evaluator.imperfections)
    return Expectation(
        array=patterns.reshape(len(x), len(y), *patterns.shape[1:]),
        scan_sampling=(axes[0].step, axes[1].step),
        angular_sampling=angular_sampling,
        repeats=repeats,
    )


def moved_aside(specimen: Potential, believed: Potential) -> tuple[float, float]:
    """How far a tilt moves the imaged plane, that of mid-thickness, under the scan along x and y [Å], t/2·tan(tilt).

    A shift of the whole field is nobody's loss: the operator moves the field onto what is to be seen, so a session is
    simulated with the scan moved back by it.

    Parameters
    ----------
    specimen
        As it stands in the beam.
    believed
        As the operator believes it to stand.
    """
    x, y = (
        specimen.thickness / 2 * float(np.tan(angle * 1e-3) - np.tan(known * 1e-3))
        for angle, known in zip(specimen.tilt, believed.tilt, strict=True)
    )
    return x, y


def measured_in(
    evaluator: Evaluator,
    actual: Actual,
    proposal: Proposal,
    *,
    trial: int,
    replicates: range,
    clock: Clock,
    stage: Stage = silent,
) -> Imaged:
    """Simulate what the microscope really does; expose, reconstruct and score as the operator believes.

    Parameters
    ----------
    evaluator
        Of the study.
    actual
        What happens; the truth is that of the specimen that really stands in the beam.
    proposal
        What the operator believes.
    trial, replicates
        Decide every random draw, with the study's seed.
    clock
        Told the stages.
    stage
        Told when an engine is built.

    Raises
    ------
    EvaluationError
        If a reconstruction diverged.
    """
    with clock.time("simulate"):
        expected = expected_in(evaluator, actual, proposal.acquisition, trial=trial, stage=stage)
    return behind(evaluator, actual).run(expected, proposal, trial=trial, replicates=replicates, clock=clock)


def behind(evaluator: Evaluator, actual: Actual) -> Imaging:
    """What happens behind the specimen that really stands in the beam, of which the operator knows nothing.

    Parameters
    ----------
    evaluator
        Of the study.
    actual
        What happens.
    """
    specimen = actual.specimen(evaluator.potential)
    return replace(evaluator.imaging, potential=specimen, thickness=evaluator.potential.thickness)
