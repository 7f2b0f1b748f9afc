"""The figures of merit, each a ratio against the plain way or against the Fourier transforms nobody can avoid."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pyfftw

from beamopt.acquisition import Acquisition, wave_pixels
from beamopt.bench.clock import in_turn, seconds
from beamopt.bench.plain import build_smatrix, plain_potential, plain_ptychography, plain_scan
from beamopt.evaluation import Evaluator
from beamopt.expose import expose
from beamopt.measurement import Counts
from beamopt.potential import true_transmission
from beamopt.reconstruct import reconstruct
from beamopt.score import score, scored_region
from beamopt.simulate import make_engine, probe_radius
from beamopt.spec import PtychographySettings, load_study
from beamopt.threads import thread_count

__all__ = ["Figure", "run_bench", "whole_trial"]

Say = Callable[[str], None]

SETTING = {
    "semiangle_cutoff": 10.0,
    "defocus": 400.0,
    "detector_outer": 15.0,
    "scan_sampling": 1.0,
    "dose_per_area": 100.0,
}
SAME = PtychographySettings(batch=128, start="flat", iterations=10, tolerance=0.0)
"""Ptychography as both sides run it: py4DSTEM knows neither a share of the scan nor a start from iCOM."""

_PATTERNS = 12  # positions for abTEM's share of the comparison
_ROUNDS = 3
_GROUP = 4  # patterns that stay in a processor's cache


@dataclass(frozen=True)
class Figure:
    """One figure of merit.

    Parameters
    ----------
    name
        What is compared.
    ours, theirs
        Seconds.
    note
        What makes the comparison fair, and what else was measured.
    """

    name: str
    ours: float
    theirs: float
    note: str = ""

    @property
    def ratio(self) -> float:
        """How many times faster than the other way; against a floor, below 1."""
        return self.theirs / self.ours


def run_bench(say: Say, *, whole: bool = True) -> list[Figure]:
    """Measure every figure, largest last.

    Parameters
    ----------
    say
        Told what is being measured.
    whole
        Measure the whole trial too, minutes of plain abTEM and py4DSTEM.
    """
    say("scattering matrix against abTEM's SMatrix (SrTiO3)")
    figures = [_matrix()]
    spec = load_study("mof_coherent", {"methods": ["ptychography"]})
    evaluator = Evaluator.prepare(spec)
    say("building the engine for UiO-66")
    build = seconds(evaluator.engine)
    acquisition = spec.propose(SETTING).acquisition
    say("patterns against Probe.scan")
    figures.append(_patterns(evaluator, acquisition))
    say("ptychography per iteration against py4DSTEM's class, and against its Fourier transforms")
    figures += _ptychography(evaluator, acquisition)
    figures.append(Figure("building the UiO-66 matrix once per study", build, build, "seconds, no yardstick"))
    if whole:
        say("a whole trial the plain way (minutes)")
        figures.append(whole_trial(evaluator, SETTING))
    return figures


def _matrix() -> Figure:
    """SrTiO3, 31 Å window, 39 Å thick, beams to 8 mrad: the same plane waves, window and slices."""
    spec = load_study("srtio3_quick")
    evaluator = Evaluator.prepare(spec)
    potential, semiangle = evaluator.potential, 8.0
    theirs_potential = plain_potential(evaluator.specimen, potential.supercell, spec.potential).build(lazy=False)
    knobs = {"semiangle_cutoff": semiangle, "detector_outer": 20.0, "pixels": 64, "field": potential.window}

    def ours() -> None:
        make_engine(potential, energy=spec.energy, **knobs)  # type: ignore[arg-type]

    waves = build_smatrix(theirs_potential, spec.energy, semiangle)
    a, b = in_turn(ours, lambda: build_smatrix(theirs_potential, spec.energy, semiangle), 1)
    return Figure("scattering matrix against abTEM SMatrix", a, b, f"{waves} plane waves, same window and slices")


def _patterns(evaluator: Evaluator, acquisition: Acquisition) -> Figure:
    engine = evaluator.engine()
    potential = plain_potential(evaluator.specimen, evaluator.potential.supercell, evaluator.spec.potential)
    built = potential.build(lazy=False)
    simulated = int(np.prod(engine.expectation(acquisition).array.shape[:2]))
    a, b = in_turn(lambda: engine.expectation(acquisition), lambda: plain_scan(built, acquisition, _PATTERNS), _ROUNDS)
    note = f"{simulated} simulated patterns of 128 x 128 against {_PATTERNS}; folding not counted"
    return Figure("one pattern against abTEM Probe.scan", a / simulated, b / _PATTERNS, note)


def _ptychography(evaluator: Evaluator, acquisition: Acquisition) -> list[Figure]:
    counts = expose(evaluator.engine().expectation(acquisition), acquisition.dose_per_area, np.random.default_rng(0))
    thickness = evaluator.potential.thickness

    def ours(iterations: int) -> None:
        settings = SAME.model_copy(update={"iterations": iterations})
        reconstruct(counts, acquisition, "ptychography", settings, thickness=thickness, seed=0)

    def theirs(iterations: int) -> None:
        plain_ptychography(counts, acquisition, SAME.model_copy(update={"iterations": iterations}), thickness)

    ours(1)
    fast = (seconds(lambda: ours(11)) - seconds(lambda: ours(1))) / 10
    slow = (seconds(lambda: theirs(3)) - seconds(lambda: theirs(1))) / 2
    fast = min(fast, (seconds(lambda: ours(11)) - seconds(lambda: ours(1))) / 10)
    whole, floor = in_turn(lambda: ours(10), lambda: _transforms(counts, acquisition, 10), 2)
    patterns = counts.array.shape[0] * counts.array.shape[1]
    size = f"{patterns} patterns of {counts.array.shape[-1]} x {counts.array.shape[-1]}"
    return [
        Figure("one iteration of ptychography against py4DSTEM", fast, slow, size),
        Figure("ten iterations against their Fourier transforms", whole, floor, f"{size}; floor over ours"),
    ]


def _transforms(counts: Counts, acquisition: Acquisition, iterations: int) -> None:
    """Two transforms per pattern and iteration by FFTW, in cache, same sizes and threads: the floor."""
    patterns = counts.array.shape[0] * counts.array.shape[1]
    pixels, threads = wave_pixels(acquisition, counts.array.shape[-1], counts.angular_sampling), thread_count()
    rounds = iterations * patterns // (_GROUP * threads)

    def run(_thread: int) -> None:
        # Rows a power of two apart fall on the same cache lines; eight pixels more keep them apart.
        waves = pyfftw.zeros_aligned((_GROUP, pixels, pixels + 8), dtype=np.complex64)[..., :pixels]
        forward = pyfftw.FFTW(waves, waves, axes=(1, 2), flags=("FFTW_ESTIMATE",))
        backward = pyfftw.FFTW(waves, waves, axes=(1, 2), direction="FFTW_BACKWARD", flags=("FFTW_ESTIMATE",))
        for _ in range(rounds):
            forward.execute()
            backward.execute()

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(run, range(threads)))


def whole_trial(evaluator: Evaluator, setting: Mapping[str, float]) -> Figure:
    """One trial of a study against the same trial written plainly, the potential and every pattern computed anew.

    Parameters
    ----------
    evaluator
        Its engine is built before the clock starts, as it is for all trials but a study's first.
    setting
        Searched parameters by name.
    """
    spec = evaluator.spec
    proposal = replace(spec.propose(setting), settings={"ptychography": SAME})
    acquisition = proposal.acquisition
    evaluator.evaluate(proposal, trial=0)
    ours = min(seconds(partial(evaluator.evaluate, proposal, trial=n)) for n in (1, 2))
    told = evaluator.evaluate(proposal, trial=0).value("information")
    scores: list[float] = []

    def theirs() -> None:
        potential = plain_potential(evaluator.specimen, evaluator.potential.supercell, spec.potential)
        patterns, pixel = plain_scan(potential, acquisition)
        steps = tuple(side / n for side, n in zip(potential.extent, patterns.shape[:2], strict=True))
        electrons = acquisition.dose_per_area * steps[0] * steps[1]
        array = np.random.default_rng(0).poisson(np.maximum(patterns, 0) * electrons).astype(np.uint16)
        counts = Counts(
            array=array, scan_sampling=(steps[0], steps[1]), angular_sampling=pixel, electrons_per_pattern=electrons
        )
        seen = replace(acquisition, detector_outer=array.shape[-1] * pixel / 2)
        image = plain_ptychography(counts, seen, SAME, evaluator.potential.thickness)
        truth = true_transmission(
            evaluator.potential,
            spec.energy,
            sampling=image.sampling,
            origin=image.origin,
            shape=image.transmission.shape,
        )
        radius = probe_radius(acquisition, evaluator.potential.thickness)
        region = scored_region(image, field=counts.field, probe_radius=radius)
        scores.append(score(image, truth, region=region, scan_sampling=counts.scan_sampling).metrics["information"])

    plain = seconds(theirs)
    note = f"information {told:.3g} against {scores[0]:.3g} bits/Å² from independent noise"
    return Figure("whole trial against the plain loop", ours, plain, note)
