"""A study's trials in Optuna: ask, tell, resume."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self, final

import optuna
from optuna.trial import FrozenTrial, TrialState

from beamopt.search.database import close, connect, creating, database_of, storing
from beamopt.search.identity import identify
from beamopt.search.lock import running
from beamopt.search.policy import Policy, nothing
from beamopt.search.proposer import distributions
from beamopt.search.records import MARGINS, ORIGIN, broken_constraint, broken_value, finite, interruptions, to_trial
from beamopt.search.samplers import require
from beamopt.search.start import Possible, anything
from beamopt.search.stored import StoredStudy
from beamopt.spec import StudySpec
from beamopt.trial import Trial

__all__ = ["Proposed", "Search"]

_LONGEST_REASON = 2000  # characters


@dataclass(frozen=True)
class Proposed:
    """A point to evaluate.

    Parameters
    ----------
    number
        Its place in the study, from 0 and without gaps; seeds of its noise belong to this number.
    params
        Searched parameters by name, in the units of `Acquisition`.
    attempt
        1, and one more for every time that its owner died over it.
    """

    number: int
    params: Mapping[str, float]
    attempt: int = 1


@final
class Search:
    """The trials of one study in ``<home>/optuna.db``, the truth from which everything else can be rebuilt.

    A trial that its owner left running keeps its number and parameters and is handed out again before anything new is
    proposed. So numbers have no gaps, and after any number of kills the same trials stand there as without them.
    """

    def __init__(self, home: Path, spec: StudySpec, database: optuna.storages.RDBStorage, policy: Policy) -> None:
        self._home, self._spec, self._database, self._policy = home, spec, database, policy
        self._distributions = distributions(policy.ranges)
        self._storage = optuna.storages.get_storage(database)
        study = optuna.create_study(
            storage=self._storage,
            study_name=spec.name,
            directions=list(policy.directions),
            load_if_exists=True,
        )
        identify(study, spec)
        self._key = self._storage.get_study_id_from_name(spec.name)
        self._asked: dict[int, int] = {}  # Optuna's key by number
        self._locked = False

    @classmethod
    def open(
        cls,
        home: Path,
        spec: StudySpec,
        promising: Callable[[], Sequence[Mapping[str, float]]] = nothing,
        possible: Possible = anything,
    ) -> Self:
        """Create a study or resume it.

        Parameters
        ----------
        home
            Project folder, made where missing.
        spec
            The study; its name is the key.
        promising, possible
            What theory would begin with and what is known to be possible, see `Policy`.

        Raises
        ------
        InputError
            When the study asks for a sampler that is not installed.
        ConflictError
            When the name belongs to a study from a different file.
        StorageError
            When folder or database cannot be used.
        """
        require(spec.sampler.name)
        path, policy = database_of(home), Policy.of(spec, promising, possible)
        with storing(path), creating(home):
            database = connect(path, "rwc")
            try:
                return cls(home, spec, database, policy)
            except BaseException:
                close(database)
                raise

    @staticmethod
    def load(home: Path, name: str) -> StoredStudy:
        """Read a study without touching it, see `StoredStudy.load`."""
        return StoredStudy.load(home, name)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Be the only process that runs this study.

        Raises
        ------
        LockedError
            Within a second, naming process and host of the one that does.
        """
        with running(self._home, self._spec.name):
            self._locked = True
            try:
                yield
            finally:
                self._locked = False

    def ask(self) -> Proposed:
        """Next point: one that was interrupted if any waits, else a new one.

        Returns
        -------
        Proposed
        """
        with self._storing():
            history = self._all()
            waiting = next((trial for trial in history if trial.state == TrialState.WAITING), None)
            if waiting is None:
                params, origin = self._policy.propose(history)
                proposed = Proposed(len(history), params)
                key = self._storage.create_new_trial(self._key, self._running_trial(params, origin))
            else:
                params = {name: float(waiting.params[name]) for name in self._policy.ranges}
                proposed = Proposed(waiting.number, params, 1 + interruptions(waiting))
                key = self._key_of(waiting.number)
                self._storage.set_trial_state_values(key, TrialState.RUNNING)
            self._asked[proposed.number] = key
            return proposed

    def tell_finished(
        self,
        number: int,
        values: Sequence[float],
        metrics: Mapping[str, float],
        constraints: Mapping[str, float],
        weights: Mapping[str, float] | None = None,
    ) -> Trial:
        """Record an evaluated trial; values that are no finite numbers make it a failed one with that reason.

        Parameters
        ----------
        number
            Of the proposal.
        values
            One per objective, in the study's order.
        metrics
            Everything worth keeping, flat; what is not finite is dropped.
        constraints
            Name to margin, at most 0 where it holds.
        weights
            The same margins in one unit, for the sampler, which adds up those above 0; as they are where left out.

        Returns
        -------
        Trial
            As recorded.
        """
        broken = (
            broken_value(values, [objective.metric for objective in self._spec.objectives])
            or broken_constraint(constraints)
            or broken_constraint(weights or {})
        )
        with self._storing():
            self._storage.set_trial_user_attr(self._asked[number], "metrics", finite(metrics))
            if broken:
                return self._end(number, TrialState.FAIL, reason=broken)
            told = [float(value) for value in values]
            return self._end(number, TrialState.COMPLETE, values=told, constraints=constraints, weights=weights)

    def tell_infeasible(
        self, number: int, reason: str, constraints: Mapping[str, float], weights: Mapping[str, float] | None = None
    ) -> Trial:
        """Record a proposal that cannot be carried out.

        Optuna keeps it as PRUNED: it has no values, so it is never on a front, and by its constraints the sampler
        counts it among the bad points, which it does not do for FAIL. Where no constraint is violated,
        ``infeasible = 1`` is.

        Parameters
        ----------
        number
            Of the proposal.
        reason
            What to change, for people.
        constraints
            Name to margin, above 0 where violated.
        weights
            As for `tell_finished`.
        """
        margins, weighed = finite(constraints), None if weights is None else finite(weights)
        if not any(margin > 0 for margin in margins.values()):
            margins["infeasible"] = 1.0
            weighed = None if weighed is None else weighed | {"infeasible": 1.0}
        with self._storing():
            return self._end(number, TrialState.PRUNED, reason=reason, constraints=margins, weights=weighed)

    def tell_failed(
        self,
        number: int,
        reason: str,
        constraints: Mapping[str, float] | None = None,
        weights: Mapping[str, float] | None = None,
    ) -> Trial:
        """Record a trial that was carried out and gave nothing usable; the sampler learns nothing from it.

        Parameters as for `tell_infeasible`.
        """
        with self._storing():
            return self._end(number, TrialState.FAIL, reason=reason, constraints=constraints, weights=weights)

    def trials(self) -> tuple[Trial, ...]:
        """Every trial in number order."""
        with self._storing():
            return tuple(map(to_trial, self._all()))

    def requeue(self, number: int) -> None:
        """Give a proposal back untold, when the operator stops the study; it is asked again next time, as new."""
        with self._storing():
            self._storage.set_trial_state_values(self._asked.pop(number), TrialState.WAITING)

    def requeue_stale(self) -> tuple[int, ...]:
        """Queue every trial that a dead owner left running; they keep number and parameters and are asked first.

        Returns
        -------
        tuple of int
            Their numbers.
        """
        if not self._locked:
            raise RuntimeError("requeue_stale outside lock(): the owner of a running trial may be alive")
        with self._storing():
            left = [t for t in self._all() if t.state == TrialState.RUNNING and t.number not in self._asked]
            for trial in left:
                key = self._key_of(trial.number)
                self._storage.set_trial_user_attr(key, "interruptions", interruptions(trial) + 1)
                self._storage.set_trial_state_values(key, TrialState.WAITING)
            return tuple(trial.number for trial in left)

    def close(self) -> None:
        """Let go of the database file."""
        close(self._database)

    def _all(self) -> list[FrozenTrial]:
        return self._storage.get_all_trials(self._key, deepcopy=False)

    def _running_trial(self, params: Mapping[str, float], origin: str) -> FrozenTrial:
        """Make a trial that enters the database in one transaction, parameters and all."""
        return optuna.trial.create_trial(
            state=TrialState.RUNNING,
            params=dict(params),
            distributions=self._distributions,
            user_attrs={ORIGIN: origin},
        )

    def _end(
        self,
        number: int,
        state: TrialState,
        *,
        values: list[float] | None = None,
        reason: str = "",
        constraints: Mapping[str, float] | None = None,
        weights: Mapping[str, float] | None = None,
    ) -> Trial:
        """Write everything about a trial and its state last, so that a finished trial is always a whole one."""
        key = self._asked[number]
        if weights is not None:
            self._storage.set_trial_user_attr(key, MARGINS, {n: float(m) for n, m in (constraints or {}).items()})
        if reason:
            self._storage.set_trial_user_attr(key, "reason", reason[:_LONGEST_REASON])
        noted = optuna.trial.create_trial(state=TrialState.RUNNING)
        for name, margin in (weights or constraints or {}).items():
            noted.set_constraint(name, float(margin))
        for name, said in noted.system_attrs.items():
            self._storage.set_trial_system_attr(key, name, said)
        self._storage.set_trial_state_values(key, state, values)
        del self._asked[number]
        return to_trial(self._all()[number])

    def _key_of(self, number: int) -> int:
        return self._storage.get_trial_id_from_study_id_trial_number(self._key, number)

    @contextmanager
    def _storing(self) -> Iterator[None]:
        with storing(database_of(self._home)):
            yield
