"""What one acquisition was found to be worth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from beamopt import metric_names
from beamopt.acquisition import Acquisition
from beamopt.instrument import SessionNumbers
from beamopt.limit import Limits
from beamopt.measurement import Counts, Expectation, Reconstruction, Scores
from beamopt.spec import MethodSettings

__all__ = ["Evaluation", "MethodResult"]


@dataclass(frozen=True, kw_only=True)
class MethodResult:
    """Scores of one method over the replicates, and its image from the first of them.

    Parameters
    ----------
    scores
        One entry per replicate.
    reconstruction
        Image of the first replicate.
    truth
        Complex transmission on the same pixels.
    """

    scores: Sequence[Scores]
    reconstruction: Reconstruction
    truth: NDArray[np.complex64]

    def mean(self) -> dict[str, float]:
        """Mean of every score over the replicates."""
        return {name: float(np.mean(values)) for name, values in self._columns().items()}

    def std(self) -> dict[str, float]:
        """Sample standard deviation of every score over the replicates; empty for a single one."""
        if len(self.scores) < 2:
            return {}
        return {name: float(np.std(values, ddof=1)) for name, values in self._columns().items()}

    def resolved(self) -> bool:
        """Whether half of the replicates or more resolved anything."""
        return 2 * sum(score.resolved for score in self.scores) >= len(self.scores)

    def _columns(self) -> dict[str, list[float]]:
        return {name: [s.metrics[name] for s in self.scores] for name in self.scores[0].metrics}


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """Result of one acquisition.

    Parameters
    ----------
    acquisition
        The setting, as asked for.
    engine
        Which simulation engine ran.
    settings
        Reconstruction settings per method.
    methods
        Result per method, in the study's order.
    expected
        Noise-free patterns.
    counted
        Counts of the first replicate.
    seconds
        Wall time per stage.
    warnings
        What a careful microscopist would say about this setting.
    session
        What the operator sets and waits for, at the step that fits the crystal; None without an instrument.
    limits
        ``linear``, ``full`` and ``quantum``: the most that a score can call information [bits/Å²], see `Bounds`.
    curves
        The same over spatial frequency.
    robust
        From `sessions.robust_metrics`; empty where the calm session alone counts.
    """

    acquisition: Acquisition
    engine: str
    settings: Mapping[str, MethodSettings]
    methods: Mapping[str, MethodResult]
    expected: Expectation
    counted: Counts
    seconds: Mapping[str, float]
    warnings: tuple[str, ...] = ()
    session: SessionNumbers | None = None
    limits: Mapping[str, float] = field(default_factory=dict)
    curves: Limits | None = None
    robust: Mapping[str, float] = field(default_factory=dict)

    def metrics(self) -> dict[str, float]:
        """Everything measured as flat names: knobs, ``method.score``, ``method.score_std``, ``seconds.stage``.

        ``method.doubtful`` is 1 where the method does not hold on the specimen, ``method.unresolved`` where its image
        resolves nothing.

        With an instrument also ``session.dwell_microseconds`` and so on; with limits ``limit.linear``, ``limit.full``,
        ``limit.quantum`` and what `efficiency` gives; in a study that optimises its robustness what `robust` holds.
        """
        flat = self.acquisition.named()
        flat["electrons_per_pattern"] = self.electrons_per_pattern
        if self.session is not None:
            flat |= {metric_names.session(name): value for name, value in self.session.named().items()}
        for method, result in self.methods.items():
            flat |= {metric_names.score(method, name): value for name, value in result.mean().items()}
            flat |= {
                metric_names.spread(metric_names.score(method, name)): value for name, value in result.std().items()
            }
            flat |= {metric_names.doubtful(method): 1.0} if result.reconstruction.doubt else {}
            flat |= {} if result.resolved() else {metric_names.unresolved(method): 1.0}
        flat |= self.robust
        flat |= {metric_names.limit(name): value for name, value in self.limits.items()} | self.efficiency()
        return flat | {metric_names.seconds(stage): value for stage, value in self.seconds.items()}

    def efficiency(self) -> dict[str, float]:
        """Mean information of every method over the limits, none over a limit of 0.

        ``efficiency.<method>`` is over the linear limit, ``efficiency_full.<method>`` and
        ``efficiency_quantum.<method>`` over the others.
        """
        return {
            metric_names.efficiency(method, limit): result.mean()["information"] / self.limits[limit]
            for limit in metric_names.EFFICIENCIES
            for method, result in self.methods.items()
            if self.limits.get(limit, 0.0) > 0
        }

    def value(self, metric: str) -> float:
        """One recorded number; an unqualified score is that of the first method.

        Raises
        ------
        KeyError
            If nothing of this name was recorded.
        """
        metrics = self.metrics()
        return metrics[metric] if metric in metrics else metrics[metric_names.score(next(iter(self.methods)), metric)]

    @property
    def electrons_per_pattern(self) -> float:
        """Incident electrons per scan position at the step that fits the crystal's period."""
        return self.counted.electrons_per_pattern
