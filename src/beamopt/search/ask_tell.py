"""A study's trials in Optuna: ask, tell, resume."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self, final

import optuna
from optuna.trial import FrozenTrial, TrialState

from beamopt.search.database import close
from beamopt.search.identity import identify
from beamopt.search.leases import Leases
from beamopt.search.place import Place
from beamopt.search.policy import Policy, nothing
from beamopt.search.proposed import Proposed
from beamopt.search.proposer import distributions
from beamopt.search.records import MARGINS, ORIGIN, Reader, broken, finite, for_sampler, interruptions, veiled
from beamopt.search.retries import RetryingStorage
from beamopt.search.samplers import require
from beamopt.search.server import place_of
from beamopt.search.start import Possible, anything
from beamopt.search.stored import StoredStudy
from beamopt.spec import StudySpec
from beamopt.trial import Trial

__all__ = ["Search"]

_LONGEST_REASON = 2000  # characters


@final
class Search:
    """The trials of one study in ``<home>/optuna.db``, the truth from which everything else can be rebuilt.

    A trial that its owner left running keeps its number and parameters and is handed out again before anything new is
    proposed. So numbers have no gaps, and after any number of kills the same trials stand there as without them.
    """

    def __init__(self, place: Place, spec: StudySpec, database: optuna.storages.RDBStorage, policy: Policy) -> None:
        self._place, self._spec, self._database, self._policy = place, spec, database, policy
        self._storing = place.storing
        self._distributions = distributions(policy.ranges)
        storage = optuna.storages.get_storage(database)
        study = optuna.create_study(
            storage=storage,
            study_name=spec.name,
            directions=list(policy.directions),
            load_if_exists=True,
        )
        identify(study, spec)
        self._key = storage.get_study_id_from_name(spec.name)
        self._storage = RetryingStorage(storage, place.patience)
        self._leases = Leases(place, self._storage, self._key)
        self._to_trial = Reader()

    @classmethod
    def open(
        cls,
        home: Path,
        spec: StudySpec,
        promising: Callable[[], Sequence[Mapping[str, float]]] = nothing,
        possible: Possible = anything,
        storage: str | None = None,
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
        storage
            PostgreSQL address that takes the place of the file in the project folder, see `place_of`.

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
        place, policy = place_of(home, storage), Policy.of(spec, promising, possible)
        with place.storing(), place.creating():
            database = place.connect("rwc")
            try:
                return cls(place, spec, database, policy)
            except BaseException:
                close(database)
                raise

    @staticmethod
    def load(home: Path, name: str, storage: str | None = None) -> StoredStudy:
        """Read a study without touching it, see `StoredStudy.load`."""
        return StoredStudy.load(place_of(home, storage), name)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the run lock of this study; on a server, send heartbeats instead.

        Raises
        ------
        LockedError
            Within a second, naming process and host of the one that does.
        """
        with self._place.running(self._spec.name), self._leases.alive():
            yield

    def ask(self, *, behind: int = 0) -> Proposed:
        """Next point: one that was interrupted if any waits, else a new one.

        Parameters
        ----------
        behind
            So many trials before a new one count as running, told or not: with ``batch - 1`` a batch gives the same
            proposals in whatever order its results come.

        Returns
        -------
        Proposed
        """
        with self._turn():
            return self._next(behind)

    def ask_within(self, budget: int, *, behind: int = 0) -> Proposed | None:
        """As `ask`, while fewer than `budget` trials have ended or are being evaluated by anybody; else None."""
        with self._turn():
            begun = sum(trial.state != TrialState.WAITING for trial in self._all())
            return self._next(behind) if begun < budget else None

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
        wrong = broken(values, [objective.metric for objective in self._spec.objectives], constraints, weights or {})
        if wrong:
            return self._end(number, TrialState.FAIL, reason=wrong, metrics=metrics)
        told = [float(value) for value in values]
        return self._end(
            number, TrialState.COMPLETE, values=told, constraints=constraints, weights=weights, metrics=metrics
        )

    def tell_infeasible(
        self, number: int, reason: str, constraints: Mapping[str, float], weights: Mapping[str, float] | None = None
    ) -> Trial:
        """Record a proposal that cannot be carried out.

        Optuna keeps it as PRUNED: it has no values, so it is never on a front, and by its constraints the sampler
        counts it among the bad points, which it does not do for FAIL. Where no constraint is violated,
        ``infeasible = 1`` is.

        Parameters as for `tell_finished`; the reason says what to change, for people.
        """
        margins, weighed = finite(constraints), None if weights is None else finite(weights)
        if not any(margin > 0 for margin in margins.values()):
            margins["infeasible"] = 1.0
            weighed = None if weighed is None else weighed | {"infeasible": 1.0}
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
        return self._end(number, TrialState.FAIL, reason=reason, constraints=constraints, weights=weights)

    def trials(self) -> tuple[Trial, ...]:
        """Every trial in number order."""
        with self._storing():
            return tuple(map(self._to_trial, self._all()))

    def requeue(self, number: int) -> None:
        """Requeue a trial without a result, when the operator stops the study; it is proposed again, as new."""
        with self._turn():
            self._leases.give_back(number)

    def awaited(self) -> bool:
        """Whether another coordinator still evaluates a trial, or died while it did."""
        with self._storing():
            return self._place.shared and any(trial.state == TrialState.RUNNING for trial in self._all())

    def release(self) -> None:
        """Requeue every trial that this coordinator owns, at whatever moment a signal came; each is proposed again."""
        with self._turn():
            self._leases.release()

    def requeue_stale(self) -> tuple[int, ...]:
        """Queue every trial that a dead owner left running; they keep number and parameters and are asked first.

        On a server an owner is dead after a minute without heartbeat, counted from the first look; `ask` looks again.

        Returns
        -------
        tuple of int
            Their numbers.
        """
        if not self._leases.locked:
            raise RuntimeError("requeue_stale outside lock(): the owner of a running trial may be alive")
        with self._storing(), self._place.turn(self._database, self._spec.name):
            return self._leases.requeue_dead()

    def close(self) -> None:
        """Let go of the database file."""
        close(self._database)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Hold the lock among the coordinators of this study; first requeue the trials of dead owners."""
        with self._storing(), self._place.turn(self._database, self._spec.name):
            if self._place.shared and self._leases.locked:
                self._leases.requeue_dead()
            yield

    def _next(self, behind: int) -> Proposed:
        for trial in self._all():
            if trial.state == TrialState.WAITING and self._leases.claim(trial):
                params = {name: float(trial.params[name]) for name in self._policy.ranges}
                return Proposed(trial.number, params, 1 + interruptions(trial))
        history = self._all()
        params, origin = self._policy.propose(veiled(history, behind))
        key = self._storage.create(self._key, self._running_trial(params, origin))
        number = self._storage.number(key)
        self._leases.held[number] = key
        return Proposed(number, params)

    def _all(self) -> list[FrozenTrial]:
        return self._storage.trials(self._key)

    def _running_trial(self, params: Mapping[str, float], origin: str) -> FrozenTrial:
        """Make a trial that enters the database in one transaction, parameters and all."""
        return optuna.trial.create_trial(
            state=TrialState.RUNNING,
            params=dict(params),
            distributions=self._distributions,
            user_attrs={ORIGIN: origin} | self._leases.signature,
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
        metrics: Mapping[str, float] | None = None,
    ) -> Trial:
        """Write everything about a trial and its state last, so that a finished trial is always a whole one."""
        key = self._leases.held[number]
        noted: dict[str, object] = {} if metrics is None else {"metrics": finite(metrics)}
        if weights is not None:
            noted[MARGINS] = {n: float(m) for n, m in (constraints or {}).items()}
        if reason:
            noted["reason"] = reason[:_LONGEST_REASON]
        with self._turn():
            if not self._leases.taken(number):
                for name, value in noted.items():
                    self._storage.note(key, name, value)
                for name, value in for_sampler(weights or constraints or {}).items():
                    self._storage.note_system(key, name, value)
                self._storage.move(key, state, values)
            del self._leases.held[number]
            return self._to_trial(self._all()[number])
