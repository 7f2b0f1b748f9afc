"""What a study file implies, computed without a single electron."""

from typing import Any

from beamopt.acquisition import Acquisition
from beamopt.errors import InfeasibleError
from beamopt.evaluation.evaluator import Evaluator
from beamopt.evaluation.warn import cut_disc
from beamopt.rehearsal.cost import cost
from beamopt.rehearsal.effort import Effort, effort
from beamopt.sessions.disturbance import Actual
from beamopt.sessions.patterns import striking
from beamopt.spec import StudySpec
from beamopt.specimen import Specimen

__all__ = ["forecast"]

# Measured on two cores: seconds per pattern pixel and iteration of ptychography, seconds per pattern pixel of the other
# methods, and what a trial costs besides. Orders of magnitude, to tell minutes from days.
_PASS, _OTHERS, _FIXED = 6e-9, 3e-9, 1.0


def forecast(evaluator: Evaluator) -> dict[str, Any]:
    """Cell, grid, window, memory and time of a study; units in the names.

    Parameters
    ----------
    evaluator
        From `Evaluator.prepare`.

    Returns
    -------
    dict
        Plain values.
    """
    spec, specimen, potential = evaluator.spec, evaluator.specimen, evaluator.potential
    middle = spec.propose({name: r.at(0.5) for name, r in spec.searched().items()})
    step = middle.acquisition.scan_sampling
    positions = round(evaluator.field[0] / step) * round(evaluator.field[1] / step)
    cube = positions * spec.camera.pixels**2
    passes = sum(settings.passes() for settings in middle.settings.values())
    replicates = spec.budget.replicates
    workload = effort(evaluator.feasibility, middle.acquisition, evaluator.imperfections)
    seconds = _FIXED + workload.seconds
    seconds += replicates * cube * (_PASS * passes + _OTHERS * len(middle.settings))
    sessions = _sessions(evaluator, middle.acquisition)
    taken = cost(evaluator, cube, int(sessions.get("scattering_matrices", 1)))
    return {
        "sample": specimen.name,
        **_contents(specimen),
        "cell_angstrom": [round(side, 3) for side in specimen.cell],
        "atoms_per_cell": len(specimen.atoms),
        "thickness_angstrom": round(potential.thickness, 2),
        "notes": list(specimen.notes),
        "assumptions": list(evaluator.assumptions),
        **_remarks(spec),
        "grid_per_cell": list(potential.slices.shape),
        "pixel_angstrom": [round(side, 4) for side in potential.sampling],
        "window_angstrom": [round(side, 2) for side in potential.window],
        "field_angstrom": [round(side, 2) for side in evaluator.field],
        "largest_detector_outer_mrad": round(evaluator.feasibility.carried, 2),
        "positions_at_middle_step": positions,
        "camera_pixels": spec.camera.pixels,
        "cube_gigabytes_at_middle_step": round(cube * 4 / 1e9, 2),
        "scattering_matrix_gigabytes": round(taken.matrix_bytes / 1e9, 2),
        "scattering_matrix_seconds_roughly": round(taken.matrix_seconds, 1),
        "peak_memory_gigabytes_roughly": round(taken.peak_bytes / 1e9, 2),
        **sessions,
        "patterns_simulated_per_trial": workload.patterns,
        **_frozen(evaluator, workload),
        "seconds_per_trial_roughly": round(seconds * int(sessions.get("sessions_per_trial", 1)), 1),
        "trials": spec.budget.trials,
        "middle_of_ranges": _verdict(evaluator),
        **_session(evaluator, middle.acquisition),
    }


def _remarks(spec: StudySpec) -> dict[str, list[str]]:
    """What no proposal of these ranges can do well."""
    knobs = spec.search
    least, most = (
        end if isinstance(end, float) else getattr(end, side)
        for end, side in ((knobs.semiangle_cutoff, "low"), (knobs.detector_outer, "high"))
    )
    return {"remarks": [cut_disc(f"{least:.3g} mrad or more", most)]} if least > most else {}


def _contents(specimen: Specimen) -> dict[str, Any]:
    """What the unit cell holds as it was read."""
    contents = specimen.contents
    if contents is None:
        return {}
    return {
        "specimen": {
            "composition": dict(contents.composition),
            "formula": contents.formula,
            "formula_units": contents.formula_units,
            "density_g_cm3": round(contents.density, 4),
            "space_group": contents.space_group,
            "shortest_contact_angstrom": round(contents.contact, 3),
            "remarks": list(contents.remarks),
        }
    }


def _frozen(evaluator: Evaluator, workload: Effort) -> dict[str, Any]:
    """What frozen phonons cost, if the study asks for them."""
    thermal = evaluator.spec.thermal
    if thermal is None or not thermal.frozen:
        return {}
    return {
        "frozen_phonons": f"{thermal.frozen} configurations, {workload.propagations} multislice propagations and about "
        f"{workload.seconds:.0f} s a trial; debye-waller takes one scattering matrix for the whole study"
    }


def _sessions(evaluator: Evaluator, middle: Acquisition) -> dict[str, Any]:
    """What optimising the robustness costs."""
    robustness = evaluator.spec.robustness
    if robustness is None or robustness.optimise is None:
        return {}
    struck = striking(evaluator, middle)
    calm = Actual.calm(middle, evaluator.potential)
    engines = {(one.strike(calm).repeats, one.strike(calm).tilt) for one in struck} | {(calm.repeats, calm.tilt)}
    return {
        "optimised": f"{robustness.optimise} over the calm and {len(struck)} disturbed sessions",
        "sessions_per_trial": 1 + len(struck),
        "scattering_matrices": len(engines),
    }


def _session(evaluator: Evaluator, middle: Acquisition) -> dict[str, Any]:
    """Instrument and what the operator would set in the middle of every range."""
    session = evaluator.feasibility.session(middle)
    if evaluator.instrument is None or session is None:
        return {}
    named = session.named()
    numbers = {f"{name}_at_middle": float(f"{value:.4g}") for name, value in named.items()}
    return {"instrument": str(evaluator.instrument), "advice": list(evaluator.instrument.advice()), **numbers}


def _verdict(evaluator: Evaluator) -> str:
    """Whether the middle of every range can be carried out; a study whose middle cannot is worth a second look."""
    spec = evaluator.spec
    try:
        evaluator.feasibility.require(spec.propose({n: r.at(0.5) for n, r in spec.searched().items()}).acquisition)
    except InfeasibleError as error:
        return f"cannot be carried out: {error}"
    return "can be carried out"
