"""Everything the trials of one study share, built once: specimen, potential, simulation engine."""

from functools import cached_property, partial
from typing import Any, Self, final

from beamopt.acquisition import Acquisition
from beamopt.cache import Cache
from beamopt.evaluation.allowed import Bounds, WeakObject, bounds, ceiling, doubted, excesses
from beamopt.evaluation.assumptions import assumptions_of, displacement_of, imperfections_of
from beamopt.evaluation.clock import Clock, Stage, silent
from beamopt.evaluation.feasibility import Feasibility
from beamopt.evaluation.frozen import frozen_engine, require_one_window
from beamopt.evaluation.imaging import Imaging
from beamopt.evaluation.result import Evaluation
from beamopt.evaluation.warn import cautions
from beamopt.instrument import Instrument, fitted, resonance
from beamopt.potential import Potential, build_potential
from beamopt.simulate import Engine, make_engine
from beamopt.spec import Proposal, StudySpec
from beamopt.specimen import Specimen, specimen_of

__all__ = ["Evaluator", "Stage"]

_HELD = 4e9  # bytes of engines


@final
class Evaluator:
    """Evaluates acquisitions of one study.

    `evaluate` is a pure function of (study, proposal, trial): it opens no database and gives the same numbers in any
    process.

    Parameters
    ----------
    spec
        The study.
    specimen, potential
        What stands in the beam, as `prepare` builds them.
    reach
        Largest semiangle_cutoff and detector_outer [mrad] the engine is built for.
    cache
        Where potentials and scattering matrices are kept; none where left out.
    """

    def __init__(
        self,
        spec: StudySpec,
        specimen: Specimen,
        potential: Potential,
        reach: tuple[float, float],
        cache: Cache | None = None,
    ) -> None:
        self.spec = spec
        self._cache = cache
        self._reach = reach
        self.specimen = specimen
        self.potential = potential
        self.feasibility = Feasibility(spec=spec, potential=potential)
        self.imaging = Imaging(spec=spec, potential=potential)
        self._engines: dict[tuple[int, tuple[float, float]], Engine] = {}
        self.imperfections = imperfections_of(spec)
        self.assumptions = assumptions_of(spec)

    @classmethod
    def prepare(
        cls, spec: StudySpec, stage: Stage = silent, *, beyond: Acquisition | None = None, cache: Cache | None = None
    ) -> Self:
        """Build specimen and potential; the engine follows with the first evaluation.

        Parameters
        ----------
        spec
            The study; its ranges say how far the engine reaches.
        stage
            Told what is being done.
        beyond
            An acquisition outside the ranges that the engine must reach as well.
        cache
            Where potentials and scattering matrices are kept.

        Raises
        ------
        InputError
            If the sample, its zone axis or its thickness cannot be built, or the study asks for what its instrument
            does not have.
        """
        spec = fitted(spec)
        imperfections_of(spec)  # what cannot be known is refused before anything is built
        stage("specimen", 0.0)
        specimen = specimen_of(spec.sample)
        stage("potential", 0.0)
        potential = build_potential(
            specimen,
            window=spec.sample.window,
            displacement=displacement_of(spec),
            cache=cache,
            **spec.potential.model_dump(),
        )
        require_one_window(spec, potential)
        knobs = ("semiangle_cutoff", "detector_outer")
        semiangle, outer = (max([spec.most(k), *([getattr(beyond, k)] if beyond else [])]) for k in knobs)
        return cls(spec, specimen, potential, (semiangle, outer), cache)

    @property
    def field(self) -> tuple[float, float]:
        """Least field that a scan covers along each axis [Å]."""
        return self.feasibility.field

    @property
    def instrument(self) -> Instrument | None:
        """Column and detector, if the study names them."""
        return self.feasibility.instrument

    @property
    def reach(self) -> dict[str, float]:
        """Largest semiangle_cutoff and detector_outer [mrad] that the engine is built for."""
        return {
            "semiangle_cutoff": self._reach[0],
            "detector_outer": min(self._reach[1], self.feasibility.carried),
        }

    def engine(self, stage: Stage = silent, potential: Potential | None = None) -> Engine:
        """Simulation engine, built on first use for the largest angles the study can ask for.

        Those of other specimens than the study's go, the oldest first, when all together take more than 4 GB.

        Parameters
        ----------
        stage
            Told what is being done.
        potential
            The specimen, thicker, thinner or tilted; as the study says where left out.
        """
        standing = potential or self.potential
        key = (standing.repeats, standing.tilt)
        if key not in self._engines:
            self._engines[key] = self._made(standing, stage)
            others = [k for k in self._engines if k not in (key, (self.potential.repeats, self.potential.tilt))]
            while others and sum(engine.nbytes for engine in self._engines.values()) > _HELD:
                del self._engines[others.pop(0)]
        return self._engines[key]

    def _made(self, standing: Potential, stage: Stage) -> Engine:
        energy, pixels = self.spec.energy, self.spec.camera.pixels
        asked: dict[str, Any] = {"energy": energy, "pixels": pixels, "field": self.field, **self.reach}
        if self.spec.thermal is not None and self.spec.thermal.frozen:
            return frozen_engine(self.spec, self.specimen, standing, stage=stage, cache=self._cache, **asked)
        progress = partial(stage, "scattering matrix")
        return make_engine(standing, **asked, progress=progress, cache=self._cache)

    @cached_property
    def weak(self) -> WeakObject:
        """The specimen as the weak-object model sees it."""
        return WeakObject.of(
            self.potential,
            self.spec.energy,
            field=self.field,
            camera=self.spec.camera,
            imperfections=self.imperfections,
        )

    def allowed(self, acquisition: Acquisition, stage: Stage = silent) -> Bounds:
        """Quantum, full and linear limit of a feasible acquisition."""
        return bounds(self.weak, acquisition, ceiling=ceiling(self.engine(stage), self.feasibility, acquisition, stage))

    def evaluate(
        self, proposal: Proposal, *, trial: int, replicates: int | None = None, stage: Stage = silent
    ) -> Evaluation:
        """Simulate, expose, reconstruct and score one acquisition.

        Parameters
        ----------
        proposal
            Acquisition and reconstruction settings.
        trial
            Number that, with the study's seed, decides every random draw.
        replicates
            Noise draws; the study's own number where left out.
        stage
            Told what is being done.

        Returns
        -------
        Evaluation

        Raises
        ------
        InfeasibleError
            If the acquisition violates a constraint.
        EvaluationError
            If a reconstruction diverged.
        """
        acquisition = proposal.acquisition
        self.feasibility.require(acquisition)
        engine = self.engine(stage)
        clock = Clock(stage)
        with clock.time("simulate"):
            expected = engine.expectation(acquisition, self.imperfections)
        draws = range(replicates or self.spec.budget.replicates)
        measured = self.imaging.run(expected, proposal, trial=trial, replicates=draws, clock=clock)
        with clock.time("limits"):
            allowed = self.allowed(acquisition)
            limits = allowed.information()
        return Evaluation(
            acquisition=acquisition,
            engine=engine.name,
            settings=proposal.settings,
            methods=doubted(measured.methods, self.weak.doubt),
            expected=expected,
            counted=measured.counted,
            seconds=clock.seconds,
            warnings=(
                *self.assumptions,
                *cautions(acquisition, expected.angular_sampling, self.potential.thickness),
                *self._session_advice(acquisition),
                *((self.weak.doubt,) if self.weak.doubt else ()),
                *excesses(measured.methods, limits, self.weak.doubt),
            ),
            limits=limits,
            curves=allowed.limits,
            session=self.feasibility.session(acquisition),
        )

    def _session_advice(self, acquisition: Acquisition) -> tuple[str, ...]:
        near = resonance(self.feasibility.scanned(acquisition), self.spec.camera.pixels, self.potential.thickness)
        camera = () if self.instrument is None else self.instrument.advice()
        return (*((near,) if near else ()), *camera)
