"""From noise-free patterns to scores: expose, reconstruct and score every replicate of one proposal."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import final

import numpy as np
from numpy.typing import NDArray

from beamopt.acquisition import Acquisition
from beamopt.evaluation.allowed import phase_deviation
from beamopt.evaluation.clock import Clock
from beamopt.evaluation.result import MethodResult
from beamopt.expose import expose
from beamopt.measurement import Counts, Expectation, Reconstruction, Scores
from beamopt.potential import Potential, on_pixels, true_transmission
from beamopt.reconstruct import reconstruct
from beamopt.score import score, scored_region
from beamopt.simulate import exit_wave, probe_radius
from beamopt.spec import Proposal, StudySpec

__all__ = ["Imaged", "Imaging"]

_STRONG, _MANY = 0.02, 1e4
"""Share of the area beyond 1 rad, and e/Å² that a study may spend, from which an object is reconstructed as complex.

Multiple scattering gives a strong crystal an amplitude, and many electrons show it. A pure phase object forced on 39 Å
of SrTiO3 at 25 mrad scores 11.7, 10.5, 5.5 and 3.4 bits/Å² at 1e3, 3e3, 1e4 and 1e5 e/Å², a complex one 5.1, 6.6, 8.6
and 9.3; on 103 Å of UiO-66 at 11 mrad and 1e4 e/Å² 3.1 against 3.6. One choice serves a whole study, so that its front
does not fall where the choice would change.
"""


@dataclass(frozen=True, kw_only=True)
class Imaged:
    """Results per method over the replicates, and the counts of the first replicate."""

    counted: Counts
    methods: Mapping[str, MethodResult]


@final
@dataclass(frozen=True, kw_only=True)
class Imaging:
    """What happens behind the specimen: noise, reconstruction, comparison with the truth.

    Parameters
    ----------
    spec
        The study: camera and seed.
    potential
        The specimen that the truth is taken from.
    thickness
        Thickness that the operator believes in [Å]; that of the specimen where left out.
    """

    spec: StudySpec
    potential: Potential
    thickness: float | None = None

    def run(self, expected: Expectation, proposal: Proposal, *, trial: int, replicates: range, clock: Clock) -> Imaged:
        """Expose, reconstruct and score.

        Parameters
        ----------
        expected
            Noise-free patterns, of whatever the microscope really did.
        proposal
            What the operator believes was set; reconstruction and scoring know nothing else.
        trial
            Number that, with the study's seed and the replicate, decides every random draw.
        replicates
            Numbers of the noise draws.
        clock
            Told the stages.

        Returns
        -------
        Imaged

        Raises
        ------
        EvaluationError
            If a reconstruction diverged.
        """
        first: Counts | None = None
        images: dict[str, tuple[Reconstruction, NDArray[np.complex64]]] = {}
        scores: dict[str, list[Scores]] = {method: [] for method in proposal.settings}
        for replicate in replicates:
            seed = np.random.SeedSequence([self.spec.seed, trial, replicate])
            with clock.time("expose"):
                counted = self._expose(expected, proposal.acquisition.dose_per_area, np.random.default_rng(seed))
            first = first or counted
            order = int(seed.generate_state(1)[0])
            for method, settings in proposal.settings.items():
                with clock.time(method):
                    image = reconstruct(
                        counted,
                        proposal.acquisition,
                        method,
                        settings.suited(strong=self._is_strong(proposal.acquisition)),
                        thickness=self.believed,
                        seed=order,
                    )
                with clock.time("score"):
                    truth = self.truth(image)
                    scores[method].append(self._score(image, truth, expected, proposal.acquisition))
                images.setdefault(method, (image, truth))
        assert first is not None  # noqa: S101 (there is at least one replicate)
        return Imaged(
            counted=first,
            methods={m: MethodResult(scores=scores[m], reconstruction=i, truth=t) for m, (i, t) in images.items()},
        )

    @property
    def believed(self) -> float:
        """Thickness that reconstruction and scoring know of [Å]."""
        return self.potential.thickness if self.thickness is None else self.thickness

    def truth(self, image: Reconstruction) -> NDArray[np.complex64]:
        """Transmission of the specimen on the pixels of an image, band-limited like it."""
        return true_transmission(
            self.potential,
            self.spec.energy,
            sampling=image.sampling,
            origin=image.origin,
            shape=image.transmission.shape,
        )

    def wave(self, image: Reconstruction) -> NDArray[np.complex64]:
        """The other truth on the pixels of an image: the exit wave of a plane wave, seen at mid-thickness."""
        return on_pixels(
            self._exit_wave,
            self.potential.cell,
            sampling=image.sampling,
            origin=image.origin,
            shape=image.transmission.shape,
        )

    def _is_strong(self, acquisition: Acquisition) -> bool:
        """Whether a pure phase object would be forced on a specimen that is none, at doses that show it."""
        most = max(self.spec.most("dose_per_area"), acquisition.dose_per_area)
        return most >= _MANY and self._turns_far

    @cached_property
    def _turns_far(self) -> bool:
        return bool(np.mean(phase_deviation(self.potential, self.spec.energy) > 1.0) > _STRONG)

    @cached_property
    def _exit_wave(self) -> NDArray[np.complex128]:
        return exit_wave(self.potential, self.spec.energy)

    def _expose(self, expected: Expectation, dose_per_area: float, rng: np.random.Generator) -> Counts:
        camera = self.spec.camera
        return expose(expected, dose_per_area, rng, dqe=camera.dqe, background=camera.background)

    def _score(
        self, image: Reconstruction, truth: NDArray[np.complex64], expected: Expectation, acquisition: Acquisition
    ) -> Scores:
        radius = probe_radius(acquisition, self.believed)
        region = scored_region(image, field=expected.field, probe_radius=radius)
        return score(image, truth, region=region, scan_sampling=expected.scan_sampling, exit_wave=self.wave(image))
