"""Everything the trials of one study share, built once: specimen, potential, simulation engine."""

from typing import Self, TypedDict, final

import numpy as np
from numpy.typing import NDArray

from beamopt.acquisition import Acquisition
from beamopt.cache import Cache
from beamopt.evaluation.clock import Clock, Stage, silent
from beamopt.evaluation.imperfections import assumptions, imperfections_of
from beamopt.evaluation.result import Evaluation, MethodResult
from beamopt.evaluation.warn import cautions
from beamopt.expose import expose
from beamopt.instrument import Instrument, fitted, resonance
from beamopt.measurement import Counts, Expectation, Reconstruction, Scores
from beamopt.potential import Potential, build_potential, true_transmission
from beamopt.reconstruct import reconstruct
from beamopt.score import score, scored_region
from beamopt.simulate import Engine, make_engine, margins, probe_radius, require_feasible
from beamopt.simulate.feasibility import shares
from beamopt.spec import MethodSettings, Proposal, StudySpec
from beamopt.specimen import Specimen, specimen_of

__all__ = ["Evaluator", "Stage"]


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
        self._engine: Engine | None = None
        self._imperfections = imperfections_of(spec)
        self.assumptions = assumptions(self._imperfections.fading, spec.energy)
        named = spec.instrument
        self.instrument = None if named is None else Instrument.of(named, self.field, spec.camera.pixels)

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
            displacement=0.0 if spec.thermal is None else spec.thermal.displacement,
            cache=cache,
            **spec.potential.model_dump(),
        )
        knobs = ("semiangle_cutoff", "detector_outer")
        semiangle, outer = (max([spec.most(k), *([getattr(beyond, k)] if beyond else [])]) for k in knobs)
        return cls(spec, specimen, potential, (semiangle, outer), cache)

    @property
    def field(self) -> tuple[float, float]:
        """Least field that a scan covers along each axis [Å]."""
        wanted = self.spec.sample.field
        return self.potential.window if wanted is None else (wanted, wanted)

    def engine(self, stage: Stage = silent) -> Engine:
        """Simulation engine, built on first use for the largest angles the study can ask for."""
        if self._engine is None:
            self._engine = make_engine(
                self.potential,
                energy=self.spec.energy,
                semiangle_cutoff=self._reach[0],
                detector_outer=min(self._reach[1], self.carried),
                pixels=self.spec.camera.pixels,
                field=self.field,
                progress=lambda done: stage("scattering matrix", done),
                cache=self._cache,
            )
        return self._engine

    def margins(self, acquisition: Acquisition) -> dict[str, float]:
        """Constraint margins of an acquisition, at most 0 where it can be carried out; costs no simulation."""
        found = margins(acquisition, **self._limits)
        return found if self.instrument is None else found | self.instrument.margins(acquisition)

    def weights(self, acquisition: Acquisition) -> dict[str, float]:
        """Margins as the search weighs them: with an instrument, where eV meet µs, as shares of their limits."""
        if self.instrument is None:
            return self.margins(acquisition)
        return shares(acquisition, **self._limits) | self.instrument.shares(acquisition)

    def require_feasible(self, acquisition: Acquisition) -> None:
        """Raise InfeasibleError with the one sentence that helps, if the acquisition cannot be carried out."""
        require_feasible(acquisition, **self._limits)
        if self.instrument is not None:
            self.instrument.require_feasible(acquisition)

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
        self.require_feasible(acquisition)
        engine = self.engine(stage)
        clock = Clock(stage)
        with clock.time("simulate"):
            expected = engine.expectation(acquisition, self._imperfections)
        first: Counts | None = None
        images: dict[str, tuple[Reconstruction, NDArray[np.complex64]]] = {}
        scores: dict[str, list[Scores]] = {method: [] for method in proposal.settings}
        for replicate in range(replicates or self.spec.budget.replicates):
            seed = np.random.SeedSequence([self.spec.seed, trial, replicate])
            with clock.time("expose"):
                counted = self._expose(expected, acquisition.dose_per_area, np.random.default_rng(seed))
            first = first or counted
            for method, settings in proposal.settings.items():
                with clock.time(method):
                    image = self._reconstruct(counted, acquisition, method, settings, seed)
                with clock.time("score"):
                    truth = self.truth(image)
                    scores[method].append(self._score(image, truth, expected, acquisition))
                images.setdefault(method, (image, truth))
        assert first is not None  # noqa: S101 (replicates is at least 1)
        return Evaluation(
            acquisition=acquisition,
            engine=engine.name,
            settings=proposal.settings,
            methods={
                m: MethodResult(scores=scores[m], reconstruction=image, truth=truth)
                for m, (image, truth) in images.items()
            },
            expected=expected,
            counted=first,
            seconds=clock.seconds,
            warnings=(
                *self.assumptions,
                *cautions(acquisition, expected.angular_sampling, self.potential.thickness),
                *self._session_advice(acquisition),
            ),
            session=None if self.instrument is None else self.instrument.numbers(acquisition),
        )

    def truth(self, image: Reconstruction) -> NDArray[np.complex64]:
        """Transmission of the specimen on the pixels of an image, band-limited like it."""
        return true_transmission(
            self.potential,
            self.spec.energy,
            sampling=image.sampling,
            origin=image.origin,
            shape=image.transmission.shape,
        )

    def _session_advice(self, acquisition: Acquisition) -> tuple[str, ...]:
        near = resonance(acquisition, self.spec.camera.pixels)
        camera = () if self.instrument is None else self.instrument.advice()
        return (*((near,) if near else ()), *camera)

    def _expose(self, expected: Expectation, dose_per_area: float, rng: np.random.Generator) -> Counts:
        camera = self.spec.camera
        return expose(expected, dose_per_area, rng, dqe=camera.dqe, background=camera.background)

    def _reconstruct(
        self,
        counted: Counts,
        acquisition: Acquisition,
        method: str,
        settings: MethodSettings,
        seed: np.random.SeedSequence,
    ) -> Reconstruction:
        order = int(seed.generate_state(1)[0])
        return reconstruct(counted, acquisition, method, settings, thickness=self.potential.thickness, seed=order)

    def _score(
        self,
        image: Reconstruction,
        truth: NDArray[np.complex64],
        expected: Expectation,
        acquisition: Acquisition,
    ) -> Scores:
        radius = probe_radius(acquisition, self.potential.thickness)
        region = scored_region(image, field=expected.field, probe_radius=radius)
        return score(image, truth, region=region, scan_sampling=expected.scan_sampling)

    @property
    def carried(self) -> float:
        """Largest half width of a square camera whose corner the potential still carries [mrad]."""
        return self.potential.max_angle(self.spec.energy) / float(np.sqrt(2))

    @property
    def _limits(self) -> "_Limits":
        return {
            "window": self.potential.window,
            "thickness": self.potential.thickness,
            "carried_angle": self.carried,
            "field": self.field,
            "pixels": self.spec.camera.pixels,
        }


class _Limits(TypedDict):
    """What `margins` wants to know besides the acquisition."""

    window: tuple[float, float]
    thickness: float
    carried_angle: float
    field: tuple[float, float]
    pixels: int
